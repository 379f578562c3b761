"""What people decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from approvals.models import WAITING, Approval, Decision
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
