"""What a few numbers can and cannot say. Pure functions, without a database and without a random number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054  # the normal quantile of 97.5 %
FEWEST_OF_A_KIND = 8  # in both samples together; what was seen more seldom is counted with the next rarest


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`, with Wilson's bounds: `low` to `high` holds the true share in 95 of 100 such samples."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float:
        return self._bounds[0]

    @property
    def high(self) -> float:
        return self._bounds[1]

    @property
    def _bounds(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """The bounds of a share (Wilson, 1927): honest near 0 and 1 and of small samples; 0 to 1 of nothing."""
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == n else middle + half)


def apart(one: Rate, other: Rate) -> bool:
    """Whether the bounds of two rates do not overlap: then they differ, beyond what chance explains."""
    return one.low > other.high or other.low > one.high


def fisher(one: Rate, other: Rate) -> float:
    """The chance that two samples of one truth differ as much as these or more (Fisher's exact test, two-sided)."""
    hits, whole = one.hits + other.hits, one.n + other.n

    def ways(k: int) -> int:
        return math.comb(one.n, k) * math.comb(other.n, hits - k)

    seen = ways(one.hits)
    possible = range(max(0, hits - other.n), min(one.n, hits) + 1)
    # Whole numbers: equally likely tables are recognised as such.
    return sum(ways(k) for k in possible if ways(k) <= seen) / math.comb(whole, hits)


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that two samples of one distribution lie as far apart as these or farther (Mann-Whitney, two-sided).

    It asks which values are larger, not by how much, so that a single odd one says little. By the normal approximation
    with ties, which is a good one from some twenty of each. 1 where all are alike, or nothing in one of them.
    """
    n, m = len(one), len(other)
    ranks, ties = _ranks([*one, *other])
    whole = n + m
    spread = n * m / 12 * (whole + 1 - ties / (whole * (whole - 1))) if n and m else 0.0
    if spread <= 0:
        return 1.0
    beyond = abs(sum(ranks[:n]) - n * (n + 1) / 2 - n * m / 2) - 0.5
    return math.erfc(max(beyond, 0.0) / math.sqrt(2 * spread))


def _ranks(values: Sequence[float]) -> tuple[list[float], int]:
    """The rank of each, those that are alike sharing theirs; and the sum of t^3 - t over so many (t) that are alike."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, ties, at = [0.0] * len(values), 0, 0
    while at < len(order):
        alike = [each for each in order[at:] if values[each] == values[order[at]]]
        for each in alike:
            ranks[each] = at + (len(alike) + 1) / 2
        ties += len(alike) ** 3 - len(alike)
        at += len(alike)
    return ranks, ties


def g_test(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The chance that two samples of one distribution over kinds differ as much as these or more (G-test).

    What is rare is counted with the next rarest, or the approximation would see change in single cases. 1 where there
    is one kind at most, or nothing in one of them.
    """
    table = _pooled(one, other)
    sums, whole = [a + b for a, b in table], sum(a + b for a, b in table)
    columns = [sum(row[at] for row in table) for at in (0, 1)]
    if len(table) < 2 or not all(columns):
        return 1.0
    g = 2 * sum(
        count * math.log(count * whole / (total * column))
        for row, total in zip(table, sums, strict=True)
        for count, column in zip(row, columns, strict=True)
        if count
    )
    return chi_squared_beyond(max(g, 0.0), freedom=len(table) - 1)


def _pooled(one: Mapping[str, int], other: Mapping[str, int]) -> list[tuple[int, int]]:
    """How often each kind came in either; the rarest are put together until none is rare any more."""
    table = sorted(((one.get(kind, 0), other.get(kind, 0)) for kind in one.keys() | other.keys()), key=sum)
    while len(table) > 1 and sum(table[0]) < FEWEST_OF_A_KIND:
        (a, b), (c, d), *rest = table
        table = sorted([(a + c, b + d), *rest], key=sum)
    return table


def chi_squared_beyond(value: float, *, freedom: int) -> float:
    """The chance that a chi-squared variable with so many degrees of freedom (1 or more) is above `value`."""
    half = value / 2
    if freedom % 2 == 0:
        terms: Sequence[float] = [half**k / math.factorial(k) for k in range(freedom // 2)]
        return math.exp(-half) * math.fsum(terms)
    terms = [half ** (k - 0.5) / math.gamma(k + 0.5) for k in range(1, freedom // 2 + 1)]
    return math.erfc(math.sqrt(half)) + math.exp(-half) * math.fsum(terms)


def level_of(look: int, *, tests: int, alpha: float = 0.05) -> float:
    """What the chance of each test must be below at the nth look, so that all looks that will ever be taken raise a
    false alarm with a chance of `alpha` at most: the nth may spend alpha / (n (n + 1)), shared by its tests.
    """
    return alpha / (look * (look + 1) * tests)
