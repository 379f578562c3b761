"""Setting budgets, and keeping to them: reserve before a call, settle after it.

Counters are locked in one order in a short transaction, so of a hundred calls at once those get through that all fit
under the limit together. A counter is opened when a budget first asks for it, with what the calls of its window have
cost by then; nobody reserves or settles in that moment, so none is missed and none counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from ai.budgets.accounts import KEYED, RUN, WINDOWS, Kind, Spender, begins, ends, open_now
from ai.budgets.words import limit_words
from ai.errors import BudgetSpent, BudgetsRefused
from ai.locks import COUNTING, hold_alone, hold_together
from ai.models import Budget, BudgetCounter, BudgetScope, BudgetWindow, Call, CallOutcome, Reservation
from ai.purposes import SPENT_ON
from audit.services import Actor, record
from dispatch.leases import Lease
from dispatch.services import work_add

LAPSED = "ai.lapsed"
MOST_USD = 1_000_000
AI = Actor.system("ai")


@dataclass(frozen=True)
class Limit:
    """What one counter may come to, in US dollars, and which budget says so: None is the run's own limit."""

    kind: Kind
    soft: Decimal | None
    hard: Decimal | None
    budget: Budget | None


def reserve(reservation: Reservation, *, run_limit_usd: Decimal | None) -> None:
    """Set aside the most that a call can cost under every budget that it falls under, and keep the reservation.

    All or none. Raises BudgetSpent, in which case people are told, once in each window.
    """
    spender, at = _spender(reservation), reservation.made_at
    accounts = spender.accounts(at)
    limits = _limits(accounts, run_limit_usd)
    while missing := _reserved(reservation, accounts, limits):
        _open({name: accounts[name] for name in missing}, at, spender.run_id)


def _reserved(reservation: Reservation, accounts: Mapping[str, Kind], limits: Mapping[str, Limit]) -> set[str]:
    """The counters that have to be opened first; none where it is reserved. Raises BudgetSpent."""
    amount = reservation.amount_usd
    with transaction.atomic(durable=True):
        # Before the counters are locked: what works on due work locks its row first.
        work_add(handler=LAPSED, subject="calls", due_at=reservation.until, priority=9)
        hold_together(COUNTING)
        locked = BudgetCounter.objects.select_for_update().filter(account__in=accounts).order_by("account")
        counters = {counter.account: counter for counter in locked}
        if missing := limits.keys() - counters.keys():
            return missing
        over = [name for name, limit in limits.items() if _over(counters[name], limit.hard, amount)]
        if not over:
            BudgetCounter.objects.filter(account__in=counters).update(reserved_usd=F("reserved_usd") + amount)
            reservation.save(force_insert=True)
            return set()
        for name in over:
            _tell("hard", limits[name], counters[name], reservation.run_id)
    first = limits[over[0]]
    raise BudgetSpent(f"{limit_words(first.kind, first.hard)} would be passed, so this model was not asked.")


def _over(counter: BudgetCounter, hard: Decimal | None, amount: Decimal) -> bool:
    return hard is not None and counter.spent_usd + counter.reserved_usd + amount > hard


def settle(reservation: Reservation, *, cost_usd: Decimal) -> bool:
    """Put what a call has cost in the place of what was reserved for it; belongs into the transaction that keeps the
    call. False where it took so long that it was charged in full meanwhile.
    """
    hold_together(COUNTING)
    if not Reservation.objects.filter(pk=reservation.pk).delete()[0]:
        return False
    accounts = _spender(reservation).accounts(reservation.made_at)
    # In the order in which everybody locks them.
    counters = list(BudgetCounter.objects.select_for_update().filter(account__in=accounts).order_by("account"))
    if not counters:
        return True
    BudgetCounter.objects.filter(account__in=[counter.account for counter in counters]).update(
        reserved_usd=F("reserved_usd") - reservation.amount_usd, spent_usd=F("spent_usd") + cost_usd
    )
    limits = _limits(accounts, None)
    for counter in counters:
        limit = limits.get(counter.account)
        counter.spent_usd += cost_usd
        if limit and limit.soft is not None and counter.spent_usd > limit.soft:
            _tell("soft", limit, counter, reservation.run_id)
    return True


def reservations_lapse(lease: Lease) -> datetime | None:
    """Charge what was reserved for calls whose worker died, in full; when to look again, None where none is left."""
    now = timezone.now()
    with transaction.atomic():
        lease.hold()
        for reservation in Reservation.objects.filter(until__lte=now).order_by("pk"):
            if settle(reservation, cost_usd=reservation.amount_usd):
                _keep_lost(reservation)
        return Reservation.objects.order_by("until").values_list("until", flat=True).first()


