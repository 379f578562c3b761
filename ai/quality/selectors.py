"""Reading how good the AI's work is; calls of evaluation are left out. Four statements answer whatever is asked,
whatever is stored, over a period that ends somewhere: two that count judgements and calls by all dimensions at once,
one for what checks found and how long calls took, one for the looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from ai.fallbacks import FallbackKind, kind_of
from ai.models import Look
from ai.quality.drift import BASELINE, BLOCK, SIGNALS
from ai.quality.statistics import Rate, apart
from tenants.selectors import current

__all__ = [
    "BASELINE", "BLOCK", "GROUPS", "MOST_DAYS", "SIGNALS", "Asked", "Called", "FallbackKind", "Filters",
    "Judged", "LookView", "Quality", "Rate", "apart", "looks", "quality",
]  # fmt: skip

MOST_DAYS = 400
GROUPS = ("version", "purpose", "model", "intent", "prompt", "day", "week")
Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What is counted: from `since` to before `until`; a dimension that is empty (0) is not asked for."""

    since: datetime
    until: datetime
    workflow: str = ""
    version: int = 0
    purpose: str = ""
    model: str = ""
    intent: str = ""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What people made of a group's proposals. Edited ones count among approved and rejected alike; words and waiting
    are the middle ones (and of words the most edited tenth begins at), words as shares of 1, null of none.
    """

    proposals: int
    approved: int
    unedited: int
    edited: int
    rejected: int
    rejected_for: Sequence[str] | None
    taken_back: int
    fell_back: int
    words_median: float | None
    words_tenth: float | None
    waited_median: timedelta | None
    first: datetime

    @property
    def unedited_rate(self) -> Rate:
        """Approved exactly as it was proposed, of all that was decided."""
        return Rate(self.unedited, self.proposals)

    @property
    def rejected_rate(self) -> Rate:
        return Rate(self.rejected, self.proposals)

    @property
    def rejections(self) -> Mapping[str, int]:
        """How many were rejected for each kind of reason, the most frequent first; "" of those of which nobody said."""
        return dict(Counter(sorted(self.rejected_for or ())).most_common())


@dataclass(frozen=True, kw_only=True)
class Called:
    """What a group's calls came to. `answers` are those that were used, `fell_back` of them not by the model that was
    asked first; `mails` were understood by them; `cost_usd` is of all, in US dollars.
    """

    calls: int
    answers: int
    failed: int
    offline: int
    fell_back: int
    checked: int
    mails: int
    cost_usd: Decimal

    @property
    def fallback_rate(self) -> Rate:
        return Rate(self.fell_back, self.answers)

    @property
    def failed_rate(self) -> Rate:
        return Rate(self.failed, self.calls)

    @property
    def check_rate(self) -> Rate:
        """Calls in whose answer a check found something, of all calls."""
        return Rate(self.checked, self.calls)


@dataclass(frozen=True)
class Asked:
    """How long answers of a purpose by a model took, in milliseconds: the middle one, and what 95 of 100 stay below."""

    purpose: str
    model: str
    answers: int
    median_ms: int
    most_ms: int


@dataclass(frozen=True)
class Quality:
    """All figures of a period, by the names of GROUPS and "all"; a key has a part for each column of its group, such
    as ("property-enquiry", "13") of "version". `checks`: in how many calls each check found something; `reasons`: how
    many answers fell back for each; `fell_back`: how many of a day did for each kind of reason; `options`: which
    workflows and intents there were in the period, whatever else is asked for.
    """

    judged: Mapping[str, Mapping[Key, Judged]]
    called: Mapping[str, Mapping[Key, Called]]
    latency: Sequence[Asked]
    checks: Mapping[str, int]
    reasons: Mapping[str, int]
    fell_back: Mapping[date, Mapping[FallbackKind, int]]
    options: Mapping[str, list[str]]

    def proposals(self, by: str) -> Mapping[Key, Judged]:
        """Judgements by a group; by none of its groups: nothing."""
        return self.judged.get(by, {})

    def calls(self, by: str) -> Mapping[Key, Called]:
        return self.called.get(by, {})

    @property
    def kinds(self) -> Mapping[FallbackKind, int]:
        """How many answers fell back for each kind of reason, the most frequent first."""
        whole: Counter[FallbackKind] = Counter()
        for kinds in self.fell_back.values():
            whole.update(kinds)
        return dict(whole.most_common())

    def keys(self, by: str) -> list[Key]:
        """The groups that anything is known of."""
        return sorted(self.proposals(by).keys() | self.calls(by).keys(), key=_in_order)


def _in_order(key: Key) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else 0, part) for part in key)


def quality(filters: Filters) -> Quality:
    """The figures of a period, in three statements."""
    latency: list[Asked] = []
    counts: dict[str, dict[str, int]] = {"check": {}, "reason": {}, "workflow": {}, "intent": {}}
    fell_back: dict[date, Counter[FallbackKind]] = {}
    for what, first, second, count, median, most in _rows(DETAILS, filters):
        if what == "latency":
            latency.append(Asked(first, second, count, round(median), round(most)))
        elif what == "fell_back":
            fell_back.setdefault(date.fromisoformat(first), Counter())[kind_of(second)] += count
        else:
            counts[what][first] = count
    judged = _by_group(JUDGED, filters, Judged)
    judged["purpose"] = {("draft", *key): whole for key, whole in judged["all"].items()}
    return Quality(
        judged=judged, called=_by_group(CALLED, filters, Called), latency=latency,
        checks=counts["check"], reasons=counts["reason"], fell_back=fell_back,
        options={name: sorted(filter(None, counts[name])) for name in ("workflow", "intent")},
    )  # fmt: skip


@dataclass(frozen=True)
class Dimensions:
    """A statement that counts a table by several groups at once, and how its rows are told apart."""

    groups: Mapping[str, tuple[str, ...]]
    source: str
    figures: str
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        named = dict.fromkeys(column for columns in self.groups.values() for column in columns)
        object.__setattr__(self, "columns", tuple(named))

    @property
    def sql(self) -> str:
        sets = ", ".join(f"({', '.join(columns)})" for columns in self.groups.values())
        columns = ", ".join(self.columns)
        return (
            f"SELECT GROUPING({columns}), {columns}, {self.figures} FROM ({self.source}) found"  # noqa: S608 - ours
            f" GROUP BY GROUPING SETS ({sets})"
        )

    def group_of(self, mask: int) -> str:
        """The group of a row: a bit is set for each column that it is not grouped by, the first one's the highest."""
        grouped = {column for at, column in enumerate(reversed(self.columns)) if not mask >> at & 1}
        return next(name for name, columns in self.groups.items() if set(columns) == grouped)


