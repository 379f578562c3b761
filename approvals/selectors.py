"""Reading proposals: the same snapshot for admin, portal and API."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.roles import ROLES, stands_for
from accounts.selectors import Colleague
from approvals.deciders import ALWAYS_ASKED, CLAIM_LASTS
from approvals.errors import NoSuchApproval
from approvals.models import OPEN, WAITING, Approval, ApprovalStatus, Decision, Question

__all__ = [
    "WAITING",
    "ApprovalStatus",
    "ApprovalView",
    "Decided",
    "DecisionView",
    "Place",
    "QuestionView",
    "Waiting",
    "approval_get",
    "approval_of_bundle",
    "approvals",
    "approvals_decided",
    "approvals_of",
    "approvals_shown",
    "decisions",
    "outcomes_of_bundles",
    "plans_of",
    "reply_open_in_thread",
    "runs_asking",
    "runs_waiting",
    "titles_of",
    "view_of",
    "waiting",
    "waiting_around",
    "waiting_count",
    "waiting_first",
    "waiting_of",
    "waiting_page",
]


@dataclass(frozen=True)
class DecisionView:
    """What a person decided."""

    person: UUID
    name: str
    decision: str
    digest: str
    comment: str
    at: datetime


@dataclass(frozen=True)
class QuestionView:
    """What a colleague was asked, and how that ended; open while `outcome` is empty."""

    asker: UUID
    asker_name: str
    colleague: UUID
    colleague_name: str
    note: str
    asked_at: datetime
    until: datetime
    outcome: str
    answer: str
    closed_at: datetime | None

    @property
    def asked_by(self) -> Colleague:
        """Who asks."""
        return Colleague(self.asker, self.asker_name)

    @property
    def asked(self) -> Colleague:
        """Who is asked."""
        return Colleague(self.colleague, self.colleague_name)


@dataclass(frozen=True)
class ApprovalView:
    """A proposal with everything that a surface shows of it."""

    id: UUID
    run: UUID
    key: str
    thread: str
    status: str
    title: str
    risk: str
    document: dict[str, Any]
    digest: str
    former_digest: str
    drafted_text: str
    blocked_reason: str
    approver_role: str
    required_approvers: int
    expires_at: datetime
    expires_to: str
    edited_by: str
    editors: list[str]
    requesters: list[UUID]
    stale: list[dict[str, Any]]
    created_at: datetime
    decided_at: datetime | None
    basis: list[dict[str, Any]] = field(repr=False)
    decisions: list[DecisionView]
    questions: list[QuestionView]
    claimed_by: UUID | None
    claimed_name: str
    claimed_at: datetime | None
    delegated_to: UUID | None
    delegated_name: str

    @property
    def question(self) -> QuestionView | None:
        """The open one."""
        return next((question for question in self.questions if not question.outcome), None)

    @property
    def claimant(self) -> Colleague | None:
        """Who is on it now; None where nobody is, or has been for too long."""
        since = self.claimed_at
        fresh = since is not None and since > timezone.now() - CLAIM_LASTS
        return Colleague(self.claimed_by, self.claimed_name) if self.claimed_by and fresh else None

    @property
    def delegate(self) -> Colleague | None:
        """To whom it was given."""
        return Colleague(self.delegated_to, self.delegated_name) if self.delegated_to else None

    @property
    def reasons(self) -> list[str]:
        """Why a person is asked."""
        return list(self.document.get("reasons", []))

    @property
    def trust(self) -> dict[str, Any]:
        """What the checks found: the strictest verdict, and each finding."""
        return dict(self.document.get("trust") or {"verdict": "pass", "findings": []})

    @property
    def flags(self) -> list[str]:
        """Warnings about the mail or the sender."""
        return list(self.document.get("flags", []))


def view_of(approval: Approval) -> ApprovalView:
    """The view of one row; its decisions come with it where it was found by a selector here."""
    return ApprovalView(
        id=approval.pk,
        run=approval.run,
        key=approval.key,
        thread=approval.thread,
        status=approval.status,
        title=approval.title,
        risk=approval.risk,
        document=approval.document,
        digest=approval.digest,
        former_digest=approval.former_digest,
        drafted_text=approval.drafted_text,
        blocked_reason=approval.blocked_reason,
        approver_role=approval.approver_role,
        required_approvers=approval.required_approvers,
        expires_at=approval.expires_at,
        expires_to=approval.escalate_to,
        edited_by=approval.edited_by,
        editors=approval.editors,
        requesters=approval.requesters,
        stale=approval.stale,
        created_at=approval.created_at,
        decided_at=approval.decided_at,
        basis=approval.basis,
        decisions=_decisions(approval),
        questions=_questions(approval),
        claimed_by=approval.claimed_by,
        claimed_name=approval.claimed_name,
        claimed_at=approval.claimed_at,
        delegated_to=approval.delegated_to,
        delegated_name=approval.delegated_name,
    )


QUESTION = [field.name for field in fields(QuestionView)]


def _questions(approval: Approval) -> list[QuestionView]:
    found = approval.questions_told if hasattr(approval, "questions_told") else _questions_of(approval.questions.all())
    return [QuestionView(**_typed(told)) for told in found]


def _questions_of(found: QuerySet[Question]) -> QuerySet[Question, dict[str, Any]]:
    return found.order_by("asked_at").values_list(JSONObject(**{name: name for name in QUESTION}), flat=True)


def _typed(told: dict[str, Any]) -> dict[str, Any]:
    """What the database tells as JSON, with its own types."""
    moments = {name: told[name] and datetime.fromisoformat(told[name]) for name in ("asked_at", "until", "closed_at")}
    return told | moments | {name: UUID(told[name]) for name in ("asker", "colleague")}


def _decisions(approval: Approval) -> list[DecisionView]:
    told = approval.told if hasattr(approval, "told") else _told(approval.decisions.all())
    return [
        DecisionView(
            UUID(d["person"]), d["name"], d["decision"], d["digest"], d["comment"], datetime.fromisoformat(d["at"])
        )
        for d in told
    ]


def _told(found: QuerySet[Decision]) -> QuerySet[Decision, dict[str, Any]]:
    fields = ("person", "name", "decision", "digest", "comment", "at")
    return found.order_by("at").values_list(JSONObject(**{name: name for name in fields}), flat=True)


def _with_decisions(found: QuerySet[Approval]) -> QuerySet[Approval]:
    """Rows with their decisions, in the same query: a page shows several lists of them."""
    decisions = Decision.objects.filter(approval=OuterRef("pk"))
    questions = Question.objects.filter(approval=OuterRef("pk"))
    return found.annotate(told=ArraySubquery(_told(decisions)), questions_told=ArraySubquery(_questions_of(questions)))


def approvals(*, status: str | None = None, run: UUID | str | None = None) -> QuerySet[Approval]:
    """Rows that fit the filters, newest first, with their decisions."""
    found = _with_decisions(Approval.objects.order_by("-id"))
    if status:
        found = found.filter(status=status)
    if run:
        found = found.filter(run=run)
    return found


def waiting(
    *,
    role: str = "",
    person: UUID | None = None,
    words: str = "",
    named: Iterable[UUID] = (),
    named_me: Iterable[UUID] = (),
) -> QuerySet[Approval]:
    """Proposals that wait, soonest expiry first.

    With `role` and `person`, those that this person may approve: its role is theirs or below, they did not cause
    it, have not approved it, and are none of its authors where several must approve. `named`: the runs whose workflow
    names who decides, `named_me` those of them that name this person; subqueries. `words`: of the customer, the subject
    or the title.
    """
    found = Approval.objects.filter(status__in=WAITING)
    if role:
        asked = Q(approver_role__in=[each for each in ROLES if stands_for(role, each)])
        found = found.filter((asked & ~Q(run__in=named)) | Q(run__in=named_me))
        if person and not stands_for(role, ALWAYS_ASKED):
            found = found.filter(Q(delegated_to=None) | Q(delegated_to=person))
    if person:
        decided = Decision.objects.filter(person=person, digest=F("approval__digest"))
        author = Q(required_approvers__gt=1, editors__contains=[str(person)])
        found = found.exclude(Q(requesters__contains=[person]) | author)
        found = found.exclude(pk__in=decided.values("approval"))
    for word in words.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(document__customer__name__icontains=word)
            | Q(document__customer__email__icontains=word)
            | Q(document__message__subject__icontains=word)
        )
    return found.order_by("expires_at", "pk")


def runs_asking() -> QuerySet[Approval, UUID]:
    """The runs that wait for a person; a subquery."""
    return Approval.objects.filter(status__in=WAITING).values_list("run", flat=True)


def waiting_of(runs: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The proposal that waits, by run, with its status."""
    found = Approval.objects.filter(run__in=list(runs), status__in=WAITING).values_list("run", "pk", "status")
    return {run: (ident, status) for run, ident, status in found}


