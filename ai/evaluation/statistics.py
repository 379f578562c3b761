"""How sure a figure is, and a difference: 95 % bounds and the chance of what was seen where nothing differs.

What is right or wrong is compared by McNemar's exact test on the examples that changed; the bounds of the difference
are Clopper and Pearson's of their share. What is a number between is compared by a paired bootstrap with a fixed seed,
so that the same results always give the same bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np

TAIL = 0.025
SAMPLES, AT_ONCE = 10_000, 1_000
SEED = 20_261_127


@dataclass(frozen=True)
class Interval:
    """95 % bounds."""

    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """How much more the second is, on average over the same examples; `p` is two-sided."""

    mean: float
    interval: Interval
    p: float
    method: str


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> Difference:
    """Right or wrong on the same examples, in the same order; there is at least one."""
    better = sum(b and not a for a, b in zip(before, after, strict=True))
    worse = sum(a and not b for a, b in zip(before, after, strict=True))
    total, changed = len(before), better + worse
    p = min(1.0, 2 * _at_most(min(better, worse), changed, 0.5)) if changed else 1.0
    share = changed / total
    low, high = _clopper_pearson(better, changed)
    interval = Interval(share * (2 * low - 1), share * (2 * high - 1)) if changed else Interval(0.0, 0.0)
    return Difference((better - worse) / total, interval, p, "McNemar, exact")


def bootstrap(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Numbers on the same examples, in the same order; there is at least one."""
    gained = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    chance, size = np.random.default_rng(SEED), (AT_ONCE, len(gained))
    means = np.concatenate(
        [gained[chance.integers(0, len(gained), size=size)].mean(axis=1) for _ in range(SAMPLES // AT_ONCE)]
    )
    low, high = (float(bound) for bound in np.quantile(means, [TAIL, 1 - TAIL]))
    below, above = int((means <= 0).sum()), int((means >= 0).sum())
    p = min(1.0, 2 * (min(below, above) + 1) / (SAMPLES + 1))
    return Difference(float(gained.mean()), Interval(low, high), p, f"paired bootstrap, {SAMPLES:,} samples")


def mean_interval(values: Sequence[float]) -> Interval:
    """Bounds of a mean, by bootstrap."""
    return bootstrap([0.0] * len(values), values).interval


def _at_most(count: int, total: int, chance: float) -> float:
    """The chance of at most so many of so many."""
    yes, no, ways = log(chance), log1p(-chance), lgamma(total + 1)
    return sum(exp(ways - lgamma(k + 1) - lgamma(total - k + 1) + k * yes + (total - k) * no) for k in range(count + 1))


def _clopper_pearson(count: int, total: int) -> tuple[float, float]:
    if not total:
        return 0.0, 1.0
    low = 0.0 if count == 0 else _falls_to(TAIL, lambda at: 1 - _at_most(count - 1, total, at), rising=True)
    high = 1.0 if count == total else _falls_to(TAIL, lambda at: _at_most(count, total, at), rising=False)
    return low, high


def _falls_to(wanted: float, chance: Callable[[float], float], *, rising: bool) -> float:
    """Where a chance that only rises or only falls has the wanted value."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if (chance(middle) < wanted) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2
