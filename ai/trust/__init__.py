"""May this reply leave, and does its mail need a person? Small checks, each with a verdict. The door is `review`."""

from ai.trust.findings import Finding, Review, Verdict, worst
from ai.trust.humans import human_signals, needs_human
from ai.trust.material import Material, Other
from ai.trust.pipeline import CHECKS, TEXT_CHECKS, review
from ai.trust.signals import injection_signals, visible

__all__ = [
    "CHECKS",
    "TEXT_CHECKS",
    "Finding",
    "Material",
    "Other",
    "Review",
    "Verdict",
    "human_signals",
    "injection_signals",
    "needs_human",
    "review",
    "visible",
    "worst",
]
