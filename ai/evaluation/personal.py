"""Whose examples are: the customer's whose mail they hold. Once that is erased they are retired, being of no use.

This is declared after the calls of `ai`, which are found by the examples that they measured.
"""

from django.utils import timezone

from ai.evaluation.models import Evaluation, EvaluationResult, GateOverride, GoldenCase
from ai.evaluation.selectors import cases_of
from audit.erasing import Personal, declare, nothing

OURS = "a name or a number of ours, or of the vendor's"


declare(
    GoldenCase,
    {
        "inputs": Personal("customer", nothing),
        "expected": Personal("customer", nothing),
        "inputs_digest": "a digest of far more than anybody could guess",
        **dict.fromkeys(("purpose", "origin", "step", "author"), OURS),
    },
    customer=cases_of,
    also=lambda: {"retired_at": timezone.now()},
)
declare(
    Evaluation,
    dict.fromkeys(("purpose", "prompt_version", "hops", "route_key", "status", "reason", "author"), OURS),
)
declare(EvaluationResult, dict.fromkeys(("model_served", "code", "scores"), OURS))
declare(
    GateOverride,
    {"reason": "what the tenant wrote about its work", **dict.fromkeys(("purpose", "why", "lowered", "author"), OURS)},
)