WHOSE = """(%(workflow)s = '' OR workflow = %(workflow)s) AND (%(version)s = 0 OR version = %(version)s)
    AND (%(intent)s = '' OR intent = %(intent)s)"""
# What is only tried out is no work.
IN_PERIOD = "use = 'work' AND created_at >= %(since)s AND created_at < %(until)s"
ASKED = f"""{WHOSE} AND (%(purpose)s = '' OR purpose = %(purpose)s)
    AND (%(model)s = '' OR %(model)s = COALESCE(NULLIF(model_served, ''), model_requested))
    AND {IN_PERIOD}"""
# People judge the drafted reply with what stands beside it: their figures are the draft's, its model's, its prompt's.
JUDGED = Dimensions(
    groups={
        "all": (),
        "version": ("workflow", "version"),
        "model": ("model",),
        "prompt": ("prompt",),
        "intent": ("intent",),
        "week": ("week",),
    },
    source=f"""SELECT *, prompt_version AS prompt, date_trunc('week', "at" AT TIME ZONE %(zone)s)::date AS week
        FROM ai_judgement WHERE {WHOSE} AND %(purpose)s IN ('', 'draft') AND (%(model)s = '' OR model = %(model)s)
        AND "at" >= %(since)s AND "at" < %(until)s""",  # noqa: S608 - ours
    figures="""count(*), count(*) FILTER (WHERE decision = 'approve'),
        count(*) FILTER (WHERE decision = 'approve' AND NOT edited), count(*) FILTER (WHERE edited),
        count(*) FILTER (WHERE decision = 'reject'), array_agg(rejection) FILTER (WHERE decision = 'reject'),
        count(taken_back_at), count(*) FILTER (WHERE fell_back),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY words_changed),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY words_changed),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY waited), min("at")""",
)
CALLED = Dimensions(
    groups={
        "all": (),
        "version": ("workflow", "version"),
        "workflow": ("workflow",),
        "purpose": ("purpose",),
        "model": ("model",),
        "purpose_model": ("purpose", "model"),
        "prompt": ("prompt",),
        "intent": ("intent",),
        "week": ("week",),
        "day": ("day",),
    },
    source=f"""SELECT *, COALESCE(NULLIF(model_served, ''), model_requested) AS model, prompt_version AS prompt,
        (created_at AT TIME ZONE %(zone)s)::date AS day,
        date_trunc('week', created_at AT TIME ZONE %(zone)s)::date AS week FROM ai_call WHERE {ASKED}""",  # noqa: S608
    figures="""count(*), count(*) FILTER (WHERE outcome = 'succeeded'), count(*) FILTER (WHERE outcome = 'failed'),
        count(*) FILTER (WHERE provider = 'local'),
        count(*) FILTER (WHERE outcome = 'succeeded' AND fallback_reason IS NOT NULL),
        count(*) FILTER (WHERE failed_checks <> '{}'),
        count(*) FILTER (WHERE purpose = 'understand' AND outcome = 'succeeded'), sum(cost_usd)""",
)
DETAILS = f"""
WITH found AS NOT MATERIALIZED (SELECT * FROM ai_call WHERE {ASKED})
SELECT 'latency', purpose, COALESCE(NULLIF(model_served, ''), model_requested), count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)
    FROM found WHERE outcome = 'succeeded' GROUP BY 2, 3
UNION ALL
SELECT 'check', name, '', count(*), 0, 0 FROM found, unnest(failed_checks) AS name GROUP BY 2
UNION ALL
SELECT CASE GROUPING(fallback_reason) WHEN 0 THEN 'reason' ELSE 'fell_back' END, COALESCE(fallback_reason, day::text),
    COALESCE(fallback_error, ''), count(*), 0, 0
    FROM (SELECT *, (created_at AT TIME ZONE %(zone)s)::date AS day FROM found) found
    WHERE outcome = 'succeeded' AND fallback_reason IS NOT NULL
    GROUP BY GROUPING SETS ((fallback_reason), (day, fallback_error))
UNION ALL
SELECT CASE GROUPING(workflow) WHEN 0 THEN 'workflow' ELSE 'intent' END, COALESCE(workflow, intent), '', count(*), 0, 0
    FROM ai_call WHERE {IN_PERIOD} GROUP BY GROUPING SETS ((workflow), (intent))
ORDER BY 1, 4 DESC, 2, 3"""  # noqa: S608 - ours


