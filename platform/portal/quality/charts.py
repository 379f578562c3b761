"""Where things stand in a chart. Each is drawn by the server as SVG: places are per cent of the plot, so that it fits
any width while its words keep their size. Nothing here knows what is counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 5
A_LINE = 7.0  # per cent of a plot
WIDEST = 6.0  # per cent of a plot that a bar takes, where there are few
WORDS_OVER = 30.0  # per cent of a plot that the words above its last bar reach over
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Tick:
    """A line of the grid, or a word under the plot; `place` in per cent from the top or from the left."""

    place: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Scale:
    """The values from the bottom of a plot to its top, and its grid."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """Per cent from the top; what lies beyond is at the edge."""
        inside = min(max(value, self.low), self.high)
        return 100 - 100 * (inside - self.low) / (self.high - self.low)

    def ticks(self, *, unit: str = "%") -> tuple[Tick, ...]:
        """The grid's lines with their values."""
        count = round((self.high - self.low) / self.step)
        values = (self.low + number * self.step for number in range(count + 1))
        return tuple(Tick(at(self.place(value)), f"{value:g}{unit}") for value in values)


def at(place: float) -> str:
    """A place as it is written into the page."""
    return f"{place:.2f}"


def scale(low: float, high: float) -> Scale:
    """A scale of round numbers over these values, with at most five lines."""
    low = low if low < high else high - 1
    span = high - low
    rough = span / (MOST_LINES - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (*STEPS, 20, 25, 50):
        step = factor * power
        first, last = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        if round((last - first) / step) < MOST_LINES:
            return Scale(first, last, step)
    return Scale(low, low + span, span)


@dataclass(frozen=True)
class Interval:
    """A rate as a dot in its band of bounds, above its name."""

    x: str
    left: str
    width: str
    top: str
    height: str
    bottom: str
    dot: str
    value: str
    name: str
    detail: str
    current: bool


@dataclass(frozen=True)
class Intervals:
    """Rates beside each other, the last one being the current one."""

    ticks: tuple[Tick, ...]
    items: tuple[Interval, ...]


def intervals(rates: Sequence[tuple[str, str, float, float, float]]) -> Intervals:
    """Rates in per cent, as (name, detail, share, low, high)."""
    lowest = min((low for _, _, _, low, _ in rates), default=0.0)
    axis = scale(lowest, 100.0)
    room = 100 / max(len(rates), 1)
    items = []
    for number, (name, detail, share, low, high) in enumerate(rates):
        middle, width = room * (number + 0.5), min(room * 0.25, 4.0)
        top, bottom = axis.place(high), axis.place(low)
        items.append(
            Interval(
                x=at(middle), left=at(middle - width / 2), width=at(width), top=at(top), height=at(bottom - top),
                bottom=at(bottom), dot=at(axis.place(share)), value=f"{share:.1f}%", name=name, detail=detail,
                current=number == len(rates) - 1,
            )
        )  # fmt: skip
    return Intervals(axis.ticks(), tuple(items))


@dataclass(frozen=True)
class Line:
    """A line through points of a plot of 100 by 100, and what stands at its end."""

    points: str
    end_x: str
    end_y: str
    label_y: str
    label: str
    value: str
    kind: str


@dataclass(frozen=True)
class Lines:
    """Lines over time. `level`: where a limit lies, from the top; `band`: the points of an area, such as a
    forecast's range."""

    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    below: tuple[Tick, ...]
    level: str = ""
    level_label: str = ""
    band: str = ""
    changes: tuple[Tick, ...] = ()


@dataclass(frozen=True)
class Series:
    """Values over places (both as they are, not as drawn) under one name."""

    label: str
    values: Sequence[tuple[float, float]]
    shown: str
    kind: str


def lines(
    series: Sequence[Series],
    *,
    width: float,
    below: Sequence[tuple[float, str]],
    unit: str = "%",
    limit: tuple[float, str] | None = None,
    changes: Sequence[tuple[float, str]] = (),
    band: Sequence[tuple[float, float]] = (),
) -> Lines:
    """Lines over 0 to `width`, from 0 up; `below` are the words under the plot, `changes` dotted lines with a word."""
    values = [value for one in series for _, value in one.values] + [value for _, value in band]
    most = max(values + ([limit[0]] if limit else []), default=1.0)
    axis = scale(0.0, most or 1.0)

    def across(x: float) -> float:
        return 100 * x / width if width else 50.0

    def joined(points: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{at(across(x))},{at(axis.place(y))}" for x, y in points)

    told = [one for one in series if one.values]
    ends = [axis.place(one.values[-1][1]) for one in told]
    drawn = tuple(
        Line(
            points=joined(one.values), end_x=at(across(one.values[-1][0])), end_y=at(end), label_y=at(label),
            label=one.label, value=one.shown, kind=one.kind,
        )
        for one, end, label in zip(told, ends, _apart(ends), strict=True)
    )  # fmt: skip
    return Lines(
        ticks=axis.ticks(unit=unit), lines=drawn, below=_below([(across(x), label) for x, label in below]),
        level=at(axis.place(limit[0])) if limit else "", level_label=limit[1] if limit else "",
        band=joined(band), changes=tuple(Tick(at(across(x)), label) for x, label in changes),
    )  # fmt: skip


def _apart(ends: Sequence[float]) -> list[float]:
    """Where words stand that belong above these places: the lowest where it is, the others at least a line above it."""
    places = dict.fromkeys(range(len(ends)), 0.0)
    above = math.inf
    for number in sorted(places, key=lambda number: (-ends[number], -number)):
        above = places[number] = min(ends[number], above - A_LINE)
    return list(places.values())


@dataclass(frozen=True)
class Column:
    """A part of a bar; `kind` numbers what it is a part of, from 1."""

    x: str
    width: str
    y: str
    height: str
    label: str
    kind: int


@dataclass(frozen=True)
class Columns:
    """Bars beside each other, each of parts that stand on one another. `shown` stands above the last ones, at `top`."""

    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    legend: tuple[tuple[int, str], ...]
    below: tuple[Tick, ...]
    shown: str
    top: str


def columns(
    bars: Sequence[tuple[str, Sequence[float]]],
    *,
    kinds: Sequence[str],
    below: Sequence[tuple[int, str]],
    shown: str,
) -> Columns:
    """A bar for each (label, its parts in per cent, the lowest first): a part of each of the `kinds`. `below` are words
    under the bars of these numbers, `shown` says how high the last one is.
    """
    heights = [sum(parts) for _, parts in bars]
    axis = scale(0.0, max(heights, default=1.0) or 1.0)
    room = 100 / max(len(bars), 1)
    width = min(room * 0.8, WIDEST)
    drawn = []
    for number, (label, parts) in enumerate(bars):
        left, floor = at(room * (number + 0.5) - width / 2), 0.0
        for kind, part in enumerate(parts, start=1):
            if not part:
                continue
            top = axis.place(floor + part)
            drawn.append(Column(left, at(width), at(top), at(axis.place(floor) - top), label, kind))
            floor += part
    under = heights[-math.ceil(WORDS_OVER / room) :]
    return Columns(
        ticks=axis.ticks(), columns=tuple(drawn), legend=tuple(enumerate(kinds, start=1)),
        below=_below([(room * (number + 0.5), label) for number, label in below]), shown=shown,
        top=at(axis.place(max(under, default=0.0))),
    )  # fmt: skip


def _below(words: Sequence[tuple[float, str]]) -> tuple[Tick, ...]:
    """Words under a plot; the first and the last stay inside of it."""
    return tuple(
        Tick(at(place), label, "start" if place < 10 else "end" if place > 90 else "middle") for place, label in words
    )
