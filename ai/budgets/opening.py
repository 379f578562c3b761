"""Opening a counter: with what the calls of its window have cost by then, and those under way can cost.

Nobody reserves or settles in that moment, so that none is missed and none counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from ai.budgets.accounts import Kind, begins, ends
from ai.locks import COUNTING, hold_alone
from ai.models import BudgetCounter, BudgetScope, BudgetWindow, Call, CallUse, Reservation


@transaction.atomic
def counters_open(accounts: Mapping[str, Kind], at: datetime, run_id: str) -> None:
    """Open those of these counters that are not open yet."""
    hold_alone(COUNTING)
    there = set(BudgetCounter.objects.filter(account__in=accounts).values_list("account", flat=True))
    BudgetCounter.objects.bulk_create(
        BudgetCounter(
            account=name,
            spent_usd=_sum(Call.objects.filter(_counted(kind, "created_at", at, run_id)), "cost_usd"),
            reserved_usd=_sum(Reservation.objects.filter(_counted(kind, "made_at", at, run_id)), "amount_usd"),
        )
        for name, kind in sorted(accounts.items())
        if name not in there
    )


def _counted(kind: Kind, moment: str, at: datetime, run_id: str) -> Q:
    """Which calls a counter counts; see Spender."""
    whose = _whose(kind)
    if kind.window == BudgetWindow.RUN:
        return whose & Q(run_id=run_id)
    return whose & Q(**{f"{moment}__gte": begins(kind.window, at), f"{moment}__lt": ends(kind.window, at)})


def _whose(kind: Kind) -> Q:
    if kind.scope == BudgetScope.TENANT:
        return Q()
    if kind.key == CallUse.EVALUATION and kind.scope == BudgetScope.PURPOSE:
        return Q(use=CallUse.EVALUATION)
    return Q(use=CallUse.WORK, **({kind.scope: kind.key} if kind.key else {}))


def _sum(rows: Any, column: str) -> Decimal:
    return rows.aggregate(sum=Sum(column))["sum"] or Decimal(0)
