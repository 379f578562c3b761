"""What the person at the screen can do with a proposal; the service decides again when they do it."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from approvals.deciders import DECIDE, given_away, why_not
from approvals.proposals import Approvers


@dataclass(frozen=True)
class Reach:
    """`approve_off` is the sentence why Approve is off, `way_on` what to do instead; both empty when it is on.

    `named`: who alone may decide, where the workflow names anybody.
    `waits`: nothing is wrong, the next move is somebody else's. `mine`: the last decision was this person's.
    """

    may: bool
    may_edit: bool
    named: Approvers | None = None
    why_not: str = ""
    approve_off: str = ""
    way_on: str = ""
    waits: bool = False
    mine: bool = False

    @property
    def wrong(self) -> str:
        """What is wrong, where Approve is off for that."""
        return "" if self.waits else self.approve_off


def reach_of(user: Any, approval: Any, named: Approvers | None) -> Reach:
    """What `user` (an accounts user) can do with `approval` (an approvals view) that only `named` may decide."""
    if not user.has_perm(DECIDE):
        role = f"The role {user.role} decides" if user.role else "A person without a role decides"
        return Reach(False, False, named, why_not=f"{role} no proposals.")
    refusal = why_not(person=user.pk, role=user.role, approval=approval, named=named)
    if refusal := refusal or given_away(person=user.pk, role=user.role, approval=approval):
        return Reach(False, False, named, why_not=refusal)
    off, way_on, waits = _approve_off(user, approval)
    return Reach(
        True,
        user.has_perm("approvals.change_approval"),
        named,
        approve_off=off,
        way_on=way_on,
        waits=waits,
        mine=bool(approval.decisions) and approval.decisions[-1].person == user.pk,
    )


def _approve_off(user: Any, approval: Any) -> tuple[str, str, bool]:
    if approval.status == "asked":
        return "Approve is off: a colleague is asked.", "Take the question back to go on without an answer.", True
    if approval.status == "stale":
        return "Approve is off: the facts changed.", "Renew it to check it against what holds now, or reject it.", False
    if approval.expires_at <= timezone.now():
        return "Approve is off: this has expired.", "Nothing is sent.", False
    if any(d.person == user.pk and d.digest == approval.digest for d in approval.decisions):
        more = approval.required_approvers - sum(1 for d in approval.decisions if d.digest == approval.digest)
        return "You have approved.", f"{more} more {'person is' if more == 1 else 'people are'} needed.", True
    if user.pk in approval.requesters:
        return "Approve is off: you caused this request.", "Somebody else must approve it.", False
    if approval.required_approvers > 1 and str(user.pk) in approval.editors:
        return "Approve is off: you have edited this.", "Others must approve it.", False
    if approval.blocked_reason:
        return approval.blocked_reason, "Fix, remove or edit it.", False
    return "", "", False
