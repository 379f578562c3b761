"""Who alone may decide a workflow's proposals, where anybody is named for it: rights on that one workflow."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts.models import User
from accounts.roles import ROLES
from accounts.selectors import people_who
from approvals.deciders import DECIDE
from approvals.proposals import Approvers
from audit.services import Actor, record
from workflows.errors import ApproversRefused, NoSuchWorkflow
from workflows.models import NAMED, Workflow

DECIDING_ROLES = tuple(role for role, rights in ROLES.items() if DECIDE in rights)


def approvers_by_workflow() -> dict[str, Approvers]:
    """The approvers of each workflow that names some, by its slug."""
    return _of(list(Workflow.objects.all()))


def approvers_of(slug: str) -> Approvers | None:
    """The approvers that a workflow names, or None."""
    return _of(list(Workflow.objects.filter(slug=slug))).get(slug)


def approvers_of_run(run: UUID) -> Approvers | None:
    """The approvers that the workflow of a run names, or None."""
    return next(iter(_of(list(Workflow.objects.filter(versions__runs=run))).values()), None)


def _of(workflows: list[Workflow]) -> dict[str, Approvers]:
    slugs = {str(workflow.pk): workflow.slug for workflow in workflows}
    named = {"permission__codename": NAMED, "permission__content_type__app_label": "workflows", "object_pk__in": slugs}
    people: dict[str, dict[UUID, str]] = defaultdict(dict)
    roles: dict[str, list[str]] = defaultdict(list)
    for right in UserObjectPermission.objects.filter(**named).select_related("user").order_by("user__name"):
        people[slugs[right.object_pk]][right.user_id] = str(right.user)
    for right in GroupObjectPermission.objects.filter(**named).select_related("group").order_by("group__name"):
        roles[slugs[right.object_pk]].append(right.group.name)
    return {slug: Approvers(people[slug], tuple(roles[slug])) for slug in {*people, *roles}}


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
