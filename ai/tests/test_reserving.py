"""Budgets hold: the most that a call can cost is reserved before it, and settled after, however many ask at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db.models import Sum
from django.utils import timezone

from ai.budgets.accounts import Spender
from ai.budgets.lapsing import call_of
from ai.budgets.reserving import reserve
from ai.budgets.selectors import BudgetView, budgets, forecast, usage
from ai.budgets.services import Given, budget_put, budget_remove, budgets_set
from ai.errors import AIError, BudgetSpent, BudgetsRefused, NeedsPerson, Retryable
from ai.keeping import call_keep
from ai.locks import COUNTING
from ai.models import BudgetCounter, Call, CallOutcome, Reservation
from ai.purposes import PURPOSES
from ai.routes import ROUTES
from ai.services import Answer, ask, ask_these
from ai.tests.conftest import draft_input, recommend_input, understand_input
from audit.selectors import entries, views
from audit.services import Actor
from dispatch.worker import run_next
from tenants.selectors import public_context, tenant_context
from tests.test_decisions import meanwhile
from tests.vendor import Vendor

TESTS = Actor.system("tests")
INPUTS: dict[str, Any] = {"understand": understand_input(), "recommend": recommend_input(), "draft": draft_input()}
in_acacia = pytest.mark.usefixtures("in_acacia")


@pytest.fixture(autouse=True)
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


def asked(name: str = "understand", *, run: str = "", **more: Any) -> Answer[Any]:
    return ask(purpose=name, inputs=INPUTS[name], run_id=run or str(uuid4()), step=name, workflow="enquiry", **more)


def tried(name: str = "understand") -> Answer[Any]:
    """The same of the first model of its route, to see what it answers."""
    return ask_these(purpose=name, inputs=INPUTS[name], hops=ROUTES[name].hops[:1], step=str(uuid4()))


def limit(scope: str = "tenant", key: str = "", window: str = "month", *, soft: str = "", hard: str = "") -> Given:
    return Given(scope, key, window, Decimal(soft) if soft else None, Decimal(hard) if hard else None)


def allow(*given: Given) -> None:
    budgets_set(budgets=given, actor=TESTS)


def stands() -> BudgetView:
    """The first budget."""
    return budgets()[0]


def counted() -> list[Decimal]:
    """What the first budget has spent, and what is reserved in it."""
    return [stands().spent_usd, stands().reserved_usd]


@in_acacia
@pytest.mark.parametrize("name", PURPOSES)
def test_the_dearest_answer_costs_no_more_than_was_reserved(with_vendor: Vendor, name: str) -> None:
    allow(limit(hard="10"))
    with_vendor.play("disconnect")  # then the reservation stays
    with pytest.raises(Retryable):
        asked(name)
    reserved = stands().spent_usd
    with_vendor.play("thinks_to_the_end")
    dearest = Call.objects.get(pk=asked(name).call_id).cost_usd
    assert reserved >= dearest > reserved * Decimal("0.8")


@in_acacia
def test_a_call_is_booked_at_what_it_cost_and_nothing_stays_reserved(with_vendor: Vendor) -> None:
    allow(limit(hard="1"), limit("purpose", "draft", hard="1"), limit("workflow", "enquiry", "day", hard="1"))
    cost = Call.objects.get(pk=asked().call_id).cost_usd
    assert cost > 0
    everything, workflow, draft = budgets()
    assert [everything.spent_usd, workflow.spent_usd, draft.spent_usd] == [cost, cost, 0]
    assert {budget.reserved_usd for budget in budgets()} == {0}
    assert not Reservation.objects.exists()


@in_acacia
def test_what_could_go_over_a_hard_limit_is_not_asked_and_the_offline_provider_says_why(with_vendor: Vendor) -> None:
    allow(limit(hard="0.0000"))
    answer = asked()
    assert with_vendor.requests == []
    assert answer.provenance.provider == "local"
    why = "The limit of US$0.00 a month would be passed, so this model was not asked."
    assert answer.provenance.fallback_reason == " ".join(f"{hop.model}: {why}" for hop in ROUTES["understand"].hops)
    assert counted() == [0, 0]
    assert {call.error for call in Call.objects.filter(provider="anthropic")} == {"budget"}


@in_acacia
@pytest.mark.parametrize(
    "tight",
    [limit(window="hour", hard="0.0001"), limit(window="day", hard="0.0001"),
     limit("purpose", "understand", hard="0.0001"), limit("workflow", "enquiry", hard="0.0001"),
     limit("run", "", "run", hard="0.0001"), limit("purpose", "understand", "run", hard="0.0001")],
)  # fmt: skip
def test_the_tightest_of_several_budgets_decides_and_nothing_stays_reserved_in_the_others(
    with_vendor: Vendor, tight: Given
) -> None:
    allow(limit(hard="100"), tight)
    assert asked().provenance.provider == "local"
    assert with_vendor.requests == []
    assert not BudgetCounter.objects.exclude(reserved_usd=0).exists()


@in_acacia
def test_the_budget_of_another_purpose_or_workflow_is_no_matter(with_vendor: Vendor) -> None:
    allow(limit("purpose", "draft", hard="0"), limit("workflow", "other", hard="0"))
    assert asked().provenance.provider == "anthropic"
    assert asked("draft").provenance.provider == "local"


@in_acacia
def test_a_run_has_the_limit_that_its_version_gives_it(with_vendor: Vendor) -> None:
    one, other = str(uuid4()), str(uuid4())
    assert asked(run=one, limit_usd=Decimal("0.0001")).provenance.provider == "local"
    assert asked(run=other, limit_usd=Decimal("0.25")).provenance.provider == "anthropic"
    # What a run has cost before counts, and a tighter budget for each run too.
    Call.objects.filter(run_id=other, provider="anthropic").update(cost_usd=Decimal("0.2499"))
    BudgetCounter.objects.all().delete()
    assert asked("recommend", run=other, limit_usd=Decimal("0.25")).provenance.provider == "local"
    allow(limit("run", "", "run", hard="0.0001"))
    assert asked(run=str(uuid4()), limit_usd=Decimal("0.25")).provenance.provider == "local"


@in_acacia
def test_a_limit_below_what_its_window_has_spent_is_taken_and_stops_at_once(with_vendor: Vendor) -> None:
    cost = Call.objects.get(pk=asked().call_id).cost_usd
    allow(limit(hard="0.0001"))
    assert (stands().spent_usd, stands().state) == (cost, "hard" if cost >= Decimal("0.0001") else "within")
    assert asked().provenance.provider == "local"
    assert len(with_vendor.requests) == 1


@in_acacia
def test_a_budget_that_is_removed_and_set_again_knows_what_was_spent_meanwhile(with_vendor: Vendor) -> None:
    allow(limit(hard="1"))
    asked()
    assert budget_remove(kind=limit().kind, actor=TESTS)
    assert not budget_remove(kind=limit().kind, actor=TESTS)
    asked()
    budget_put(budget=limit(hard="1"), actor=TESTS)
    asked()
    assert stands().spent_usd == Call.objects.aggregate(sum=Sum("cost_usd"))["sum"]
    assert len(with_vendor.requests) == 3


@in_acacia
@pytest.mark.parametrize("scenario", ["refusal", "not_json", "max_tokens", "truncated_json"])
def test_refused_and_repaired_calls_are_charged_what_they_cost(with_vendor: Vendor, scenario: str) -> None:
    allow(limit(hard="1"))
    with_vendor.play(scenario, times=1)
    try:
        asked()
    except NeedsPerson:
        assert scenario == "refusal"
    costs = list(Call.objects.values_list("cost_usd", flat=True))
    assert len(costs) == (1 if scenario == "refusal" else 2)
    assert all(costs)
    assert stands().spent_usd == sum(costs)
    assert Call.objects.filter(cost_known=True).count() == len(costs)


@in_acacia
@pytest.mark.parametrize(
    "scenario", ["rate_limit", "server_error", "overloaded", "bad_key", "spend_limit", "no_credit"]
)
def test_a_call_that_is_answered_with_an_error_costs_nothing(with_vendor: Vendor, scenario: str) -> None:
    allow(limit(hard="1"))
    with_vendor.play(scenario)
    with suppress(Retryable):
        asked()
    assert counted() == [0, 0]


@in_acacia
def test_a_vendor_that_was_never_reached_costs_nothing(settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"anthropic_base_url": "http://127.0.0.1:9"})
    allow(limit(hard="1"))
    with pytest.raises(Retryable):
        asked()
    assert counted() == [0, 0]


@in_acacia
def test_a_step_that_is_run_again_pays_once(with_vendor: Vendor) -> None:
    allow(limit(hard="1"))
    run = str(uuid4())
    asked(run=run)
    once = stands().spent_usd
    assert asked(run=run).provenance.provider == "anthropic"
    assert stands().spent_usd == once > 0
    assert len(with_vendor.requests) == 1


@in_acacia
def test_people_are_told_of_each_limit_once_in_its_window_and_anew_of_a_new_limit(with_vendor: Vendor) -> None:
    def told(event: str) -> list[dict[str, Any]]:
        return [dict(entry.data) for entry in views(entries(event=event))]

    allow(limit(soft="0.0001", hard="1"))
    asked(), asked(), asked()
    (soft,) = told("budget.soft")
    assert (soft["scope"], soft["window"], soft["limit_usd"]) == ("tenant", "month", "0.0001")
    assert told("budget.hard") == []
    allow(limit(soft="0.0001", hard="0.0002"))
    asked(), asked()
    assert len(told("budget.hard")) == 1
    allow(limit(soft="0.0001", hard="0.0003"))
    asked()
    assert len(told("budget.hard")) == 2
    assert len(told("budget.set")) == 3


@in_acacia
@pytest.mark.parametrize(
    ("given", "field"),
    [(limit("planet", hard="1"), "scope"), (limit(window="run", hard="1"), "window"),
     (limit("run", "", "day", hard="1"), "window"), (limit("workflow", hard="1"), "key"),
     (limit("purpose", "sing", hard="1"), "key"), (limit(), "hard_usd"), (limit(hard="-1"), "hard_usd"),
     (limit(soft="2000000"), "soft_usd")],
)  # fmt: skip
def test_a_budget_that_means_nothing_is_refused(given: Given, field: str) -> None:
    with pytest.raises(BudgetsRefused) as refused:
        allow(limit("purpose", "draft", hard="1"), given)
    assert [(at, name) for at, name, _ in refused.value.faults] == [(1, field)]
    assert budgets() == []


@in_acacia
def test_two_budgets_of_a_kind_are_refused() -> None:
    with pytest.raises(BudgetsRefused):
        allow(limit(hard="1"), limit(hard="2"))


@in_acacia
@pytest.mark.parametrize(
    ("at", "day", "month"),
    [
        (datetime(2026, 11, 30, 12, 59, tzinfo=UTC), "2026-11-29T13:00Z", "2026-10-31T13:00Z"),
        (datetime(2026, 11, 30, 13, 0, tzinfo=UTC), "2026-11-30T13:00Z", "2026-11-30T13:00Z"),
        (datetime(2026, 10, 4, 5, 0, tzinfo=UTC), "2026-10-03T14:00Z", "2026-09-30T14:00Z"),  # DST began that day
        (datetime(2026, 10, 5, 5, 0, tzinfo=UTC), "2026-10-04T13:00Z", "2026-09-30T14:00Z"),
    ],
)
def test_days_and_months_begin_at_the_tenants_midnight(at: datetime, day: str, month: str) -> None:
    accounts = Spender(purpose="draft", workflow="", run_id="").accounts(at)
    assert {f"tenant//day/{day}", f"tenant//month/{month}", f"purpose/draft/day/{day}"} <= set(accounts)


@in_acacia
def test_usage_is_told_by_purpose_model_workflow_and_day(with_vendor: Vendor) -> None:
    asked(), asked("draft")
    with_vendor.play("disconnect")
    with pytest.raises(Retryable):
        asked()
    now = timezone.now()
    whole = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    total = Call.objects.aggregate(sum=Sum("cost_usd"))["sum"]
    for group in ("purpose", "model", "workflow", "day"):
        assert sum(row.cost_usd for row in usage(group_by=group, **whole)) == total
    by_purpose = {row.key: row for row in usage(group_by="purpose", **whole)}
    assert (by_purpose["understand"].calls, by_purpose["understand"].failed) == (2, 1)
    assert by_purpose["understand"].unknown_usd == Call.objects.get(cost_known=False).cost_usd > 0
    assert by_purpose["draft"].unknown_usd == 0
    assert {row.key for row in usage(group_by="model", **whole)} == {"claude-haiku-5-5", "claude-sonnet-5-5"}
    assert usage(group_by="day", since=now + timedelta(days=1), until=now + timedelta(days=2)) == []


@in_acacia
def test_the_month_is_forecast_from_the_last_week() -> None:
    assert forecast() is None
    now = timezone.now()
    for days, cost in ((2, "3"), (6, "4"), (40, "100")):
        Call.objects.create(
            purpose="draft", provider="anthropic", outcome="failed", error="x", inputs_digest="x",
            cost_usd=Decimal(cost), created_at=now - timedelta(days=days),
        )  # fmt: skip
    found = forecast()
    assert found is not None
    assert round(found.a_day_usd, 6) == 1
    assert found.month_usd >= found.spent_usd
    left = found.month_usd - found.spent_usd
    assert 0 <= left <= 31


@in_acacia
def test_what_is_tried_out_draws_on_its_own_limit_inside_the_tenants(with_vendor: Vendor) -> None:
    allow(limit(hard="1"), limit("purpose", "evaluation", hard="1"), limit("purpose", "understand", hard="1"))
    tried()
    cost = Call.objects.get(use="evaluation").cost_usd
    spent = {(row.scope, row.key): row.spent_usd for row in budgets()}
    assert spent == {("tenant", ""): cost, ("purpose", "evaluation"): cost, ("purpose", "understand"): 0}
    asked()
    both = Call.objects.aggregate(sum=Sum("cost_usd"))["sum"]
    spent = {(row.scope, row.key): row.spent_usd for row in budgets()}
    assert spent == {("tenant", ""): both, ("purpose", "evaluation"): cost, ("purpose", "understand"): both - cost}
    BudgetCounter.objects.all().delete()  # and so where they are opened from the calls that are there
    allow()
    allow(limit(hard="1"), limit("purpose", "evaluation", hard="1"), limit("purpose", "understand", hard="1"))
    assert {(row.scope, row.key): row.spent_usd for row in budgets()} == spent
    since, until = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    told = {row.key: row.cost_usd for row in usage(group_by="purpose", since=since, until=until)}
    assert told == {"evaluation": cost, "understand": both - cost}


@in_acacia
def test_an_evaluation_whose_limit_is_used_up_stops_and_the_work_goes_on(with_vendor: Vendor) -> None:
    allow(limit("purpose", "evaluation", hard="0"))
    with pytest.raises(BudgetSpent, match="for “evaluation” would be passed"):
        tried()
    assert with_vendor.requests == []
    assert asked().provenance.provider == "anthropic"


@in_acacia
@pytest.mark.parametrize("scenario", ["overloaded", "forbidden", "wrong_shape", "bad_key"])
def test_nobody_stands_in_for_the_model_that_an_evaluation_is_about(with_vendor: Vendor, scenario: str) -> None:
    with_vendor.play(scenario)
    with pytest.raises(AIError):
        tried()
    assert {request["model"] for request in with_vendor.requests} == {"claude-haiku-5-5"}
    assert not Call.objects.filter(provider="local").exists()


@in_acacia
def test_past_a_soft_limit_an_evaluation_still_asks_the_model_that_it_is_about(with_vendor: Vendor) -> None:
    allow(limit(soft="0"))
    asked("draft")
    tried("draft")
    assert with_vendor.requests[-1]["model"] == "claude-sonnet-5-5"


# Committing, with workers that really run at once


def of_a_draft(usd: str) -> Reservation:
    """What a call of a run would reserve, for an hour."""
    now = timezone.now()
    return Reservation(
        amount_usd=Decimal(usd), purpose="draft", provider="anthropic", model_requested="claude-sonnet-5-5",
        prompt_version="draft@1", workflow="enquiry", run_id=str(uuid4()), step="draft", inputs_digest="1" * 64,
        made_at=now, until=now + timedelta(hours=1),
    )  # fmt: skip


def reserve_elsewhere(reservation: Reservation) -> None:
    """As another worker does it."""
    with tenant_context("acacia"):
        reserve(reservation, run_limit_usd=None)


@pytest.fixture
def committed_budgets(in_committed_acacia: None) -> Iterator[None]:
    yield
    budgets_set(budgets=[], actor=TESTS)


@pytest.mark.usefixtures("committed_budgets")
def test_a_hundred_calls_at_once_never_cost_more_than_the_limit(
    with_vendor: Vendor, at_once: Callable[..., list[Any]]
) -> None:
    """Together they would cost several dollars; the stand-in answers late, so that many are under way together."""
    allow(limit(hard="1.00"), limit("purpose", "draft", hard="100"))
    with_vendor.play("thinks_to_the_end", delay=0.05)

    def work() -> list[str]:
        with tenant_context("acacia"):
            return [asked("draft").provenance.provider for _ in range(4)]

    found = at_once(*[work] * 25)
    assert all(isinstance(served, list) for served in found), found
    served = [provider for each in found for provider in each]
    with tenant_context("acacia"):
        everything, drafts = budgets()
        paid = Call.objects.aggregate(sum=Sum("cost_usd"))["sum"]
    assert everything.spent_usd == drafts.spent_usd == paid
    assert paid <= 1
    assert everything.reserved_usd == drafts.reserved_usd == 0
    assert len(served) == 100
    assert len(with_vendor.requests) == served.count("anthropic") >= 5
    assert served.count("local") > 0


@pytest.mark.usefixtures("committed_budgets")
def test_who_reserves_waits_for_others_who_do_and_counts_what_they_have_reserved(
    owner: psycopg.Connection[Any], owner_url: str
) -> None:
    """By the counter's own lock, whatever else makes them wait for each other."""
    allow(limit(hard="1"))
    with owner.transaction():
        owner.execute("UPDATE acacia.ai_budgetcounter SET reserved_usd = 0.9")
        ended = meanwhile(lambda: reserve_elsewhere(of_a_draft("0.2")), owner_url)
    assert isinstance(ended(), BudgetSpent)
    assert counted() == [0, Decimal("0.9")]


