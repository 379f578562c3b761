"""The lists of proposals: what waits, and what was just decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from approvals.selectors import ApprovalView, approval_list, approvals, view_of, waiting_first
from portal.icons import FOR_STATUS
from portal.proposals.view import what_of
from portal.views.replies import held_replies

WAITING = ("pending", "stale")
MOVING = ("approved", "executing")
DECIDED_WITHIN = timedelta(hours=24)
DECIDED_SHOWN = 6
DECIDED_WORDS = {"approve": "Approved by", "reject": "Rejected by"}


@dataclass(frozen=True)
class Row:
    """A proposal in a list. `why` says what a person should know before opening it; `tone` colours it.

    `moves`: it is being carried out, and changes by itself.
    """

    id: UUID
    customer: str
    subject: str
    what: str
    why: str
    icon: str
    tone: str
    open: bool
    moves: bool
    held_until: datetime | None
    expires_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Lists:
    """Soonest expiry first; what was decided, newest first."""

    waiting: list[Row]
    decided: list[Row]

    def neighbours(self, approval_id: UUID) -> tuple[int | None, UUID | None, UUID | None]:
        """The place of a proposal among those that wait (from 1), and the ids before and after it."""
        ids = [row.id for row in self.waiting]
        if approval_id not in ids:
            return None, None, None
        at = ids.index(approval_id)
        return at + 1, ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None


def lists() -> Lists:
    """Everything that waits, and what was decided in the last day."""
    found = [view for status in WAITING for view in approval_list(status=status)]
    since = timezone.now() - DECIDED_WITHIN
    done = approvals().filter(decided_at__gte=since).exclude(status__in=WAITING).order_by("-decided_at")[:DECIDED_SHOWN]
    held = held_replies()
    return Lists(
        waiting=[row_of(view, held) for view in sorted(found, key=lambda view: view.expires_at)],
        decided=[row_of(view_of(approval), held) for approval in done],
    )


def waiting_rows(limit: int) -> list[Row]:
    """The first proposals that wait, soonest expiry first."""
    return [row_of(view, {}) for view in waiting_first(limit)]


def row_of(view: ApprovalView, held: Mapping[str, datetime]) -> Row:
    """The row of one proposal."""
    document = view.document
    customer = document.get("customer") or {}
    why, icon, tone = _why(view)
    return Row(
        id=view.id,
        customer=str(customer.get("name") or customer.get("email") or view.title),
        subject=str((document.get("message") or {}).get("subject") or view.title),
        what=what_of(document) or view.title,
        why=why,
        icon=icon,
        tone=tone,
        open=view.status in WAITING,
        moves=view.status in MOVING,
        held_until=held.get(str(view.run)) if view.status in MOVING else None,
        expires_at=view.expires_at,
        decided_at=view.decided_at,
    )


def _why(view: ApprovalView) -> tuple[str, str, str]:
    if view.status not in WAITING:
        last = view.decisions[-1] if view.decisions else None
        told = f"{DECIDED_WORDS[last.decision]} {last.name}" if last else view.status.replace("_", " ").capitalize()
        return told, FOR_STATUS.get(view.status, "check"), ""
    if view.status == "stale":
        return "The facts changed", "triangle-alert", "danger"
    if view.blocked_reason:
        reason = view.blocked_reason.removeprefix("Approve is off:").strip().rstrip(".")
        return reason, "circle-alert", "danger"
    if view.required_approvers > 1:
        return f"{view.required_approvers} people decide", "users", ""
    if view.edited_by:
        return f"Edited by {view.edited_by}", "pencil-line", ""
    if view.flags:
        return view.flags[0].replace("_", " ").capitalize(), "triangle-alert", ""
    if view.risk == "high":
        return "High risk", "triangle-alert", ""
    return (view.reasons or ["Waits for a decision"])[0], "circle-alert", ""
