"""What limits a counter, and telling people once that it was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ai.budgets.accounts import RUN, Kind
from ai.models import Budget, BudgetCounter
from audit.services import Actor, record

AI = Actor.system("ai")


@dataclass(frozen=True)
class Limit:
    """What one counter may come to, in US dollars, and which budget says so: None is the run's own limit."""

    kind: Kind
    soft: Decimal | None
    hard: Decimal | None
    budget: Budget | None


def kind_of(row: Budget) -> Kind:
    """What a budget is about."""
    return Kind(row.scope, row.key, row.window)


def limits_of(accounts: Mapping[str, Kind], run_limit_usd: Decimal | None) -> dict[str, Limit]:
    """What limits these counters: budgets, and of a run also what its version allows it."""
    budgets = {kind_of(row): row for row in Budget.objects.all()}
    limits: dict[str, Limit] = {}
    for name, kind in accounts.items():
        budget = budgets.get(kind)
        soft, hard = (budget.soft_usd, budget.hard_usd) if budget else (None, None)
        if kind == RUN and run_limit_usd is not None and (hard is None or run_limit_usd < hard):
            limits[name] = Limit(kind, soft, run_limit_usd, None)
        elif budget:
            limits[name] = Limit(kind, soft, hard, budget)
    return limits


@transaction.atomic
def tell_reached(
    which: str, names: list[str], accounts: Mapping[str, Kind], *, run_id: str, run_limit_usd: Decimal | None = None
) -> None:
    """Tell people that the `soft` or `hard` limit of these counters is reached, once in each window; of a run's own
    limit its page tells.
    """
    limits = limits_of(accounts, run_limit_usd)
    for counter in BudgetCounter.objects.filter(account__in=names).order_by("account"):
        limit = limits.get(counter.account)
        amount = (limit.hard if which == "hard" else limit.soft) if limit else None
        if limit is None or limit.budget is None or amount is None:
            continue  # a run's own, or removed in this moment
        untold = BudgetCounter.objects.filter(pk=counter.pk, **{f"{which}_at": None})
        if not untold.update(**{f"{which}_at": timezone.now()}):
            continue
        told = {**limit.kind._asdict(), "limit_usd": amount, "spent_usd": counter.spent_usd}
        record(event=f"budget.{which}", target=f"budget:{limit.budget.pk}", actor=AI, data=told, run=run_id or None)
