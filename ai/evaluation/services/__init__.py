"""The door: keeping examples, and measuring by them. What may be activated, ai.routing.route_set asks of the gate."""

from ai.evaluation.services.golden import (
    Imported,
    Source,
    golden_add,
    golden_correct,
    golden_export,
    golden_import,
    golden_retire,
)
from ai.evaluation.services.running import (
    LIMIT_USD,
    candidate_measure,
    evaluation_advance,
    evaluation_go_on,
    evaluation_start,
)

__all__ = [
    "LIMIT_USD",
    "Imported",
    "Source",
    "candidate_measure",
    "evaluation_advance",
    "evaluation_go_on",
    "evaluation_start",
    "golden_add",
    "golden_correct",
    "golden_export",
    "golden_import",
    "golden_retire",
]