@pytest.mark.usefixtures("committed_budgets")
def test_nobody_reserves_or_settles_while_counters_are_opened_and_none_is_opened_while_somebody_does(
    owner: psycopg.Connection[Any], owner_url: str
) -> None:
    """Sums of calls and of reservations are two statements: what is settled between them would stand in neither."""
    allow(limit(hard="1"))
    held = of_a_draft("0.2")

    def settle_elsewhere() -> bool:
        call = call_of(held)
        call.outcome, call.cost_usd = CallOutcome.ANSWERED, Decimal("0.1")
        with tenant_context("acacia"):
            return call_keep(call, reservation=held, entries=[])

    def waits(lock: str, act: Callable[[], Any]) -> Any:
        with owner.transaction():
            owner.execute(f"SELECT {lock}(%s, hashtext('acacia'))", [COUNTING])
            ended = meanwhile(act, owner_url)
        return ended()

    assert waits("pg_advisory_xact_lock", lambda: reserve_elsewhere(held)) is None
    assert waits("pg_advisory_xact_lock", settle_elsewhere) is True
    BudgetCounter.objects.all().delete()
    assert waits("pg_advisory_xact_lock_shared", lambda: reserve_elsewhere(of_a_draft("0.3"))) is None
    assert counted() == [Decimal("0.1"), Decimal("0.3")], "opened with the call that is there"