def _keep_lost(reservation: Reservation) -> None:
    call = call_of(reservation)
    call.outcome, call.error = CallOutcome.FAILED, "lost"
    call.finding = "The worker died while the model was asked. Nobody knows what that cost: the most it can is charged."
    call.cost_usd, call.cost_known = reservation.amount_usd, False
    call.save(force_insert=True)
    told = {
        "purpose": call.purpose,
        "provider": call.provider,
        "model_requested": call.model_requested,
        "prompt_version": call.prompt_version,
        "cost_usd": call.cost_usd,
        "error": call.error,
    }
    record(event="ai.failed", target=f"call:{call.pk}", actor=AI, data=told, run=call.run_id or None)


def call_of(reservation: Reservation) -> Call:
    """The call that a reservation was made for, with nothing of its outcome."""
    shared = ("purpose", "provider", "model_requested", "prompt_version", "workflow", "run_id", "step", "inputs_digest")
    values: dict[str, Any] = {name: getattr(reservation, name) for name in shared}
    return Call(pk=reservation.pk, created_at=reservation.made_at, **values)


def soft_limit_passed(spender: Spender) -> str:
    """The soft limit that calls of this kind have passed, in words; empty where none is."""
    soft = [row for row in Budget.objects.all() if row.soft_usd is not None]
    if not soft:
        return ""
    accounts = spender.accounts(timezone.now())
    limits = {name: row for name, kind in accounts.items() for row in soft if _kind(row) == kind}
    for counter in BudgetCounter.objects.filter(account__in=limits):
        row = limits[counter.account]
        if row.soft_usd is not None and counter.spent_usd > row.soft_usd:
            return limit_words(_kind(row), row.soft_usd)
    return ""


def _spender(reservation: Reservation) -> Spender:
    return Spender(purpose=reservation.purpose, workflow=reservation.workflow, run_id=reservation.run_id)


def _limits(accounts: Mapping[str, Kind], run_limit_usd: Decimal | None) -> dict[str, Limit]:
    """What limits these counters: budgets, and of a run also what its version allows it."""
    budgets = {_kind(row): row for row in Budget.objects.all()}
    limits: dict[str, Limit] = {}
    for name, kind in accounts.items():
        budget = budgets.get(kind)
        soft, hard = (budget.soft_usd, budget.hard_usd) if budget else (None, None)
        if kind == RUN and run_limit_usd is not None and (hard is None or run_limit_usd < hard):
            limits[name] = Limit(kind, soft, run_limit_usd, None)
        elif budget:
            limits[name] = Limit(kind, soft, hard, budget)
    return limits


def _tell(which: str, limit: Limit, counter: BudgetCounter, run_id: str) -> None:
    """Tell people that a limit is reached, once in its window; of a run's own limit its page tells."""
    column = f"{which}_at"
    if limit.budget is None or getattr(counter, column) is not None:
        return
    BudgetCounter.objects.filter(pk=counter.pk).update(**{column: timezone.now()})
    told = {
        **limit.kind._asdict(),
        "limit_usd": limit.hard if which == "hard" else limit.soft,
        "spent_usd": counter.spent_usd,
    }
    record(event=f"budget.{which}", target=f"budget:{limit.budget.pk}", actor=AI, data=told, run=run_id or None)


def _open(accounts: Mapping[str, Kind], at: datetime, run_id: str) -> None:
    """Open counters with what the calls of their windows have cost so far, and those under way can cost."""
    with transaction.atomic():
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
    """Which calls a counter counts."""
    whose = Q(**{kind.scope: kind.key}) if kind.key else Q()
    if kind.window == BudgetWindow.RUN:
        return whose & Q(run_id=run_id)
    return whose & Q(**{f"{moment}__gte": begins(kind.window, at), f"{moment}__lt": ends(kind.window, at)})


def _sum(rows: Any, column: str) -> Decimal:
    return rows.aggregate(sum=Sum(column))["sum"] or Decimal(0)


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
    former = {_kind(row): row for row in Budget.objects.select_for_update()}
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


def _kind(row: Budget) -> Kind:
    return Kind(row.scope, row.key, row.window)


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
        if given.scope == BudgetScope.PURPOSE and given.key and given.key not in SPENT_ON:
            yield number, "key", f"Choose one of {', '.join(SPENT_ON)}."
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
    _open({name: kind}, now, "")
    BudgetCounter.objects.filter(account=name).update(soft_at=None, hard_at=None)


def _told(row: Budget) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("scope", "key", "window", "soft_usd", "hard_usd")}
