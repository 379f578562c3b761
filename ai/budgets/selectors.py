"""Reading budgets, and what calls have cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate
from django.utils import timezone

from ai.budgets.accounts import KEYED, WINDOWS, Kind, begins, ends, open_now
from ai.budgets.services import KEYS, Given
from ai.budgets.words import usd
from ai.models import Budget, BudgetCounter, BudgetScope, BudgetWindow, Call, CallUse
from tenants.selectors import current

__all__ = [
    "GROUPS", "KEYED", "KEYS", "WINDOWS", "BudgetScope", "BudgetView", "BudgetWindow", "Forecast", "Given", "Kind",
    "UsageRow", "budgets", "forecast", "hard_limit_of_month", "month_begins", "usage", "usd",
]  # fmt: skip

FORECAST_FROM = timedelta(days=7)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BudgetView:
    """A budget, and how far its window that is open now has come, in US dollars. Of a budget of runs it is the window
    of the newest run that has asked a model.
    """

    scope: str
    key: str
    window: str
    soft_usd: Decimal | None
    hard_usd: Decimal | None
    spent_usd: Decimal
    reserved_usd: Decimal

    @property
    def state(self) -> str:
        """`hard`: nothing more is asked; `soft`: people wanted to be told; else `within`."""
        if self.hard_usd is not None and self.spent_usd >= self.hard_usd:
            return "hard"
        return "soft" if self.soft_usd is not None and self.spent_usd > self.soft_usd else "within"


def budgets() -> list[BudgetView]:
    """The tenant's budgets as they stand now: of all, of workflows, of purposes, of runs; the longest window first."""
    rows = sorted(Budget.objects.all(), key=_place)
    if not rows:
        return []
    now, run = timezone.now(), _newest_run() if any(row.window == BudgetWindow.RUN for row in rows) else ""
    names = {row.pk: open_now(Kind(row.scope, row.key, row.window), now, run) for row in rows}
    counters = BudgetCounter.objects.in_bulk(set(names.values()))
    return [_view(row, counters.get(names[row.pk]) or BudgetCounter()) for row in rows]


def hard_limit_of_month() -> Decimal | None:
    """What all calls of a month may cost in US dollars; None where no budget says."""
    whole = Budget.objects.filter(scope=BudgetScope.TENANT, window=BudgetWindow.MONTH)
    return whole.values_list("hard_usd", flat=True).first()


def _place(row: Budget) -> tuple[int, str, int]:
    return BudgetScope.values.index(row.scope), row.key, -BudgetWindow.values.index(row.window)


def _newest_run() -> str:
    return Call.objects.exclude(run_id="").order_by("-id").values_list("run_id", flat=True).first() or ""


def _view(row: Budget, counter: BudgetCounter) -> BudgetView:
    return BudgetView(
        row.scope, row.key, row.window, row.soft_usd, row.hard_usd, counter.spent_usd, counter.reserved_usd
    )


@dataclass(frozen=True)
class UsageRow:
    """What the calls of one group used: tokens, and US dollars. `key` is a purpose (or `evaluation`), model,
    workflow or day.

    `unknown_usd` of the cost is the most that calls can have cost which were broken off.
    """

    key: str
    calls: int
    offline: int
    failed: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cost_usd: Decimal
    unknown_usd: Decimal

    @property
    def prompt_tokens(self) -> int:
        """All that the models read."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens


GROUPS: dict[str, Any] = {
    # All that is tried out is one, as in the budgets.
    "purpose": Case(When(use=CallUse.EVALUATION, then=Value(CallUse.EVALUATION.value)), default=F("purpose")),
    "model": Coalesce(NullIf("model_served", Value("")), "model_requested"),
    "workflow": F("workflow"),
    "day": None,  # of the tenant's time zone
}


def usage(*, group_by: str, since: datetime, until: datetime) -> list[UsageRow]:
    """What calls used from `since` to before `until`, by one of GROUPS; days in their order, else the dearest first."""
    day = Cast(TruncDate("created_at", tzinfo=current().timezone), CharField())
    rows: QuerySet[Any] = Call.objects.filter(created_at__gte=since, created_at__lt=until)
    found = rows.values(key=GROUPS[group_by] or day).annotate(
        calls=Count("pk"),
        offline=Count("pk", filter=Q(provider="local")),
        failed=Count("pk", filter=Q(outcome="failed")),
        # Not by their own names, which would be read as the columns'.
        given=Sum("input_tokens"),
        made=Sum("output_tokens"),
        read=Sum("cache_read_tokens"),
        written=Sum(F("cache_write_5m_tokens") + F("cache_write_1h_tokens")),
        cost=Sum("cost_usd"),
        unknown=Sum("cost_usd", filter=Q(cost_known=False), default=Decimal(0)),
    )
    told = [
        UsageRow(
            row["key"], row["calls"], row["offline"], row["failed"], row["given"], row["made"], row["read"],
            row["written"], row["cost"], row["unknown"],
        )
        for row in found
    ]  # fmt: skip
    return sorted(told, key=lambda row: row.key if group_by == "day" else (-row.cost_usd, row.key))


def month_begins() -> datetime:
    """When this month began in the tenant's time zone."""
    return begins(BudgetWindow.MONTH, timezone.now())


@dataclass(frozen=True)
class Forecast:
    """What the month will have cost when it ends, in US dollars: what it has cost so far, and for the rest of it what
    a day has cost lately.
    """

    month: datetime
    spent_usd: Decimal
    a_day_usd: Decimal
    lately: timedelta
    month_usd: Decimal


def forecast() -> Forecast | None:
    """The rest of the month at the pace of the last seven days, or of the time since the first call where that is
    shorter, a day at least; None where no call was ever made.
    """
    now = timezone.now()
    first = Call.objects.aggregate(first=Min("created_at"))["first"]
    if first is None:
        return None
    begun, ended = begins(BudgetWindow.MONTH, now), ends(BudgetWindow.MONTH, now)
    since = now - max(min(FORECAST_FROM, now - first), A_DAY)
    costs = Call.objects.aggregate(
        month=Sum("cost_usd", filter=Q(created_at__gte=begun), default=Decimal(0)),
        lately=Sum("cost_usd", filter=Q(created_at__gte=since), default=Decimal(0)),
    )
    a_day = costs["lately"] / _days(now - since)
    return Forecast(begun, costs["month"], a_day, now - since, costs["month"] + a_day * _days(ended - now))


def _days(span: timedelta) -> Decimal:
    return Decimal(span / A_DAY)
