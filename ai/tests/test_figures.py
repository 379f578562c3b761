"""What counts as a figure, and when two of them are the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ai.grounding.figures import agree, amount, figures


def only(text: str, language: str | None = None):
    (found,) = figures(text, language)
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,480,000", 1480000), ("1.480.000", 1480000), ("1 480 000", 1480000), ("512.40", "512.40"),
        ("512,40", "512.40"), ("1,480", 1480), ("1.480.000,50", "1480000.50"), ("1'480'000", 1480000),
        ("0.125", "0.125"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_every_way_of_writing_it(text: str, value: object) -> None:
    assert amount(text) == Decimal(str(value))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$1,480,000", "$1.48m"), ("$1,480,000", "AUD 1,480,000"), ("1.480.000 €", "€1.48 million"),
        ("£500k", "500 000 £"),
        ("10:30 am", "10h30"), ("4 pm", "16 Uhr"), ("4 pm", "下午4点"), ("noon", "12:00 pm"), ("5:30 pm", "17:30"),
        ("21 November", "21 Nov"), ("21. November 2026", "2026-11-21"), ("November 21, 2026", "21/11/2026"),
        ("11月21日", "21 de noviembre"), ("0491 570 156", "+61 491 570 156"), ("two", "2"), ("12%", "12 percent"),
        ("Saturday", "samedi"), ("周六", "Samstag"),
    ],
)  # fmt: skip
def test_the_same_figure_written_in_two_ways_agrees(one: str, other: str) -> None:
    assert agree(only(one), only(other))
    assert agree(only(other), only(one))


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("$1,480,000", "$1,480"), ("$1,480,000", "€1,480,000"), ("US$500", "A$500"), ("10:30 am", "10:30 pm"),
        ("5 pm", "5 am"), ("21 November", "22 November"), ("21 November 2025", "21 November 2026"),
        ("Sunday", "Saturday"),
        ("0491 570 156", "0491 570 157"), ("20%", "20"), ("2", "3"), ("www.example.com", "www.example.org"),
    ],
)  # fmt: skip
def test_different_figures_do_not_agree(said: str, known: str) -> None:
    assert not agree(only(said), only(known))


def test_both_ends_of_a_range_are_in_the_same_half_of_the_day() -> None:
    start, end = (figure for figure in figures("10:30 to 11:00 pm") if figure.kind == "time")
    assert start.values == {22 * 60 + 30}
    assert end.values == {23 * 60}


def test_a_range_that_would_run_backwards_begins_in_the_morning() -> None:
    start, end = (figure for figure in figures("10:30 to 1 pm") if figure.kind == "time")
    assert start.values == {10 * 60 + 30}
    assert end.values == {13 * 60}


def test_a_weekday_agrees_with_a_date_whose_year_is_known() -> None:
    assert agree(only("Saturday"), only("21 November 2026"))
    assert not agree(only("Friday"), only("21 November 2026"))


def test_words_are_numbers_only_in_their_language() -> None:
    assert figures("due to once", "en") == []
    assert [figure.values for figure in figures("due", "it")] == [{Decimal(2)}]


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert "date" not in {figure.kind for figure in figures("31 February")}


def test_a_date_time_is_a_date_and_a_time() -> None:
    assert [figure.kind for figure in figures("2026-11-21T10:30:00+11:00")] == ["date", "time"]
