"""When the parts of a run happened, drawn: x positions on an axis whose stretches each have a scale of their own.

Work takes seconds, a person hours, a held reply minutes. So that each stays readable the axis is cut where somebody is
waited for, and a stretch that is waited is drawn with a fixed width, however long it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from portal.wording import span, zone

Kind = Literal["work", "failed", "fallback", "person", "held"]

WIDTH = 436.0
PERSON_WIDTH = 56.0
HELD_WIDTH = 110.0
IDLE_WIDTH = 26.0
# Shorter than this nobody need be told of: two steps follow each other.
IDLE_FROM = timedelta(seconds=3)
THINNEST = 3.0
# How wide a letter of the labels is, and what stays free beside a bar.
LETTER = 6.2
BESIDE = 6.0


@dataclass(frozen=True)
class Interval:
    """Something that lasted; still going on where it ends now."""

    kind: Kind
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Stretch:
    """A part of the axis with its own scale: work, or a wait."""

    kind: Literal["work", "person", "held", "idle"]
    begins: datetime
    ends: datetime
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A drawn interval."""

    kind: Kind
    x: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A time at the head of the axis."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Label:
    """Words beside a bar, cut where the drawing ends."""

    x: float
    text: str
    whole: str
    anchor: str


class Axis:
    """The axis of one run."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self.stretches = _stretches(list(intervals))

    def x(self, at: datetime) -> float:
        """Where a moment stands."""
        if not self.stretches:
            return 0
        for stretch in self.stretches:
            if at <= stretch.ends:
                whole = (stretch.ends - stretch.begins).total_seconds()
                part = max(0.0, (at - stretch.begins).total_seconds())
                return stretch.x + (stretch.width * part / whole if whole else 0)
        return self.stretches[-1].x + self.stretches[-1].width

    def bar(self, interval: Interval) -> Bar:
        """The drawn interval; never too thin to be seen."""
        begins, ends = self.x(interval.begins), self.x(interval.ends)
        width = max(THINNEST, ends - begins)
        return Bar(interval.kind, round(min(begins, WIDTH - width), 1), round(width, 1))

    def label(self, bars: Sequence[Bar], text: str) -> Label | None:
        """Words beside the bars of a row, on the side that has more room; never over the hatching of a wait."""
        if not text:
            return None
        first = min((bar.x for bar in bars), default=0.0)
        last = max((bar.x + bar.width for bar in bars), default=0.0)
        ends_at = min((wait.x for wait in self.waits if wait.x >= last), default=WIDTH)
        begins_at = max((wait.x + wait.width for wait in self.waits if wait.x + wait.width <= first), default=0.0)
        after, before = ends_at - last - BESIDE, first - begins_at - BESIDE
        right = after >= min(before, len(text) * LETTER)
        fits = int((after if right else before) / LETTER)
        cut = text if len(text) <= fits else f"{text[: max(0, fits - 1)].rstrip()}…"
        return Label(round(last + BESIDE if right else before, 1), cut, text, "start" if right else "end")

    @property
    def waits(self) -> list[Stretch]:
        """Where a person was waited for: hatched."""
        return [stretch for stretch in self.stretches if stretch.kind == "person"]

    @property
    def ticks(self) -> list[Tick]:
        """The beginning, how long a person took, and the clock after it."""
        found: list[Tick] = []
        for number, stretch in enumerate(self.stretches):
            if stretch.kind == "person":
                middle = stretch.x + stretch.width / 2
                found.append(Tick(round(middle, 1), span(stretch.ends - stretch.begins), "middle"))
            elif number == 0:
                found.append(Tick(stretch.x, _clock(stretch.begins), "start"))
            elif self.stretches[number - 1].kind == "person" or stretch.kind == "held":
                found.append(Tick(round(stretch.x, 1), _clock(stretch.begins), "start"))
        if self.stretches and self.stretches[-1].kind == "held":
            found.append(Tick(WIDTH, _clock(self.stretches[-1].ends), "end"))
        return _apart(found)


def _clock(at: datetime) -> str:
    """7:12:04; the date and the half of the day stand at the head of the page."""
    local = at.astimezone(zone())
    return f"{local.hour % 12 or 12}:{local.minute:02}:{local.second:02}"


def _apart(ticks: Sequence[Tick]) -> list[Tick]:
    """Without those that would be written over the one before."""
    kept: list[Tick] = []
    edge = -1.0
    for tick in ticks:
        wide = len(tick.text) * LETTER
        begins = tick.x - {"start": 0.0, "middle": wide / 2, "end": wide}[tick.anchor]
        if begins > edge and (not kept or kept[-1].text != tick.text):
            kept.append(tick)
            edge = begins + wide + BESIDE
    return kept


def _stretches(intervals: Sequence[Interval]) -> list[Stretch]:
    moments = sorted({moment for interval in intervals for moment in (interval.begins, interval.ends)})
    parts: list[tuple[Literal["work", "person", "held", "idle"], datetime, datetime]] = []
    for begins, ends in pairwise(moments):
        kind = _kind(intervals, begins, ends)
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1], ends)
        else:
            parts.append((kind, begins, ends))
    fixed = {"person": PERSON_WIDTH, "held": HELD_WIDTH, "idle": IDLE_WIDTH}
    room = WIDTH - sum(fixed.get(kind, 0.0) for kind, _, _ in parts)
    # The square root, so that what took a hundred times longer does not hide the rest.
    weights = [(ends - begins).total_seconds() ** 0.5 if kind == "work" else 0.0 for kind, begins, ends in parts]
    whole = sum(weights)
    if not whole and parts:
        fixed = {kind: width * WIDTH / (WIDTH - room) for kind, width in fixed.items()}
    found, x = [], 0.0
    for (kind, begins, ends), weight in zip(parts, weights, strict=True):
        width = fixed.get(kind, 0.0) if kind != "work" else max(0.0, room) * weight / whole
        found.append(Stretch(kind, begins, ends, round(x, 1), round(width, 1)))
        x += width
    return found


def _kind(intervals: Sequence[Interval], begins: datetime, ends: datetime) -> Literal["work", "person", "held", "idle"]:
    going_on = {i.kind for i in intervals if i.begins <= begins and i.ends >= ends}
    if going_on & {"work", "failed", "fallback"}:
        return "work"
    if "held" in going_on:
        return "held"
    if "person" in going_on:
        return "person"
    return "idle" if ends - begins > IDLE_FROM else "work"