@dataclass(frozen=True)
class Waiting:
    """Some of what waits, how much waits in all, and the ids at its ends where there is more beyond them."""

    items: tuple[ApprovalView, ...]
    count: int
    sooner: UUID | None = None
    later: UUID | None = None


def waiting_page(
    found: QuerySet[Approval],
    *,
    after: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
    count: int | None = None,
) -> Waiting:
    """One page of `waiting(…)`: from its beginning, or after or before the proposal of an id; `count`, where it is
    known, is not counted again."""
    beside = after or before
    edge = Approval.objects.filter(pk=beside).values_list("expires_at", "pk").first() if beside else None
    rows = found
    if edge and after:
        rows = found.filter(_beyond("gt", edge))
    elif edge:
        rows = found.filter(_beyond("lt", edge)).reverse()
    taken = list(_with_decisions(rows)[: limit + 1])
    count = found.count() if count is None else count
    more = len(taken) > limit
    taken = taken[:limit]
    if edge and before:
        taken.reverse()
    if not taken:
        return Waiting((), count)
    forward = not (edge and before)
    return Waiting(
        tuple(view_of(row) for row in taken),
        count,
        sooner=taken[0].pk if (edge and forward) or (more and not forward) else None,
        later=taken[-1].pk if (more if forward else True) else None,
    )


