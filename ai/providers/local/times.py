"""When the sender would like to come: days and parts of days, counted from now in the tenant's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ai.grounding.figures import Figure, figures
from ai.grounding.sentences import sentences
from ai.providers.local.wishes import wants_call
from ai.purposes import PreferredTime

MOST = 10
DAY = 24 * 60
NEAR = 30  # characters around a time in which "before" or "after" belongs to it


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


MORNING = _any(
    r"\b(?:in the )?morning\b", r"vormittag", r"\bmorgens\b", r"\bmatin\b", r"(?:por|de) la mañana", r"\bmattina\b",
    r"\bmanhã\b", "上午", "早上",
)  # fmt: skip
AFTERNOON = _any(
    r"\bafternoon\b", "nachmittag", "après-midi", r"\btarde\b", r"\bpomeriggio\b", "下午",
)  # fmt: skip
EVENING = _any(
    r"\bevening\b", r"\bafter work\b", "abend", r"\bsoir(?:ée)?\b", r"\bnoche\b", r"\bsera\b", r"\bnoite\b",
    "晚上", "下班后",
)  # fmt: skip
MIDDAY = _any(r"\blunch ?time\b", r"mittags\b", r"\bmidi\b", "mediodía", "mezzogiorno", "中午")
# What each part of a day means, in minutes after midnight.
PARTS = (
    (MORNING, 8 * 60, 12 * 60),
    (AFTERNOON, 12 * 60, 18 * 60),
    (EVENING, 17 * 60, 21 * 60),
    (MIDDAY, 11 * 60, 14 * 60),
)
BEFORE = _any(
    r"(?:\bbefore|\bby|\buntil|\bvor|\bbis|\bavant|\bantes d(?:e|as|o)(?: las)?|\bprima d(?:i|elle))\s+$",
    r"^\s*(?:之前|以前)",
)
AFTER = _any(
    r"(?:\bafter|\bfrom|\bab|\bnach|\baprès|\bà partir de)\s+$",
    r"(?:\bdespués de(?: las)?|\bdesde(?: las)?|\bdopo(?: le)?|\bdepois d(?:e|as))\s+$",
    r"^\s*(?:之后|以后)",
)
TODAY = _any(r"\btoday\b", r"\bheute\b", r"aujourd['’]hui", r"\bhoy\b", r"\boggi\b", r"\bhoje\b", "今天")
TOMORROW = _any(
    r"\btomorrow\b", r"(?<!guten )\bmorgen\b", r"\bdemain\b", r"(?<!la )\bmañana\b", r"\bdomani\b", r"\bamanhã\b",
    "明天",
)  # fmt: skip
WEEKEND = _any(r"\bweekend\b", "week-end", "wochenende", "fin de semana", "fim de semana", "fine settimana", "周末")
NEXT_WEEK = _any(
    "next week", "nächste woche", "semaine prochaine", "próxima semana", "semana que vem", "prossima settimana", "下周",
)  # fmt: skip
PAST = _any(
    r"^\s*(?:thanks|thank you|danke|vielen dank|merci|gracias|grazie|obrigad)",
    r"\bsince\b", r"\bseit\b", r"\blast (?:week|night|\w+day)\b", "yesterday", "gestern", r"\bhier\b", r"\bayer\b",
    r"\bieri\b", "ontem", "昨天",
)  # fmt: skip
COMPOUND = _any(r"\b((?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)(vormittag|nachmittag|abend|morgen)s?\b")


@dataclass(frozen=True)
class _Window:
    first: date
    last: date
    start: int
    end: int


def preferred_times(text: str, *, now: datetime, timezone: str) -> list[PreferredTime]:
    """Each sentence that names a day or a part of a day, with the window it means.

    A sentence that only narrows ("any time before noon") narrows the day before it. What lies behind ("thanks for
    Saturday") is no wish.
    """
    zone = zone_named(timezone)
    today = now.astimezone(zone).date()
    found: list[PreferredTime] = []
    previous: _Window | None = None
    for span in sentences(text[:10_000]):
        if PAST.search(span.text) or wants_call(span.text):
            continue
        said = COMPOUND.sub(r"\1 \2", span.text)
        days, part = _days(said, today), _part(said)
        if days is None and part is None:
            continue
        if days is None and previous is not None and part is not None:
            window: _Window | None = _Window(previous.first, previous.last, *part)
            wish = span.text
            found.pop()
        elif days is not None:
            window = _Window(*days, *(part or (0, DAY)))
            wish = span.text
        else:
            window, wish = None, span.text
        previous = window
        found.append(_told(wish[:300], window, zone))
    return found[:MOST]


def _told(text: str, window: _Window | None, zone: ZoneInfo) -> PreferredTime:
    if window is None:
        return PreferredTime(text=text)
    return PreferredTime(
        text=text, earliest=_moment(window.first, window.start, zone), latest=_moment(window.last, window.end, zone)
    )


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day + timedelta(days=minutes // DAY), time(), zone)
    return midnight.replace(hour=minutes % DAY // 60, minute=minutes % 60)


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name, UTC for a name that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _days(said: str, today: date) -> tuple[date, date] | None:
    known = figures(said)
    days = [day for figure in known if (day := _day(figure, today))]
    if days:
        return min(days), max(days)
    if TOMORROW.search(said):
        return today + timedelta(days=1), today + timedelta(days=1)
    if TODAY.search(said):
        return today, today
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    if WEEKEND.search(said):
        return saturday, saturday + timedelta(days=1)
    if NEXT_WEEK.search(said):
        monday = today + timedelta(days=7 - today.weekday())
        return monday, monday + timedelta(days=6)
    return None


def _day(figure: Figure, today: date) -> date | None:
    if figure.kind == "weekday":
        (weekday,) = figure.values
        return today + timedelta(days=(int(str(weekday)) - today.weekday()) % 7)
    if figure.kind != "date":
        return None
    for value in figure.values:
        if isinstance(value, tuple):
            year, month, day = value
            for guess in (year,) if year else (today.year, today.year + 1):
                try:
                    when = date(guess, month, day)
                except ValueError:
                    continue
                if year or when >= today:
                    return when
    return None


def _part(said: str) -> tuple[int, int] | None:
    """(first, last) minute of the day that the words leave open; None where they say nothing about it."""
    start, end, told = 0, DAY, False
    for pattern, part_start, part_end in PARTS:
        if pattern.search(said) and not told:
            start, end, told = part_start, part_end, True
    for figure in figures(said):
        if figure.kind != "time":
            continue
        minute = max(int(str(value)) for value in figure.values)
        ahead = said[max(0, figure.start - NEAR) : figure.start]
        behind = said[figure.end : figure.end + NEAR]
        if BEFORE.search(ahead) or BEFORE.search(behind):
            start, end, told = (start if told and start < minute else 0), minute, True
        elif AFTER.search(ahead) or AFTER.search(behind):
            start, end, told = minute, (end if told and end > minute else DAY), True
        elif not told:
            start, end, told = minute, min(minute + 60, DAY), True
    return (start, end) if told else None
