"""What was measured, in figures; and two evaluations side by side, on the examples that both were measured by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from ai.evaluation.metrics import METRICS, Metric
from ai.evaluation.models import EvaluationResult
from ai.evaluation.statistics import Difference, Interval, bootstrap, mcnemar, mean_interval
from ai.quality.statistics import wilson

# Below this chance of being seen where nothing differs, a difference is called significant.
SIGNIFICANT = 0.05
NOTHING = 1e-9  # what a sum of decimals can be off by

Scores = Mapping[UUID, Mapping[str, str]]


@dataclass(frozen=True)
class Figure:
    """The mean of a metric over `total` examples, with its 95 % bounds: Wilson's, or by bootstrap."""

    metric: Metric
    mean: float
    interval: Interval
    total: int


@dataclass(frozen=True)
class Line:
    """A metric of two evaluations over the same `total` examples; `better` and `worse` count the examples."""

    metric: Metric
    before: float
    after: float
    total: int
    better: int
    worse: int
    difference: Difference

    @property
    def falls(self) -> bool:
        return self.before - self.after > NOTHING

    @property
    def significant(self) -> bool:
        return self.difference.p < SIGNIFICANT


@dataclass(frozen=True)
class Changed:
    """An example on which a metric differs."""

    case: UUID
    metric: Metric
    before: float
    after: float


@dataclass(frozen=True)
class Comparison:
    """Two evaluations by all metrics that both have; `cases` is how many examples they share."""

    lines: tuple[Line, ...]
    changed: tuple[Changed, ...]
    cases: int

    @property
    def lowered(self) -> tuple[Line, ...]:
        """Gate metrics that fall, be it by one example."""
        return tuple(line for line in self.lines if line.metric.gate and line.falls)


def figures(purpose: str, scores: Scores) -> tuple[Figure, ...]:
    """What was measured, by all metrics that anything was measured of."""
    found = []
    for metric in METRICS[purpose]:
        values = [float(said[metric.name]) for said in scores.values() if metric.name in said]
        if not values:
            continue
        right = sum(value == 1 for value in values)
        bounds = Interval(*wilson(right, len(values))) if metric.binary else mean_interval(values)
        found.append(Figure(metric, sum(values) / len(values), bounds, len(values)))
    return tuple(found)


def compared(purpose: str, old: Scores, new: Scores, *, among: Collection[UUID] | None = None) -> Comparison:
    """How the second do beside the first, by the examples that both have, of those in `among` where it is given."""
    cases = sorted(case for case in old.keys() & new.keys() if among is None or case in among)
    lines, changed = [], []
    for metric in METRICS[purpose]:
        both = [case for case in cases if metric.name in old[case] and metric.name in new[case]]
        if not both:
            continue
        was = [float(old[case][metric.name]) for case in both]
        is_ = [float(new[case][metric.name]) for case in both]
        lines.append(_line(metric, was, is_))
        changed += [Changed(case, metric, a, b) for case, a, b in zip(both, was, is_, strict=True) if a != b]
    return Comparison(tuple(lines), tuple(changed), len(cases))


def scores_in(evaluation: UUID) -> dict[UUID, dict[str, str]]:
    """What an evaluation has measured so far, by example; of one that could no longer be asked nothing."""
    rows = EvaluationResult.objects.filter(evaluation=evaluation).values_list("case_id", "scores")
    return {case: scores for case, scores in rows if scores}


def _line(metric: Metric, was: list[float], is_: list[float]) -> Line:
    difference = (
        mcnemar([value == 1 for value in was], [value == 1 for value in is_]) if metric.binary else bootstrap(was, is_)
    )
    return Line(
        metric=metric,
        before=sum(was) / len(was),
        after=sum(is_) / len(is_),
        total=len(was),
        better=sum(b > a for a, b in zip(was, is_, strict=True)),
        worse=sum(b < a for a, b in zip(was, is_, strict=True)),
        difference=difference,
    )
