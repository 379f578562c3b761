"""Who alone may decide a workflow's proposals, where anybody is named for it: rights on that one workflow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts.models import User
from accounts.roles import ROLES
from accounts.selectors import people_who
from approvals.deciders import DECIDE
from approvals.proposals import Approvers
from audit.services import Actor, record
from workflows.errors import ApproversRefused, NoSuchWorkflow
from workflows.models import NAMED, Run, Workflow

DECIDING_ROLES = tuple(role for role, rights in ROLES.items() if DECIDE in rights)


def approvers_by_workflow() -> dict[str, Approvers]:
    """The approvers of each workflow that names some, by its slug."""
    return _of(Workflow.objects.all())


def approvers_of(slug: str) -> Approvers | None:
    """The approvers that a workflow names, or None."""
    return _of(Workflow.objects.filter(slug=slug)).get(slug)


def approvers_by_run(runs: Iterable[UUID], named: Mapping[str, Approvers]) -> dict[UUID, Approvers]:
    """Of `named` (by workflow), whom the workflows of these runs name; asks nothing where nobody is named."""
    if not named:
        return {}
    found = Run.objects.filter(pk__in=list(runs), version__workflow__slug__in=list(named))
    return {run: named[slug] for run, slug in found.values_list("pk", "version__workflow__slug")}


def approvers_of_run(run: UUID) -> Approvers | None:
    """The approvers that the workflow of a run names, or None."""
    return next(iter(_of(Workflow.objects.filter(versions__runs=run)).values()), None)


def _of(workflows: QuerySet[Workflow]) -> dict[str, Approvers]:
    """Who is named for which of these workflows, in one query: pages ask for it on every view."""
    keyed = workflows.annotate(key=Cast("pk", CharField()))
    named = {
        "permission__codename": NAMED,
        "permission__content_type__app_label": "workflows",
        "object_pk__in": keyed.values("key"),
    }
    slug = Subquery(keyed.filter(key=OuterRef("object_pk")).values("slug")[:1])
    nobody = Value(None, output_field=UUIDField())
    persons = UserObjectPermission.objects.filter(**named).values_list(slug, "user", "user__name", "user__email")
    groups = GroupObjectPermission.objects.filter(**named).values_list(slug, nobody, "group__name", Value(""))
    people: dict[str, dict[UUID, str]] = defaultdict(dict)
    roles: dict[str, list[str]] = defaultdict(list)
    for workflow, person, name, email in sorted(persons.union(groups, all=True), key=lambda row: row[2]):
        if person:
            people[workflow][person] = name or email
        else:
            roles[workflow].append(name)
    return {each: Approvers(people[each], tuple(roles[each])) for each in {*people, *roles}}


@transaction.atomic
def approvers_set(*, slug: str, people: Collection[UUID], roles: Collection[str], actor: Actor) -> None:
    """Name who alone may decide a workflow's proposals, at once also of those that wait; nobody: its own rule holds.

    Raises NoSuchWorkflow; ApproversRefused for somebody who could not decide anyhow.
    """
    workflow = Workflow.objects.select_for_update().filter(slug=slug).first()
    if workflow is None:
        raise NoSuchWorkflow(f"There is no workflow {slug}.")
    able = {person.id for person in people_who(DECIDE)}
    if not set(people) <= able or not set(roles) <= set(DECIDING_ROLES):
        raise ApproversRefused("Only people and roles that decide proposals can be named.")
    former = approvers_of(slug) or Approvers({}, ())
    if set(former.people) == set(people) and set(former.roles) == set(roles):
        return
    for model in (UserObjectPermission, GroupObjectPermission):
        model.objects.filter(permission__codename=NAMED, object_pk=str(workflow.pk)).delete()
    for user in User.objects.filter(pk__in=people):
        UserObjectPermission.objects.assign_perm(NAMED, user, workflow)
    for group in Group.objects.filter(name__in=roles):
        GroupObjectPermission.objects.assign_perm(NAMED, group, workflow)
    record(
        event="workflow.approvers_set",
        target=f"workflow:{workflow.pk}",
        actor=actor,
        data={"slug": slug, "people": sorted(str(person) for person in people), "roles": sorted(roles)},
    )
