"""How often another model answered than the one that was asked first, by day, and for which kind of reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ai.quality.selectors import Called, FallbackKind, Filters, Quality
from portal.quality.charts import columns
from portal.quality.parts import Part, day_of
from portal.quality.tables import Cell, Table, percent

TITLE = "Answers from a fallback"
MOST_DAYS_APART = 92  # a longer period shows weeks
MOST_KINDS = 2  # that a bar tells apart; the others are one part of it
Kinds = Mapping[FallbackKind, int]
Group = tuple[str, frozenset[FallbackKind]]


def fallbacks_part(found: Quality, filters: Filters, today: date) -> Part:
    """The share of each day's answers (of a long period: each week's) that fell back, its parts by reason."""
    by = "day" if filters.until - filters.since <= timedelta(days=MOST_DAYS_APART) else "week"
    called = {date.fromisoformat(begins): one for (begins,), one in found.calls(by).items()}
    kinds = found.fell_back if by == "day" else _weekly(found.fell_back)
    table = _table(by, called, kinds)
    whole = next(iter(found.calls("all").values()), None)
    if whole is None or not whole.answers:
        return Part(TITLE, "No model answered in this period.", table)
    rate = whole.fallback_rate
    if not rate.hits:
        return Part(TITLE, f"None of {rate.n} answers.", table)
    groups = _groups(found.kinds)
    step = timedelta(days=1 if by == "day" else 7)
    first, last = min(called), max(called)
    every = [first + step * number for number in range((last - first) // step + 1)]
    bars = [_shares(called.get(day), kinds.get(day, {}), groups) for day in every]
    newest = sum(bars[-1])
    shown = f"{newest:.{1 if 0 < newest < 1 else 0}f}% {_when(last, today, by)}"
    why = "; ".join(f"{kind.label} {count}" for kind, count in found.kinds.items())
    return Part(
        title=TITLE,
        summary=f"{rate.hits} of {rate.n} answers, {percent(rate.share)}; by {by}.",
        drawn=f"{percent(rate.share)} of {rate.n} answers, {shown}. Why: {why}.",
        table=table,
        columns=columns(
            [(_told(day, parts, groups), parts) for day, parts in zip(every, bars, strict=True)],
            kinds=[name for name, _ in groups],
            below=[(0, day_of(first)), *([(len(every) - 1, day_of(last))] if len(every) > 1 else [])],
            shown=shown,
        ),
    )


def _groups(kinds: Kinds) -> list[Group]:
    """What the chart tells apart: the most frequent kinds, and all others together."""
    named = [kind for kind in kinds if kind != FallbackKind.OTHER][:MOST_KINDS]
    rest = frozenset(kinds) - frozenset(named)
    groups: list[Group] = [(str(kind.label), frozenset({kind})) for kind in named]
    if rest:
        groups.append((str(next(iter(rest)).label) if len(rest) == 1 else "Other reasons", rest))
    return groups


def _shares(called: Called | None, kinds: Kinds, groups: Sequence[Group]) -> list[float]:
    """Of a day's answers, in per cent, those that fell back for each group."""
    answers = called.answers if called else 0
    return [100 * sum(kinds.get(kind, 0) for kind in group) / answers if answers else 0.0 for _, group in groups]


def _told(day: date, parts: Sequence[float], groups: Sequence[Group]) -> str:
    named = [f"{name} {part:.1f}%" for (name, _), part in zip(groups, parts, strict=True) if part]
    return f"{day_of(day)}: {', '.join(named) or '0%'}"


def _when(last: date, today: date, by: str) -> str:
    if by == "day":
        return "today" if last == today else f"on {day_of(last)}"
    return "this week" if last <= today < last + timedelta(days=7) else f"in the week from {day_of(last)}"


def _weekly(days: Mapping[date, Kinds]) -> dict[date, Counter[FallbackKind]]:
    """The same by weeks, which begin on Monday."""
    weeks: dict[date, Counter[FallbackKind]] = {}
    for day, kinds in days.items():
        weeks.setdefault(day - timedelta(days=day.weekday()), Counter()).update(kinds)
    return weeks


def _table(by: str, called: Mapping[date, Called], kinds: Mapping[date, Kinds]) -> Table:
    """Every kind has its column, whatever the chart puts together."""
    rows: list[tuple[Cell, ...]] = [
        (
            begins.isoformat(), one.fell_back, one.answers, percent(one.fallback_rate.share),
            *(kinds.get(begins, {}).get(kind, 0) for kind in FallbackKind),
        )
        for begins, one in sorted(called.items())
    ]  # fmt: skip
    headings = (f"{by} from" if by == "week" else by, "fallbacks", "answers", "share")
    reasons = (str(kind.label).lower() for kind in FallbackKind)
    return Table("fallbacks", f"{TITLE}, by {by}", (*headings, *reasons), tuple(rows))
