"""Whether a person may decide a proposal: one rule, asked when they do, when it is carried out, and by pages."""

from typing import Protocol
from uuid import UUID

from accounts.roles import stands_for
from approvals.proposals import Approvers

DECIDE = "approvals.decide_approval"


class Asked(Protocol):
    """What of a proposal says who is asked: a row, or a view of it."""

    @property
    def approver_role(self) -> str: ...


def why_not(*, person: UUID, role: str, approval: Asked, named: Approvers | None) -> str:
    """Why somebody who decides proposals may not decide this one; empty when they may.

    Whom its workflow names (`named`: `origin().approvers(…)`) decide, and nobody else; where it names nobody, the role
    that the proposal asks for.
    """
    if named is not None:
        may = person in named.people or role in named.roles
        return "" if may else f"Only {named} may decide this."
    return "" if stands_for(role, approval.approver_role) else f"This waits for the role {approval.approver_role}."
