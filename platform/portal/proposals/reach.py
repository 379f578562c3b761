"""What the person at the screen can do with a proposal; the service decides again when they do it."""

from dataclasses import dataclass
from typing import Any

from approvals.deciders import DECIDE, why_not


@dataclass(frozen=True)
class Reach:
    """`approve_off` is the sentence why Approve is off, `way_on` what to do instead; both empty when it is on."""

    may: bool
    may_edit: bool
    why_not: str = ""
    approve_off: str = ""
    way_on: str = ""


def reach_of(user: Any, approval: Any) -> Reach:
    """What `user` (an accounts user) can do with `approval` (an approvals view)."""
    if not user.has_perm(DECIDE):
        role = f"The role {user.role} decides" if user.role else "A person without a role decides"
        return Reach(False, False, why_not=f"{role} no proposals.")
    if refusal := why_not(person=user.pk, role=user.role, approval=approval):
        return Reach(False, False, why_not=refusal)
    off, way_on = _approve_off(user, approval)
    return Reach(True, user.has_perm("approvals.change_approval"), approve_off=off, way_on=way_on)


def _approve_off(user: Any, approval: Any) -> tuple[str, str]:
    if approval.status == "stale":
        return "Approve is off: the facts changed.", "Renew it to check it against what holds now, or reject it."
    if approval.blocked_reason:
        return approval.blocked_reason, "Fix, remove or edit it."
    if approval.requester is not None and approval.requester == user.pk:
        return "Approve is off: you caused this request.", "Somebody else must approve it."
    if any(d.person == user.pk and d.digest == approval.digest for d in approval.decisions):
        return "Approve is off: you have approved.", "One more person is needed."
    return "", ""
