"""What people decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from approvals.models import WAITING, Approval, ApprovalStatus, Decision, RejectionKind
from approvals.selectors.views import Line, lines_of


def approvals_decided(*, since: datetime, limit: int) -> list[Line]:
    """What people decided since then, newest first."""
    found = Approval.objects.filter(decided_at__gte=since).exclude(status__in=WAITING).order_by("-decided_at")
    return lines_of(found[:limit])


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


@dataclass(frozen=True)
class Rejection:
    """A proposal that somebody rejected, of which kind their reason is, and why in their words; empty where they did
    not say.
    """

    approval: UUID
    title: str
    name: str
    kind: str
    comment: str
    at: datetime


def rejections(
    *, since: datetime, until: datetime, intent: str = "", runs: QuerySet[Any, UUID] | None = None, limit: int
) -> list[Rejection]:
    """What was rejected in a period and not renewed, newest first; of one intent, or of some runs (a subquery)."""
    found = Approval.objects.filter(status=ApprovalStatus.REJECTED, decided_at__gte=since, decided_at__lt=until)
    if intent:
        found = found.filter(document__understood__intent=intent)
    if runs is not None:
        found = found.filter(run__in=runs)
    last = Decision.objects.filter(approval=OuterRef("pk"), decision="reject").order_by("-at")
    told = (
        found.order_by("-decided_at")
        .annotate(
            who=Subquery(last.values("name")[:1]),
            kind=Subquery(last.values("rejection")[:1]),
            why=Subquery(last.values("comment")[:1]),
        )
        .values_list("pk", "title", "who", "kind", "why", "decided_at")[:limit]
    )
    return [
        Rejection(approval, title, who or "", str(RejectionKind(kind).label) if kind else "", why or "", at)
        for approval, title, who, kind, why, at in told
        if at
    ]
