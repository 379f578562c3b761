"""What may not be activated: a route that lowers a gate metric, or of which nobody knows whether it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from ai.evaluation.comparing import Comparison, compared, scores_in
from ai.evaluation.models import Evaluation, EvaluationStatus, GoldenCase, Why
from ai.evaluation.wording import change_words
from ai.purposes import purpose_named
from ai.routes import Hop
from audit.canonical import digest

# Fewer examples decide nothing: a single one of them would be a tenth.
LEAST = 10
# How many of today's examples both must have been measured by; people go on keeping more.
COVERED = 0.9


@dataclass(frozen=True)
class Standing:
    """How the gate stands for a route: open, or closed with why, and the sentence that tells people."""

    why: Why | None = None
    sentence: str = ""
    candidate: UUID | None = None
    baseline: UUID | None = None
    comparison: Comparison | None = None

    @property
    def open(self) -> bool:
        return self.why is None

    @property
    def lowered(self) -> list[str]:
        """The names of the gate metrics that fall."""
        return [line.metric.name for line in self.comparison.lowered] if self.comparison else []


def route_key(hops: Sequence[Hop]) -> str:
    """What is asked, as a digest. How long it may take is part of it: what takes longer has no answer."""
    return digest([{**asdict(hop), "timeout_seconds": f"{hop.timeout_seconds:g}"} for hop in hops])


def gate(*, purpose: str, hops: Sequence[Hop], in_force: Sequence[Hop]) -> Standing:
    """Whether these models may take the place of those in force, by the examples that there are now."""
    cases = set(GoldenCase.objects.filter(purpose=purpose, retired_at=None).values_list("pk", flat=True))
    if len(cases) < LEAST or route_key(hops) == route_key(in_force):
        return Standing()
    candidate = newest(purpose=purpose, hops=hops)
    if candidate is None or not _covers(candidate, cases):
        return _unmeasured("It", purpose, len(cases), candidate)
    baseline = newest(purpose=purpose, hops=in_force)
    if baseline is None or not _covers(baseline, cases):
        return _unmeasured("What is in force", purpose, len(cases), candidate)
    found = compared(purpose, scores_in(baseline.pk), scores_in(candidate.pk), among=cases)
    if not found.lowered:
        return Standing(candidate=candidate.pk, baseline=baseline.pk, comparison=found)
    told = " ".join(change_words(line) for line in found.lowered)
    return Standing(Why.LOWERED, f"It does worse than what is in force. {told}", candidate.pk, baseline.pk, found)


def newest(*, purpose: str, hops: Sequence[Hop]) -> Evaluation | None:
    """The newest finished evaluation of these models, with the prompt of today."""
    done = Evaluation.objects.filter(
        purpose=purpose,
        prompt_version=purpose_named(purpose).prompt_version,
        route_key=route_key(hops),
        status=EvaluationStatus.DONE,
    )
    return done.order_by("-id").first()


def _covers(evaluation: Evaluation, cases: set[UUID]) -> bool:
    return len(cases & set(evaluation.cases)) >= COVERED * len(cases)


def _unmeasured(which: str, purpose: str, cases: int, candidate: Evaluation | None) -> Standing:
    sentence = f"{which} was not measured by the {cases} examples of “{purpose}” that there are now. Measure it first."
    return Standing(Why.NOT_MEASURED, sentence, candidate.pk if candidate else None)
