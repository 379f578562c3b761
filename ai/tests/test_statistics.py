"""What a few numbers can and cannot say: against tables, and against all that can happen."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from ai.quality.edits import MOST_WORDS, words_changed
from ai.quality.statistics import (
    Rate,
    apart,
    chi_squared_beyond,
    fisher,
    g_test,
    level_of,
    mann_whitney,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (312, 331, 0.9120936923, 0.9629472929),
        (246, 288, 0.8087448868, 0.8902647770),
        (0, 10, 0.0, 0.2775327999),
        (10, 10, 0.7224672001, 1.0),
        (1, 1, 0.2065493143, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_bounds_are_those_of_wilson(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize("n", [5, 40, 200])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.94])
def test_bounds_hold_the_truth_in_most_samples_of_all_that_can_be_drawn(n: int, share: float) -> None:
    """Wilson's bounds cover 95 % on the average, and nowhere here less than 84 %."""
    drawn = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    held = sum(chance for k, chance in enumerate(drawn) if Rate(k, n).low <= share <= Rate(k, n).high)
    assert held >= 0.84


def test_a_rate_of_nothing_has_no_share_and_is_apart_from_none() -> None:
    nothing = Rate(0, 0)
    assert nothing.share is None
    assert not apart(nothing, Rate(100, 100))


def test_rates_are_apart_where_their_bounds_do_not_overlap() -> None:
    assert apart(Rate(312, 331), Rate(246, 288))
    assert apart(Rate(246, 288), Rate(312, 331))
    assert not apart(Rate(312, 331), Rate(250, 272))


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        # The lady tasting tea, and a table of which every text book tells.
        (Rate(3, 4), Rate(1, 4), 34 / 70),
        (Rate(4, 4), Rate(0, 4), 2 / 70),
        (Rate(1, 10), Rate(9, 10), 202 / 184756),
        (Rate(0, 100), Rate(0, 50), 1.0),
        (Rate(100, 100), Rate(50, 50), 1.0),
    ],
)
def test_fishers_test_is_exact(one: Rate, other: Rate, chance: float) -> None:
    assert fisher(one, other) == pytest.approx(chance, rel=1e-12)
    assert fisher(other, one) == pytest.approx(chance, rel=1e-12)


@pytest.mark.parametrize("truth", [0.5, 0.9, 0.99])
def test_nothing_new_seems_new_no_more_often_than_the_level_says(truth: float) -> None:
    """Over every pair of samples that one truth can give: 40 at first, 20 lately."""

    def drawn(n: int) -> list[float]:
        return [math.comb(n, k) * truth**k * (1 - truth) ** (n - k) for k in range(n + 1)]

    level = level_of(1, tests=1)
    alarms = sum(
        a * b
        for was, a in enumerate(drawn(40))
        for now, b in enumerate(drawn(20))
        if fisher(Rate(was, 40), Rate(now, 20)) < level
    )
    assert alarms <= level


@pytest.mark.parametrize(
    ("value", "freedom", "chance"),
    [
        (3.841458820694124, 1, 0.05),
        (5.991464547107979, 2, 0.05),
        (7.814727903251179, 3, 0.05),
        (9.487729036781154, 4, 0.05),
        (11.070497693516351, 5, 0.05),
        (23.20925115895436, 10, 0.01),
        (0.0, 1, 1.0),
        (0.0, 4, 1.0),
    ],
)
def test_the_tail_of_chi_squared_is_what_tables_say(value: float, freedom: int, chance: float) -> None:
    assert chi_squared_beyond(value, freedom=freedom) == pytest.approx(chance, abs=1e-9)


def test_the_g_test_sees_another_mixture_and_not_another_size() -> None:
    assert g_test({"a": 60, "b": 40}, {"a": 30, "b": 20}) == pytest.approx(1.0)
    # 2 sum(O ln(O/E)) by hand: one degree of freedom.
    g = 2 * (60 * math.log(60 / 46.6666666667) + 40 * math.log(40 / 53.3333333333))
    g += 2 * (10 * math.log(10 / 23.3333333333) + 40 * math.log(40 / 26.6666666667))
    chance = chi_squared_beyond(g, freedom=1)
    assert g_test({"a": 60, "b": 40}, {"a": 10, "b": 40}) == pytest.approx(chance, rel=1e-6)
    assert chance < 1e-5


def test_single_cases_are_no_change_of_a_mixture() -> None:
    before = {"inspection": 90, "question": 10}
    assert g_test(before, {"inspection": 45, "question": 4, "erasure": 1}) > 0.5


@pytest.mark.parametrize(("one", "other"), [({}, {}), ({"a": 9}, {}), ({"a": 100}, {"a": 50})])
def test_one_kind_or_nothing_has_no_mixture(one: dict[str, int], other: dict[str, int]) -> None:
    assert g_test(one, other) == 1.0


def test_all_looks_together_spend_no_more_than_alpha() -> None:
    spent = math.fsum(4 * level_of(look, tests=4) for look in range(1, 10_001))
    assert spent == pytest.approx(0.05 * 10_000 / 10_001)


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("Hi Georgia, come on Saturday.", "Hi Georgia, come on Saturday.", 0.0),
        ("Hi Georgia,\r\n\r\ncome", "Hi Georgia,\ncome", 0.0),
        ("a b c d", "a b x d", 0.25),
        ("a b c d", "", 1.0),
        ("", "", 0.0),
        ("a b", "a b c d", 1 / 3),
        ("a b", "x y", 1.0),
    ],
)
def test_the_share_of_words_that_were_changed(before: str, after: str, share: float) -> None:
    assert words_changed(before, after) == pytest.approx(share)


def test_of_a_very_long_text_the_beginning_is_compared() -> None:
    long = "word " * (2 * MOST_WORDS)
    assert words_changed(long, long + "more") == 0.0


def test_ranks_are_compared_as_in_the_text_books() -> None:
    """Permeability of membranes (Hollander and Wolfe, 1973): exactly 0.2544 two-sided."""
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    assert mann_whitney(term, early) == pytest.approx(0.2544, abs=0.015)
    assert mann_whitney(term, early) == pytest.approx(mann_whitney(early, term))
    assert mann_whitney([value**3 for value in term], [value**3 for value in early]) == mann_whitney(term, early)


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_ranks_of_one_distribution_are_found_apart_as_seldom_as_said(level: float) -> None:
    """Over all ways in which two samples can be drawn: few differ so much, also where values are alike."""
    for values in (range(13), [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 5]):
        drawn = [
            mann_whitney([values[at] for at in chosen], [values[at] for at in range(13) if at not in chosen])
            for chosen in map(set, combinations(range(13), 6))
        ]
        assert sum(chance < level for chance in drawn) / len(drawn) <= 1.1 * level


def test_nothing_and_what_is_all_alike_is_not_apart() -> None:
    assert mann_whitney([], [1.0]) == mann_whitney([], []) == mann_whitney([1.0] * 9, [1.0] * 30) == 1.0
    assert mann_whitney([1.0] * 100, [2.0] * 50) < 1e-20
