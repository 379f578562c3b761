"""Whether a person may decide a proposal: one rule, asked when they do, when it is carried out, and by pages."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from accounts.roles import stands_for
from approvals.proposals import Approvers

VIEW = "approvals.view_approval"
DECIDE = "approvals.decide_approval"
# Whoever is asked besides the one to whom a proposal was given.
ALWAYS_ASKED = "manager"
CLAIM_LASTS = timedelta(minutes=15)


class Asked(Protocol):
    """What of a proposal says who is asked: a row, or a view of it."""

    @property
    def approver_role(self) -> str: ...
    @property
    def delegated_to(self) -> UUID | None: ...
    @property
    def delegated_name(self) -> str: ...


def why_not(*, person: UUID, role: str, approval: Asked, named: Approvers | None) -> str:
    """Why somebody who decides proposals may not decide this one; empty when they may.

    Whom its workflow names (`named`: `origin().approvers(…)`) decide, and nobody else; where it names nobody, the role
    that the proposal asks for.
    """
    if named is not None:
        may = person in named.people or role in named.roles
        return "" if may else f"Only {named} may decide this."
    return "" if stands_for(role, approval.approver_role) else f"This waits for the role {approval.approver_role}."


def given_away(*, person: UUID, role: str, approval: Asked) -> str:
    """Why somebody is not asked about what was given to another; empty where they are.

    It counts while people decide, not when it is carried out: what was approved before stays so.
    """
    if approval.delegated_to in (None, person) or stands_for(role, ALWAYS_ASKED):
        return ""
    return f"This was given to {approval.delegated_name}: they decide it, or a manager."


class Written(Protocol):
    """What of a proposal says who made it: a row, or a view of it."""

    @property
    def requesters(self) -> Collection[UUID]: ...
    @property
    def editors(self) -> Collection[str]: ...
    @property
    def required_approvers(self) -> int: ...


def own_work(*, person: UUID, approval: Written) -> str:
    """Why somebody may not approve what they caused, or wrote where several must approve; empty when they may.

    The database refuses the same by itself (migration 0002).
    """
    if person in approval.requesters:
        return "You caused this request: somebody else must approve it."
    if approval.required_approvers > 1 and str(person) in approval.editors:
        return "You have edited this, so you are one of its authors: others must approve it."
    return ""
