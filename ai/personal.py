"""Whose the words of models are: what one answered about a customer's mail is that customer's."""

from django.db.models import Q

from ai.models import Budget, BudgetCounter, Call, CallText, Judgement, Look, Phrase, Reservation, RouteVersion
from audit.erasing import CUSTOMER, Personal, declare, nothing, shape

OURS = "a name or a number of ours, or of the vendor's"

declare(
    Call,
    {
        "answer": CUSTOMER,
        "finding": CUSTOMER,
        "checks": Personal("customer", shape("name", "verdict")),
        "fallback_reason": "a sentence of ours about the vendor",
        "inputs_digest": "a digest of far more than anybody could guess",
        **dict.fromkeys(
            (
                "purpose",
                "provider",
                "model_requested",
                "model_served",
                "prompt_version",
                "workflow",
                "intent",
                "failed_checks",
                "run_id",
                "step",
                "stop_reason",
                "error",
                "request_id",
            ),
            OURS,
        ),
    },
    customer=lambda subject: Q(run_id__in=[str(run) for run in subject.runs]),
)
declare(
    CallText,
    {"prompt": Personal("customer", nothing)},
    customer=lambda subject: Q(call__run_id__in=[str(run) for run in subject.runs]),
)
declare(Phrase, dict.fromkeys(("language", "part", "text"), "the tenant's own"))
declare(Budget, dict.fromkeys(("scope", "key", "window"), OURS))
declare(BudgetCounter, {"account": OURS})
declare(
    Reservation,
    {
        "inputs_digest": "a digest of far more than anybody could guess",
        **dict.fromkeys(
            ("purpose", "provider", "model_requested", "prompt_version", "workflow", "intent", "run_id", "step"), OURS
        ),
    },
)
declare(RouteVersion, dict.fromkeys(("purpose", "hops", "author"), OURS))
declare(Judgement, dict.fromkeys(("workflow", "intent", "provider", "model", "prompt_version", "decision"), OURS))
declare(Look, dict.fromkeys(("workflow", "tests"), OURS))
