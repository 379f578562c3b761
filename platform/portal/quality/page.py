"""What the page of quality shows: a finding in words before each chart, the chart, and the table behind it."""

from __future__ import annotations

import calendar
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ai.budgets.selectors import Forecast, UsageRow
from ai.quality.selectors import Called, Filters, Judged, LookView, Quality, apart
from ai.quality.statistics import Z_95
from portal.quality import tables
from portal.quality.charts import Series, intervals, lines
from portal.quality.drifts import Drift, drifts_of, looked, looks_table, newest
from portal.quality.fallbacks import fallbacks_part
from portal.quality.parts import Part, day_of
from portal.quality.rejections import Rejections, rejections_of
from portal.quality.tables import Table, percent
from portal.wording import MONTHS, zone

MOST_VERSIONS = 5
RANGE_FROM = 7  # days of a month before a forecast's range says anything


@dataclass(frozen=True)
class Cost:
    """What one workflow's calls cost, in US dollars, with a bar in per cent of the dearest."""

    name: str
    usd: str
    a_mail: str
    width: str
    current: bool


@dataclass(frozen=True)
class Page:
    """All of it. `more` are tables without a chart."""

    heading: str
    empty: bool
    versions: Part
    words: Part
    fallbacks: Part
    month: Part | None
    costs: tuple[Cost, ...]
    costs_table: Table
    costs_usd: str
    drifts: tuple[Drift, ...]
    looked: str
    rejected: Rejections
    more: tuple[Table, ...]

    def table(self, name: str) -> Table | None:
        """The table of that name."""
        parts = [part for part in (self.versions, self.words, self.fallbacks, self.month) if part]
        every = [*(part.table for part in parts), self.costs_table, self.rejected.table, *self.more]
        return next((table for table in every if table.name == name), None)


def page_of(
    *,
    found: Quality,
    filters: Filters,
    looks: Sequence[LookView],
    days: Sequence[UsageRow],
    forecast: Forecast | None,
    limit: Decimal | None,
    today: date,
) -> Page:
    """The page of these figures. `days`: what this month's calls cost; `limit`: what they may cost."""
    return Page(
        heading=_heading(found),
        empty=not (found.calls("all") or found.proposals("all")),
        versions=_versions(found),
        words=_words(found),
        fallbacks=fallbacks_part(found, filters, today),
        month=_month(days, forecast, limit, today) if forecast else None,
        costs=_costs(found.calls("workflow"), filters.workflow),
        costs_table=tables.costs_table(found),
        costs_usd=f"{sum((called.cost_usd for called in found.calls('all').values()), Decimal(0)):.2f}",
        drifts=tuple(drift for look in newest(looks) for drift in drifts_of(look)),
        looked=looked(newest(looks)),
        rejected=rejections_of(found),
        more=(
            tables.intents_table(found),
            tables.calls_table(found),
            tables.checks_table(found),
            tables.reasons_table(found),
            looks_table(looks),
        ),
    )


def _lines_of_versions(found: Quality) -> dict[str, list[tuple[str, Judged]]]:
    """The newest versions that people judged, by workflow; of the workflow that most was decided of first."""
    told: dict[str, list[tuple[str, Judged]]] = {}
    for workflow, number in found.keys("version"):
        if judged := found.proposals("version").get((workflow, number)):
            told.setdefault(workflow, []).append((number, judged))
    most = sorted(told, key=lambda name: -sum(judged.proposals for _, judged in told[name]))
    return {name: told[name][-MOST_VERSIONS:] for name in most}


def _heading(found: Quality) -> str:
    versions = next(iter(_lines_of_versions(found).values()), [])
    if not versions:
        return "Nobody decided a proposal in this period" if found.calls("all") else "Nothing to measure in this period"
    number, newest = versions[-1]
    if len(versions) == 1:
        return f"{percent(newest.unedited_rate.share)} of version {number} is approved unedited"
    former_number, former = versions[-2]
    if not apart(newest.unedited_rate, former.unedited_rate):
        return f"Whether version {number} is better than {former_number} is open"
    better = (newest.unedited_rate.share or 0) > (former.unedited_rate.share or 0)
    return f"Version {number} is edited {'less' if better else 'more'} than {former_number}"


def _versions(found: Quality) -> Part:
    by_workflow = _lines_of_versions(found)
    workflow = next(iter(by_workflow), "")
    rates = [
        (
            f"Version {number}",
            f"{judged.unedited_rate.hits} of {judged.proposals}, {day_of(judged.first)}",
            100 * (judged.unedited_rate.share or 0),
            100 * judged.unedited_rate.low,
            100 * judged.unedited_rate.high,
        )
        for number, judged in by_workflow.get(workflow, [])
    ]
    told = [f"{name} {share:.1f}% ({low:.1f}% to {high:.1f}%, {n})" for name, n, share, low, high in rates]
    return Part(
        title="Approved unedited, by version",
        summary=f"Replies of {workflow} that left exactly as drafted. Bands are 95% bounds: where two don't overlap, "
        "the difference is real."
        if told
        else "Nothing was decided in this period.",
        drawn=f"{'; '.join(told)}.",
        table=tables.versions_table(found),
        intervals=intervals(rates) if rates else None,
    )


