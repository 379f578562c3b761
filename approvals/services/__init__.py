"""Opening proposals, editing them, deciding about them, and carrying out exactly what was decided."""

from approvals.errors import Refused
from approvals.services.access import decider
from approvals.services.asking import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_delegate,
    approval_recall_question,
    approval_release,
    approval_unanswered,
)
from approvals.services.deciding import approval_decide
from approvals.services.executing import (
    approval_execute,
    approval_recall,
    approval_recheck,
    approval_settle,
    approval_take_back,
)
from approvals.services.opening import approval_expire, approvals_withdraw, proposal_open
from approvals.services.revising import approval_edit, approval_renew
from approvals.services.together import MOST_AT_ONCE, Chosen, Told, approvals_decide, chosen_of

__all__ = [
    "MOST_AT_ONCE",
    "Chosen",
    "Refused",
    "Told",
    "approval_answer",
    "approval_ask",
    "approval_claim",
    "approval_decide",
    "approval_delegate",
    "approval_edit",
    "approval_execute",
    "approval_expire",
    "approval_recall",
    "approval_recall_question",
    "approval_recheck",
    "approval_release",
    "approval_renew",
    "approval_settle",
    "approval_take_back",
    "approval_unanswered",
    "approvals_decide",
    "approvals_withdraw",
    "chosen_of",
    "decider",
    "proposal_open",
]