def _by_group(dimensions: Dimensions, filters: Filters, kind: Any) -> dict[str, dict[Key, Any]]:
    told: dict[str, dict[Key, Any]] = {name: {} for name in dimensions.groups}
    width, names = len(dimensions.columns), list(kind.__dataclass_fields__)
    for mask, *row in _rows(dimensions.sql, filters):
        group = dimensions.group_of(mask)
        at = {column: row[number] for number, column in enumerate(dimensions.columns)}
        figures = dict(zip(names, row[width:], strict=True))
        if group == "all" and not any(figures.values()):
            continue  # the whole of nothing has a row too
        told[group][tuple(_text(at[column]) for column in dimensions.groups[group])] = kind(**figures)
    return told


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _rows(sql: str, filters: Filters) -> Iterator[tuple[Any, ...]]:
    given = {name: getattr(filters, name) for name in Filters.__dataclass_fields__}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, "zone": str(current().timezone)})
        yield from cursor.fetchall()


@dataclass(frozen=True)
class LookView:
    """A comparison of a version's newest proposals with its first. `tests`: as ai.quality.drift keeps them."""

    id: UUID
    workflow: str
    version: int
    number: int
    level: float
    tests: list[dict[str, Any]]
    drifted: bool
    at: datetime

    @property
    def found(self) -> list[dict[str, Any]]:
        """The tests that found drift."""
        return [test for test in self.tests if test["drifted"]]


def look_get(look: UUID) -> LookView | None:
    """One look; None where there is none of that id."""
    row = Look.objects.filter(pk=look).first()
    return _look(row) if row else None


def looks(*, workflow: str = "", limit: int = 5) -> list[LookView]:
    """The newest looks, newest first, of one workflow where asked."""
    rows = Look.objects.order_by("-pk")
    return [_look(row) for row in (rows.filter(workflow=workflow) if workflow else rows)[:limit]]


def _look(row: Look) -> LookView:
    return LookView(row.pk, row.workflow, row.version, row.number, row.level, row.tests, row.drifted, row.at)