@pytest.mark.usefixtures("committed_budgets")
def test_what_a_dead_worker_had_reserved_is_charged_when_its_time_is_over(
    with_vendor: Vendor, owner: psycopg.Connection[Any]
) -> None:
    allow(limit(hard="1"))
    dead = of_a_draft("0.05")
    reserve(dead, run_limit_usd=Decimal("0.25"))

    def due() -> None:
        owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE handler = 'ai.lapsed'")
        with public_context():
            while run_next("runs"):
                pass

    with tenant_context("acacia"):
        due()
        assert counted() == [0, Decimal("0.05")], "its time is not over"
        Reservation.objects.update(until=timezone.now())
        due()
        assert counted() == [Decimal("0.05"), 0]
        call = Call.objects.get()
        assert (call.pk, call.error, call.cost_usd, call.cost_known) == (dead.pk, "lost", Decimal("0.05"), False)
        due()
        assert Call.objects.count() == 1
        left = owner.execute("SELECT count(*) FROM public.dispatch_work WHERE handler = 'ai.lapsed'").fetchone()
        assert left == (0,)
        # Should it live after all, its answer comes too late: it is charged once.
        late = call_of(dead)
        late.outcome, late.cost_usd = CallOutcome.ANSWERED, Decimal("0.01")
        assert not call_keep(late, reservation=dead, entries=[])
        assert Call.objects.count() == 1
        assert stands().spent_usd == Decimal("0.05")


