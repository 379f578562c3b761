"""Which counters a call is counted in: one for each scope that it falls under, in each window that is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ai.models import BudgetScope, BudgetWindow, CallUse
from tenants.selectors import current

CALENDAR = (BudgetWindow.HOUR, BudgetWindow.DAY, BudgetWindow.MONTH)
# A budget of a run counts in no other window, and the tenant's in that of a run would be one of a run.
WINDOWS = {
    BudgetScope.TENANT: CALENDAR,
    BudgetScope.WORKFLOW: (*CALENDAR, BudgetWindow.RUN),
    BudgetScope.PURPOSE: (*CALENDAR, BudgetWindow.RUN),
    BudgetScope.RUN: (BudgetWindow.RUN,),
}
KEYED = (BudgetScope.WORKFLOW, BudgetScope.PURPOSE)


class Kind(NamedTuple):
    """What a budget is about: its scope, the name of a workflow or purpose (else empty), and its window."""

    scope: str
    key: str
    window: str


RUN = Kind(BudgetScope.RUN, "", BudgetWindow.RUN)


@dataclass(frozen=True, kw_only=True)
class Spender:
    """Whose call it is; `workflow` and `run_id` are empty outside a run.

    What is tried out counts under the tenant and under `evaluation`, as if that were its purpose, and takes nothing of
    what the work may cost.
    """

    purpose: str
    workflow: str
    run_id: str
    use: str = CallUse.WORK

    def accounts(self, at: datetime) -> dict[str, Kind]:
        """Every counter of a call that is made at that moment, with what it is about."""
        return {account(kind, period): kind for kind, period in self._kinds(at)}

    def _kinds(self, at: datetime) -> Iterator[tuple[Kind, str]]:
        periods = dict(_open_windows(current().timezone, at.replace(second=0, microsecond=0)))
        tried = self.use == CallUse.EVALUATION
        if self.run_id and not tried:
            periods[BudgetWindow.RUN] = self.run_id
        workflow, purpose = ("", self.use) if tried else (self.workflow, self.purpose)
        keys = {BudgetScope.WORKFLOW: workflow, BudgetScope.PURPOSE: purpose}
        for scope, windows in WINDOWS.items():
            key = keys.get(scope, "")
            if scope in KEYED and not key:
                continue
            for window in windows:
                if window in periods:
                    yield Kind(scope, key, window), periods[window]


@lru_cache(maxsize=256)
def _open_windows(zone: ZoneInfo, minute: datetime) -> Mapping[str, str]:
    """When the windows began that are open in a minute, as counters are called by it."""
    return {window: _written(begins(window, minute)) for window in CALENDAR}


def account(kind: Kind, period: str) -> str:
    """The name of a counter: `purpose/draft/day/2026-11-26T13:00Z`, `run//run/<id of the run>`."""
    return "/".join((*kind, period))


def open_now(kind: Kind, at: datetime, run_id: str = "") -> str:
    """The counter of the window that is open at that moment; of runs, that of this one."""
    return account(kind, run_id if kind.window == BudgetWindow.RUN else _written(begins(kind.window, at)))


def begins(window: str, at: datetime) -> datetime:
    """When the hour, day or month began that this moment lies in."""
    if window == BudgetWindow.HOUR:
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    local = at.astimezone(current().timezone).date()
    first = local.replace(day=1) if window == BudgetWindow.MONTH else local
    return datetime.combine(first, time.min, current().timezone).astimezone(UTC)


def ends(window: str, at: datetime) -> datetime:
    """When the hour, day or month ends that this moment lies in."""
    begun = begins(window, at)
    if window == BudgetWindow.HOUR:
        return begun + timedelta(hours=1)
    # Longer than any day or month, and shorter than two of them.
    return begins(window, begun + timedelta(hours=36 if window == BudgetWindow.DAY else 24 * 45))


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