@dataclass(frozen=True)
class Place:
    """Where a proposal stands among the `count` that wait (from 1; None: it does not), and its neighbours."""

    count: int
    number: int | None = None
    former: UUID | None = None
    following: UUID | None = None


def waiting_around(found: QuerySet[Approval], approval: ApprovalView) -> Place:
    """The place of a proposal in `waiting(…)`; for one that waits no more, what follows where it stood."""
    edge = (approval.expires_at, approval.id)
    sooner, later = found.filter(_beyond("lt", edge)), found.filter(_beyond("gt", edge))
    here, before, count, former, following = (
        Approval.objects.filter(pk=approval.id)
        .annotate(
            here=Exists(found.filter(pk=approval.id)),
            before=_count(sooner),
            count=_count(found),
            former=Subquery(sooner.reverse().values("pk")[:1]),
            following=Subquery(later.values("pk")[:1]),
        )
        .values_list("here", "before", "count", "former", "following")
        .get()
    )
    return Place(count, before + 1, former, following) if here else Place(count, following=following)


def _count(found: QuerySet[Approval]) -> Subquery:
    """How many there are, inside another query."""
    counted = found.order_by().annotate(counted=Func("pk", function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("counted"))


def _beyond(way: str, edge: tuple[datetime, UUID]) -> Q:
    expires_at, ident = edge
    return Q(**{f"expires_at__{way}": expires_at}) | Q(**{"expires_at": expires_at, f"pk__{way}": ident})


def approvals_decided(*, since: datetime, limit: int) -> list[ApprovalView]:
    """What people decided since then, newest first."""
    found = Approval.objects.filter(decided_at__gte=since).exclude(status__in=WAITING).order_by("-decided_at")
    return [view_of(approval) for approval in _with_decisions(found)[:limit]]


def approval_get(approval_id: UUID | str) -> ApprovalView:
    """One proposal; raises NoSuchApproval."""
    try:
        approval = approvals().filter(pk=approval_id).first()
    except (ValueError, ValidationError):
        approval = None
    if approval is None:
        raise NoSuchApproval("There is no such approval.")
    return view_of(approval)


def approvals_shown(ids: Iterable[UUID]) -> list[ApprovalView]:
    """These proposals as far as they are there, soonest expiry first."""
    return [
        view_of(row) for row in _with_decisions(Approval.objects.filter(pk__in=list(ids)).order_by("expires_at", "pk"))
    ]


def titles_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The titles of these proposals, as far as they are there."""
    return dict(Approval.objects.filter(pk__in=list(ids)).values_list("pk", "title"))


def approval_of_bundle(*, run: UUID | str, key: str) -> ApprovalView | None:
    """The newest proposal of a run's bundle, or None."""
    approval = approvals(run=run).filter(key=key).first()
    return view_of(approval) if approval else None


def outcomes_of_bundles(run: UUID) -> dict[str, str]:
    """What became of each proposal of a run, by its key: the status of the newest."""
    return dict(Approval.objects.filter(run=run).order_by("pk").values_list("key", "status"))


def approvals_of(runs: Iterable[UUID]) -> frozenset[UUID]:
    """The proposals of these runs."""
    return frozenset(Approval.objects.filter(run__in=list(runs)).values_list("pk", flat=True))


def plans_of(approval_id: UUID) -> list[dict[str, Any]]:
    """The frozen plans that the digest covers, in the order they are carried out: `step` and `plan`."""
    return list(Approval.objects.get(pk=approval_id).binding["plans"])


def reply_open_in_thread(thread: str) -> bool:
    """Whether a proposal in this thread waits, or its reply is held or leaving."""
    return bool(thread) and Approval.objects.filter(thread=thread, status__in=OPEN).exists()


def runs_approved(runs: Iterable[UUID]) -> set[UUID]:
    """Which of these runs have a proposal that people approved and of which not all has happened yet."""
    decided = (ApprovalStatus.APPROVED, ApprovalStatus.EXECUTING)
    return set(Approval.objects.filter(run__in=runs, status__in=decided).values_list("run", flat=True))


def waiting_count() -> int:
    """How many proposals wait for a person."""
    return Approval.objects.filter(status__in=WAITING).count()


def runs_waiting() -> set[UUID]:
    """The runs whose proposals wait for a person."""
    return set(runs_asking())


def waiting_first(limit: int) -> list[ApprovalView]:
    """The first `limit` proposals that wait, soonest expiry first."""
    return [view_of(approval) for approval in _with_decisions(waiting())[:limit]]


@dataclass(frozen=True)
class Decided:
    """A decision: whose, about what, whether the proposal had been edited, and how long after it was made."""

    approval: UUID
    person: UUID
    name: str
    decision: str
    edited: bool
    after: timedelta


def decisions(*, since: datetime) -> list[Decided]:
    """What was decided since then, oldest first."""
    rows = Decision.objects.filter(at__gte=since).order_by("at")
    fields = ("approval_id", "person", "name", "decision", "approval__edited_by", "approval__created_at", "at")
    return [
        Decided(approval, person, name, decision, bool(edited_by), at - made)
        for approval, person, name, decision, edited_by, made, at in rows.values_list(*fields)
    ]
