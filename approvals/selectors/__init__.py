"""Reading proposals: what waits, what was decided, and each in full."""

from approvals.models import WAITING, ApprovalStatus, RejectionKind
from approvals.selectors.decided import Decided, Rejection, approvals_decided, decisions, rejections
from approvals.selectors.proposals import (
    approval_get,
    approval_of_bundle,
    approval_questioned,
    approvals,
    approvals_asked_of,
    approvals_shown,
    plans_of,
    reply_open_in_thread,
    titles_of,
)
from approvals.selectors.runs import (
    approvals_of,
    outcomes_of_bundles,
    runs_approved,
    runs_asking,
    runs_waiting,
    waiting_of,
)
from approvals.selectors.views import ApprovalView, DecisionView, Line, QuestionView, view_of
from approvals.selectors.waiting import (
    Place,
    Waiting,
    waiting,
    waiting_around,
    waiting_count,
    waiting_first,
    waiting_ids,
    waiting_page,
)

__all__ = [
    "WAITING",
    "ApprovalStatus",
    "ApprovalView",
    "Decided",
    "DecisionView",
    "Line",
    "Place",
    "QuestionView",
    "Rejection",
    "RejectionKind",
    "Waiting",
    "approval_get",
    "approval_of_bundle",
    "approval_questioned",
    "approvals",
    "approvals_asked_of",
    "approvals_decided",
    "approvals_of",
    "approvals_shown",
    "decisions",
    "outcomes_of_bundles",
    "plans_of",
    "rejections",
    "reply_open_in_thread",
    "runs_approved",
    "runs_asking",
    "runs_waiting",
    "titles_of",
    "view_of",
    "waiting",
    "waiting_around",
    "waiting_count",
    "waiting_first",
    "waiting_ids",
    "waiting_of",
    "waiting_page",
]