def _words(found: Quality) -> Part:
    weeks = [
        (date.fromisoformat(week), judged)
        for (week,), judged in sorted(found.proposals("week").items())
        if judged.words_median is not None and judged.words_tenth is not None
    ]
    table = tables.words_table(found)
    if not weeks:
        return Part("Words changed before approval", "No reply was decided in this period.", table)
    first, (last, newest) = weeks[0][0], weeks[-1]
    tenth = [((week - first).days, 100 * (judged.words_tenth or 0)) for week, judged in weeks]
    median = [((week - first).days, 100 * (judged.words_median or 0)) for week, judged in weeks]
    begun = [
        ((judged.first.astimezone(zone()).date() - first).days, number)
        for versions in _lines_of_versions(found).values()
        for number, judged in versions[1:]
    ]
    width = max((last - first).days, 1)
    return Part(
        title="Words changed before approval",
        summary="By week. In the last one nine of ten replies left as they were drafted."
        if not newest.words_tenth
        else f"By week. In the last one the median reply had {median[-1][1]:.0f}% of its words changed, the most "
        f"edited tenth {tenth[-1][1]:.0f}% or more.",
        table=table,
        lines=lines(
            [
                Series("Most edited tenth", tenth, f"{tenth[-1][1]:.0f}%", "second"),
                Series("Median", median, f"{median[-1][1]:.0f}%", "first"),
            ],
            width=width,
            below=_ends(first, last),
            changes=[(place, number) for place, number in begun if 0 <= place <= width],
        ),
    )


def _month(days: Sequence[UsageRow], forecast: Forecast, limit: Decimal | None, today: date) -> Part:
    length = calendar.monthrange(today.year, today.month)[1]
    costs = {date.fromisoformat(row.key).day: float(row.cost_usd) for row in days}
    spent, so_far = 0.0, [(0.0, 0.0)]
    for number in range(1, today.day + 1):
        spent += costs.get(number, 0.0)
        so_far.append((float(number), spent))
    whole = float(forecast.month_usd)
    # What the days that are left may bring, as unevenly as those that are over; never less than is spent.
    daily = [costs.get(number, 0.0) for number in range(1, today.day)]
    spread = Z_95 * statistics.stdev(daily) * (length - today.day) ** 0.5 if len(daily) >= RANGE_FROM else 0.0
    low, high = max(spent, whole - spread), whole + spread
    here = (float(today.day), spent)
    ahead = Series("Forecast", [here, (float(length), whole)], "", "ahead")
    ends = f"{low:.2f} to {high:.2f}" if spread else f"{whole:.2f}"
    rows = [
        (f"{today.replace(day=number).isoformat()}", f"{costs.get(number, 0.0):.4f}")
        for number in range(1, today.day + 1)
    ]
    month = MONTHS[today.month - 1]
    return Part(
        title=_against(calendar.month_name[today.month], whole, limit),
        summary=f"US${spent:.2f} so far; about US${ends} when the month ends."
        + (f" At US${limit:.2f} no model is asked any more." if limit is not None else ""),
        table=Table("month", f"What each day of {month} cost", ("day", "US$"), tuple(rows)),
        lines=lines(
            [Series("Spent", so_far, f"{spent:.2f}", "first"), *([ahead] if today.day < length else [])],
            width=float(length),
            below=[(0.0, f"1 {month}"), (float(length), f"{length} {month}")],
            unit="",
            limit=(float(limit), f"Budget {limit:.2f}") if limit is not None else None,
            band=[here, (float(length), high), (float(length), low)] if spread and today.day < length else [],
        ),
    )


def _against(month: str, whole: float, limit: Decimal | None) -> str:
    if limit is None:
        return f"{month} comes to about US${whole:.2f}"
    left = float(limit) - whole
    return f"{month} lands about US${abs(left):.2f} {'under' if left >= 0 else 'over'} budget"


def _costs(called: Mapping[tuple[str, ...], Called], chosen: str) -> tuple[Cost, ...]:
    ranked = sorted(called.items(), key=lambda row: (-row[1].cost_usd, row[0]))
    dearest = max((one.cost_usd for _, one in ranked), default=Decimal(0))
    return tuple(
        Cost(
            name=name or "none",
            usd=f"{one.cost_usd:.2f}",
            a_mail=tables.a_mail(one.cost_usd, one.mails),
            width=f"{100 * one.cost_usd / dearest:.2f}" if dearest else "0",
            current=bool(chosen) and name == chosen,
        )
        for (name,), one in ranked
    )


def _ends(first: date, last: date) -> list[tuple[float, str]]:
    return [(0.0, day_of(first)), *([((last - first).days, day_of(last))] if last > first else [])]
