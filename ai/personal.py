"""Whose the words of models are: what one answered about a customer's mail is that customer's."""

from django.db.models import Q
from django.db.models.functions import Right

from ai.evaluation.selectors import case_ids_of
from ai.models import (
    Budget,
    BudgetCounter,
    Call,
    CallText,
    ForbiddenTopic,
    Judgement,
    Look,
    Phrase,
    Reservation,
    RouteVersion,
)
from audit.erasing import CUSTOMER, Personal, Subject, declare, nothing, shape

OURS = "a name or a number of ours, or of the vendor's"


def _calls_of(subject: Subject) -> Q:
    """Calls of a customer's runs, and those that asked for no run, but to see what a model makes of an example of
    theirs.
    """
    cases = [str(case) for case in case_ids_of(subject)]
    calls = Call.objects.filter(run_id="").annotate(case=Right("step", 36)).filter(case__in=cases)
    return Q(run_id__in=[str(run) for run in subject.runs]) | Q(pk__in=calls.values("pk"))


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
                "fallback_error",
                "request_id",
            ),
            OURS,
        ),
    },
    customer=_calls_of,
)
declare(
    CallText,
    {"prompt": Personal("customer", nothing)},
    customer=lambda subject: Q(call__in=Call.objects.filter(_calls_of(subject))),
)
declare(Phrase, dict.fromkeys(("language", "part", "text"), "the tenant's own"))
declare(ForbiddenTopic, dict.fromkeys(("name", "phrases", "words", "updated_by"), "the tenant's own"))
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
declare(
    Judgement,
    dict.fromkeys(("workflow", "intent", "provider", "model", "prompt_version", "decision", "rejection"), OURS),
)
declare(Look, dict.fromkeys(("workflow", "tests"), OURS))
