"""Where things stand in a chart: inside of it, and no word over another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.quality.charts import A_LINE, Series, columns, intervals, lines, scale

VALUE = st.integers(0, 10**7).map(lambda hundredths: hundredths / 100)
SHARE = st.integers(0, 1000).map(lambda thousandths: thousandths / 10)


def drawn(*values: float) -> list[tuple[float, float]]:
    """Where the end of each line is and where its words stand, in per cent from the top."""
    series = [Series(str(number), [(0.0, 0.0), (1.0, value)], "so", "first") for number, value in enumerate(values)]
    return [(float(line.end_y), float(line.label_y)) for line in lines(series, width=1.0, below=[]).lines]


@given(st.lists(VALUE, min_size=1, max_size=4))
def test_words_at_the_ends_of_lines_stand_above_them_and_apart(values: list[float]) -> None:
    found = drawn(*values)
    assert all(label <= end for end, label in found)
    places = sorted(label for _, label in found)
    # Places are written with two digits.
    assert all(below - above >= A_LINE - 0.011 for above, below in pairwise(places))


def test_of_two_lines_that_end_at_one_place_the_second_is_named_next_to_it() -> None:
    assert drawn(0.0, 0.0) == [(100.0, 93.0), (100.0, 100.0)]


@given(VALUE, VALUE)
def test_a_scale_holds_its_values_on_few_lines(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = scale(low, high)
    assert found.low <= low + 1e-6 * max(abs(low), 1)
    assert found.high >= high - 1e-6 * max(abs(high), 1)
    assert 2 <= len(found.ticks()) <= 6
    assert all(0 <= float(tick.place) <= 100 for tick in found.ticks())


@given(st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=1, max_size=5))
def test_bands_stay_inside_of_the_plot_and_the_last_is_the_current_one(rates: list[tuple[float, float, float]]) -> None:
    given = [("Version", "n", share, low, high) for low, share, high in (sorted(rate) for rate in rates)]
    found = intervals(given).items
    for item in found:
        assert 0 <= float(item.left) <= float(item.left) + float(item.width) <= 100
        assert 0 <= float(item.top) <= float(item.dot) + 0.011 <= float(item.bottom) + 0.021 <= 100.03
    assert [item.current for item in found] == [False] * (len(found) - 1) + [True]


@given(st.lists(st.lists(st.integers(0, 330).map(lambda tenths: tenths / 10), min_size=3, max_size=3), max_size=40))
def test_the_parts_of_a_bar_stand_on_one_another_and_on_the_axis(bars: list[list[float]]) -> None:
    found = columns([("so", parts) for parts in bars], kinds=["a", "b", "c"], below=[], shown="so")
    assert len(found.columns) == sum(part > 0 for parts in bars for part in parts)
    floors = {column.x: 100.0 for column in found.columns}
    for column in found.columns:
        # Places are written with two digits.
        assert abs(float(column.y) + float(column.height) - floors[column.x]) <= 0.031
        floors[column.x] = float(column.y)
        assert -0.01 <= float(column.y) <= 100
    last = [column for column in found.columns if column.x == found.columns[-1].x]
    assert all(float(found.top) <= float(column.y) + 0.011 for column in last if bars[-1] and sum(bars[-1]))