@pytest.mark.usefixtures("committed_budgets")
def test_a_counter_that_is_opened_among_calls_under_way_misses_none(
    with_vendor: Vendor, at_once: Callable[..., list[Any]]
) -> None:
    """Budgets are set one after another while others reserve and settle: each counter is the sum of its calls."""
    with_vendor.play("answer", delay=0.01)
    kinds = [
        limit(scope, key, window, hard="50")
        for scope, key in (("tenant", ""), ("workflow", "enquiry"), ("purpose", "understand"))
        for window in ("hour", "day", "month")
    ]

    def ask_on() -> None:
        with tenant_context("acacia"):
            for _ in range(3):
                asked()

    def set_all() -> None:
        with tenant_context("acacia"):
            for given in kinds:
                asked()
                budget_put(budget=given, actor=TESTS)

    def counters() -> dict[str, tuple[Decimal, Decimal]]:
        return {row.account: (row.spent_usd, row.reserved_usd) for row in BudgetCounter.objects.all()}

    assert at_once(*[ask_on] * 5, set_all) == [None] * 6
    with tenant_context("acacia"):
        former = counters()
        BudgetCounter.objects.all().delete()
        budgets_set(budgets=[], actor=TESTS)
        budgets_set(budgets=kinds, actor=TESTS)
        summed = counters()
        assert Call.objects.count() == 24
    assert len(former) >= len(kinds) == len(summed)
    # Should an hour, a day or the month have ended meanwhile, its counter is another now.
    both = former.keys() & summed.keys()
    assert {name: former[name] for name in both} == {name: summed[name] for name in both}
