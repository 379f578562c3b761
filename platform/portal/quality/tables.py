"""The table behind each chart: what the page shows in figures, and what CSV holds."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from ai.quality.selectors import Quality, Rate

Cell = str | int
# A spreadsheet would reckon with a cell that begins so.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """Rows under headings; `name` stands in the address of its CSV."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_csv(self) -> str:
        """The table as a spreadsheet reads it: no cell of it is a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.headings)
        writer.writerows([_safe(cell) for cell in row] for row in self.rows)
        return out.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def percent(share: float | None) -> str:
    """94.3%; empty of nothing."""
    return "" if share is None else f"{100 * share:.1f}%"


def _rate(rate: Rate) -> tuple[Cell, ...]:
    return rate.hits, rate.n, percent(rate.share), *((percent(rate.low), percent(rate.high)) if rate.n else ("", ""))


RATE = ("of", "share", "at least", "at most")


def versions_table(found: Quality) -> Table:
    rows = [
        (
            *key, *_rate(judged.unedited_rate), judged.edited, judged.rejected, judged.taken_back,
            percent(judged.words_median), percent(judged.words_tenth),
            round(judged.waited_median.total_seconds()) if judged.waited_median is not None else "",
        )
        for key in found.keys("version")
        if (judged := found.proposals("version").get(key))
    ]  # fmt: skip
    more = ("edited", "rejected", "taken back", "words changed, median", "most edited tenth from", "median wait in s")
    return Table(
        "versions", "What people made of each version", ("workflow", "version", "unedited", *RATE, *more), tuple(rows)
    )


def intents_table(found: Quality) -> Table:
    rows = []
    for key in found.keys("intent"):
        judged, called = found.proposals("intent").get(key), found.calls("intent").get(key)
        told = _rate(judged.unedited_rate) if judged else (0, 0, "", "", "")
        rows.append(
            (key[0] or "not understood", called.mails if called else 0, *told, judged.rejected if judged else 0,
             percent(judged.words_median) if judged else "")
        )  # fmt: skip
    headings = ("intent", "emails", "unedited", *RATE, "rejected", "words changed, median")
    return Table("intents", "What the emails want", headings, tuple(rows))


def words_table(found: Quality) -> Table:
    rows = [
        (week, judged.proposals, percent(judged.words_median), percent(judged.words_tenth))
        for (week,), judged in sorted(found.proposals("week").items())
    ]
    headings = ("week from", "proposals", "median", "most edited tenth from")
    return Table("words", "Words changed before approval, by week", headings, tuple(rows))


def reasons_table(found: Quality) -> Table:
    return Table("reasons", "Why another model answered", ("reason", "answers"), tuple(found.reasons.items()))


def checks_table(found: Quality) -> Table:
    return Table("checks", "What checks found in answers", ("check", "calls"), tuple(found.checks.items()))


def calls_table(found: Quality) -> Table:
    took = {(one.purpose, one.model): one for one in found.latency}
    rows = []
    for key in found.keys("purpose_model"):
        called, spent = found.calls("purpose_model")[key], took.get((key[0], key[1]))
        rows.append(
            (*key, called.calls, called.answers, called.failed, called.checked, called.fell_back,
             percent(called.fallback_rate.share), spent.median_ms if spent else "", spent.most_ms if spent else "",
             f"{called.cost_usd:.4f}")
        )  # fmt: skip
    headings = (
        "purpose", "model", "calls", "answers", "failed", "found by checks", "fallbacks", "fallback share",
        "median ms", "95 of 100 below ms", "US$",
    )  # fmt: skip
    return Table("calls", "Calls by purpose and model", headings, tuple(rows))


def costs_table(found: Quality) -> Table:
    rows = [
        (name or "none", called.calls, called.mails, f"{called.cost_usd:.4f}", a_mail(called.cost_usd, called.mails))
        for (name,), called in sorted(found.calls("workflow").items(), key=lambda row: (-row[1].cost_usd, row[0]))
    ]
    return Table("costs", "Cost by workflow", ("workflow", "calls", "emails", "US$", "US$ an email"), tuple(rows))


def a_mail(cost: object, mails: int) -> str:
    """What an email costs in US dollars; empty where none was understood."""
    return f"{float(str(cost)) / mails:.4f}" if mails else ""
