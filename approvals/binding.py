"""What a decision binds to: one digest over everything that is shown, asked and carried out."""

from typing import TYPE_CHECKING

from approvals.proposals import Changed
from audit.canonical import digest

if TYPE_CHECKING:
    from approvals.models import Approval

SHOWN = ("title", "risk", "document", "blocked_reason")
CARRIED_OUT = ("run", "key", "thread", "binding", "basis")
ASKED = (
    "approver_role",
    "required_approvers",
    "escalate_to",
    "escalate_count",
    "requesters",
    "editors",
    "lasts",
    "expires_at",
)
BOUND = (*SHOWN, *CARRIED_OUT, *ASKED)


def bound(approval: "Approval") -> str:
    """The digest of a proposal as it stands in its row: what people see, what happens, and who is asked until when."""
    values = {name: getattr(approval, name) for name in BOUND}
    values |= {"lasts": int(approval.lasts.total_seconds()), "requesters": sorted(map(str, approval.requesters))}
    return digest({"approval": approval.pk, **values})


def rewritten(approval: "Approval") -> list[Changed]:
    """What says that the row is no longer what its digest was made of; empty where it is."""
    try:
        now = bound(approval)
    except TypeError:  # somebody has put there what no proposal can hold
        now = ""
    if now == approval.digest:
        return []
    return [Changed(record=f"approval:{approval.pk}", field="digest", was=approval.digest, is_=now)]
