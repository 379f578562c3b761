"""Setting budgets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from ai.budgets.accounts import KEYED, WINDOWS, Kind, open_now
from ai.budgets.limits import kind_of
from ai.budgets.opening import counters_open
from ai.errors import BudgetsRefused
from ai.locks import COUNTING, hold_alone
from ai.models import Budget, BudgetCounter, BudgetScope, BudgetWindow, CallUse
from ai.purposes import PURPOSES
from audit.services import Actor, record

MOST_USD = 1_000_000
# What a budget of a purpose may name: all that is tried out counts as one.
KEYS = (*PURPOSES, CallUse.EVALUATION.value)


@dataclass(frozen=True)
class Given:
    """A budget as somebody sets it; see Budget."""

    scope: str
    key: str
    window: str
    soft_usd: Decimal | None
    hard_usd: Decimal | None

    @property
    def kind(self) -> Kind:
        return Kind(self.scope, self.key, self.window)


@transaction.atomic
def budgets_set(*, budgets: Collection[Given], actor: Actor) -> None:
    """Let these be the tenant's budgets, in the place of those that were; at most one of a kind.

    What a window has spent counts against its new limit at once, also where the limit is below it. Raises
    BudgetsRefused.
    """
    if faults := tuple(_faults(budgets)):
        raise BudgetsRefused(faults)
    hold_alone(COUNTING)
    former = {kind_of(row): row for row in Budget.objects.select_for_update()}
    for given in budgets:
        _put(former.pop(given.kind, None), given, actor)
    for row in former.values():
        _remove(row, actor)


@transaction.atomic
def budget_put(*, budget: Given, actor: Actor) -> None:
    """Set one budget, in the place of the one of its kind, and leave the others. Raises BudgetsRefused."""
    if faults := tuple(_faults([budget])):
        raise BudgetsRefused(faults)
    hold_alone(COUNTING)
    _put(Budget.objects.filter(**budget.kind._asdict()).first(), budget, actor)


@transaction.atomic
def budget_remove(*, kind: Kind, actor: Actor) -> bool:
    """Remove the budget of a kind; False where there is none."""
    hold_alone(COUNTING)
    row = Budget.objects.filter(**kind._asdict()).first()
    if row is None:
        return False
    _remove(row, actor)
    return True


def _put(row: Budget | None, given: Given, actor: Actor) -> None:
    if row is not None and (row.soft_usd, row.hard_usd) == (given.soft_usd, given.hard_usd):
        return
    row = row or Budget(**given.kind._asdict())
    row.soft_usd, row.hard_usd = given.soft_usd, given.hard_usd
    row.save()
    _told_anew(given.kind, timezone.now())
    record(event="budget.set", target=f"budget:{row.pk}", actor=actor, data=_told(row))


def _remove(row: Budget, actor: Actor) -> None:
    record(event="budget.removed", target=f"budget:{row.pk}", actor=actor, data=_told(row))
    row.delete()


def _faults(budgets: Collection[Given]) -> Iterator[tuple[int, str, str]]:
    seen = set()
    for number, given in enumerate(budgets):
        if given.scope not in BudgetScope.values:
            yield number, "scope", f"Choose one of {', '.join(BudgetScope.values)}."
            continue
        windows = [window.value for window in WINDOWS[BudgetScope(given.scope)]]
        if given.window not in windows:
            yield number, "window", f"What counts this has the window {' or '.join(windows)}."
        if (given.scope in KEYED) != bool(given.key):
            needs = "Name the" if given.scope in KEYED else "Leave it empty: there is one"
            yield number, "key", f"{needs} {given.scope}."
        if given.scope == BudgetScope.PURPOSE and given.key and given.key not in KEYS:
            yield number, "key", f"Choose one of {', '.join(KEYS)}."
        if given.soft_usd is None and given.hard_usd is None:
            yield number, "hard_usd", "Give a soft limit, a hard limit or both."
        for name, limit in (("soft_usd", given.soft_usd), ("hard_usd", given.hard_usd)):
            if limit is not None and not 0 <= limit <= MOST_USD:
                yield number, name, f"This must lie between 0 and {MOST_USD:,}."
        if given.kind in seen:
            yield number, "window", "There is one of the same scope, key and window before it."
        seen.add(given.kind)


def _told_anew(kind: Kind, now: datetime) -> None:
    """Open the counter of a new limit; people are told of it even if they were of the former one."""
    if kind.window == BudgetWindow.RUN:
        return
    name = open_now(kind, now)
    counters_open({name: kind}, now, "")
    BudgetCounter.objects.filter(account=name).update(soft_at=None, hard_at=None)


def _told(row: Budget) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("scope", "key", "window", "soft_usd", "hard_usd")}
