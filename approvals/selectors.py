"""Reading proposals: the same snapshot for admin, portal and API."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from approvals.errors import NoSuchApproval
from approvals.models import OPEN, Approval, ApprovalStatus, Decision

__all__ = [
    "ApprovalStatus",
    "ApprovalView",
    "Decided",
    "DecisionView",
    "approval_get",
    "approval_list",
    "approval_of_bundle",
    "approvals",
    "decisions",
    "plans_of",
    "reply_open_in_thread",
    "runs_waiting",
    "view_of",
    "waiting_count",
    "waiting_first",
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
    requester: UUID | None
    stale: list[dict[str, Any]]
    created_at: datetime
    decided_at: datetime | None
    basis: list[dict[str, Any]] = field(repr=False)
    decisions: list[DecisionView]

    @property
    def reasons(self) -> list[str]:
        """Why a person is asked."""
        return list(self.document.get("reasons", []))

    @property
    def flags(self) -> list[str]:
        """Warnings about the mail or the sender."""
        return list(self.document.get("flags", []))


def view_of(approval: Approval) -> ApprovalView:
    """The view of one row; its decisions come from the prefetch where there is one."""
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
        requester=approval.requester,
        stale=approval.stale,
        created_at=approval.created_at,
        decided_at=approval.decided_at,
        basis=approval.basis,
        decisions=[
            DecisionView(d.person, d.name, d.decision, d.digest, d.comment, d.at)
            for d in sorted(approval.decisions.all(), key=lambda d: d.at)
        ],
    )


def approvals(*, status: str | None = None, run: UUID | str | None = None) -> QuerySet[Approval]:
    """Rows that fit the filters, newest first, with their decisions."""
    found = Approval.objects.order_by("-id").prefetch_related("decisions")
    if status:
        found = found.filter(status=status)
    if run:
        found = found.filter(run=run)
    return found


def approval_list(*, status: str | None = None, limit: int = 50) -> list[ApprovalView]:
    """The first `limit` proposals of a status: what waits, soonest expiry first; the rest, newest first."""
    found = approvals(status=status)
    if status == ApprovalStatus.PENDING:
        found = found.order_by("expires_at")
    return [view_of(approval) for approval in found[:limit]]


def approval_get(approval_id: UUID | str) -> ApprovalView:
    """One proposal; raises NoSuchApproval."""
    try:
        approval = approvals().filter(pk=approval_id).first()
    except (ValueError, ValidationError):
        approval = None
    if approval is None:
        raise NoSuchApproval("There is no such approval.")
    return view_of(approval)


def approval_of_bundle(*, run: UUID | str, key: str) -> ApprovalView | None:
    """The newest proposal of a run's bundle, or None."""
    approval = approvals(run=run).filter(key=key).first()
    return view_of(approval) if approval else None


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
    return Approval.objects.filter(status__in=(ApprovalStatus.PENDING, ApprovalStatus.STALE)).count()


def runs_waiting() -> set[UUID]:
    """The runs whose proposals wait for a person."""
    waiting = Approval.objects.filter(status__in=(ApprovalStatus.PENDING, ApprovalStatus.STALE))
    return set(waiting.values_list("run", flat=True))


def waiting_first(limit: int) -> list[ApprovalView]:
    """The first `limit` proposals that wait, soonest expiry first."""
    waiting = approvals().filter(status__in=(ApprovalStatus.PENDING, ApprovalStatus.STALE))
    return [view_of(approval) for approval in waiting.order_by("expires_at", "id")[:limit]]


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
