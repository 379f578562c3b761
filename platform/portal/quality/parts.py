"""What each part of the page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.quality.charts import Columns, Intervals, Lines
from portal.quality.tables import Table
from portal.wording import MONTHS, zone


@dataclass(frozen=True)
class Part:
    """A chart with its finding, a sentence about it, and its table; no chart where there is nothing to draw.

    `drawn`: what the chart shows in words, for who does not see it; empty where the sentence says so already.
    """

    title: str
    summary: str
    table: Table
    drawn: str = ""
    intervals: Intervals | None = None
    lines: Lines | None = None
    columns: Columns | None = None


def day_of(value: date | datetime) -> str:
    """19 Oct."""
    local = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return f"{local.day} {MONTHS[local.month - 1]}"
