"""How sure a figure is: against published values, and against what must hold whatever the figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.evaluation.statistics import bootstrap, mcnemar

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def pairs(both: int, better: int, worse: int, neither: int = 0) -> tuple[list[bool], list[bool]]:
    before = [True] * both + [False] * better + [True] * worse + [False] * neither
    after = [True] * both + [True] * better + [False] * worse + [False] * neither
    return before, after


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 0.021484), (4, 4, 1.0), (0, 0, 1.0)]
)
def test_right_and_wrong_are_compared_by_the_exact_binomial_test_of_those_that_changed(
    better: int, worse: int, p: float
) -> None:
    found = mcnemar(*pairs(30, better, worse, 3))
    assert found.p == pytest.approx(p, abs=1e-5)
    assert found.mean == pytest.approx((better - worse) / (33 + better + worse))


def test_the_bounds_of_a_difference_are_clopper_and_pearsons() -> None:
    found = mcnemar(*pairs(0, 1, 9))  # 1 of 10: 0.0025 to 0.4450
    assert found.interval.low == pytest.approx(2 * 0.00253 - 1, abs=1e-4)
    assert found.interval.high == pytest.approx(2 * 0.44502 - 1, abs=1e-4)


@given(PAIRS)
def test_a_difference_lies_in_its_bounds_and_turns_round_with_the_sides(found: list[tuple[bool, bool]]) -> None:
    before, after = [a for a, _ in found], [b for _, b in found]
    there, back = mcnemar(before, after), mcnemar(after, before)
    assert there.interval.low - 1e-9 <= there.mean <= there.interval.high + 1e-9
    assert there.p == pytest.approx(back.p)
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-9)


@given(PAIRS)
def test_what_is_significant_has_bounds_without_nothing(found: list[tuple[bool, bool]]) -> None:
    result = mcnemar([a for a, _ in found], [b for _, b in found])
    if result.p < 0.05:
        assert result.interval.low > 0 or result.interval.high < 0


def test_thousands_that_changed_are_no_matter() -> None:
    found = mcnemar(*pairs(0, 1_500, 1_500))
    assert found.p == pytest.approx(1.0)
    assert -0.04 < found.interval.low < 0 < found.interval.high < 0.04


def test_numbers_are_compared_by_a_bootstrap_that_always_says_the_same() -> None:
    before, after = [0.5, 0.25, 1.0, 0.75] * 10, [0.6, 0.35, 1.0, 0.95] * 10
    found = bootstrap(before, after)
    assert found == bootstrap(before, after)
    assert found.mean == pytest.approx(0.1)
    assert 0 < found.interval.low < 0.1 < found.interval.high
    assert found.p < 0.01
    assert bootstrap(before, before).p == 1.0
