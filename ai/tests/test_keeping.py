"""The statements of a call's hot path leave what the same would leave row by row, written here with the ORM."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai.budgets.accounts import Spender
from ai.budgets.lapsing import call_of
from ai.budgets.limits import limits_of, tell_reached
from ai.budgets.opening import counters_open
from ai.budgets.reserving import reserve
from ai.budgets.services import Given, budgets_set
from ai.errors import BudgetSpent
from ai.keeping import call_keep, call_move, entry_of
from ai.models import CALL_MOVES, BudgetCounter, Call, CallOutcome, CallText, CallUse, Reservation
from ai.services import ask
from ai.tests.conftest import draft_input
from audit.errors import IllegalMove, MovedMeanwhile
from audit.selectors import entries, views
from audit.services import Actor, record, transition
from dispatch.statements import Fragment
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
RUN = Actor("run", "r")
PROMPT = '{"system": "ü\n\'%s %(x)s"}'
AT = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


class ByStatement:
    """As the product does it."""

    reserve = staticmethod(reserve)

    @staticmethod
    def settle(reservation: Reservation, row: Call) -> bool:
        told = [entry_of(row, "ai.fell_back", actor=RUN, data={"error": "overloaded"})]
        return call_keep(row, reservation=reservation, entries=told, prompt=PROMPT)


class RowByRow:
    """The plain version: each counter, budget and row by itself, in one transaction."""

    @staticmethod
    @transaction.atomic
    def _all_or_none(reservation: Reservation, limits: Any) -> list[str]:
        counters = {row.account: row for row in BudgetCounter.objects.filter(account__in=_accounts(reservation))}
        over = []
        for name, limit in limits.items():
            taken = counters[name].spent_usd + counters[name].reserved_usd
            if limit.hard is not None and taken + reservation.amount_usd > limit.hard:
                over.append(name)
        if not over:
            BudgetCounter.objects.filter(account__in=counters).update(
                reserved_usd=F("reserved_usd") + reservation.amount_usd
            )
            reservation.save(force_insert=True)
        return over

    @classmethod
    def reserve(cls, reservation: Reservation, *, run_limit_usd: Decimal | None) -> None:
        accounts = _accounts(reservation)
        limits = limits_of(accounts, run_limit_usd)
        counters_open({name: accounts[name] for name in limits}, reservation.made_at, reservation.run_id)
        if over := cls._all_or_none(reservation, limits):
            tell_reached("hard", over, accounts, run_id=reservation.run_id, run_limit_usd=run_limit_usd)
            raise BudgetSpent("over")

    @staticmethod
    @transaction.atomic
    def settle(reservation: Reservation, row: Call) -> bool:
        kept = Reservation.objects.filter(pk=reservation.pk).first()
        if kept is None:
            return False
        kept.delete()
        accounts = _accounts(reservation)
        limits, passed = limits_of(accounts, None), []
        for counter in BudgetCounter.objects.filter(account__in=accounts):
            counter.reserved_usd -= reservation.amount_usd
            counter.spent_usd += row.cost_usd
            counter.save()
            limit = limits.get(counter.account)
            if limit and limit.soft is not None and counter.spent_usd > limit.soft:
                passed.append(counter.account)
        row.save(force_insert=True)
        until = row.created_at + timedelta(days=configured.COUNTERSIGN.prompts_kept_days)
        CallText.objects.create(call=row, prompt=PROMPT, until=until)
        record(event="ai.fell_back", target=f"call:{row.pk}", actor=RUN, data={"error": "overloaded"}, run=row.run_id)
        tell_reached("soft", passed, accounts, run_id=reservation.run_id)
        return True


def _accounts(reservation: Reservation) -> Any:
    return Spender(
        purpose=reservation.purpose, workflow=reservation.workflow, run_id=reservation.run_id, use=reservation.use
    ).accounts(reservation.made_at)


LIMIT = st.one_of(st.none(), st.sampled_from([Decimal(n) / 10 for n in (0, 1, 3, 5, 10, 25)]))
KIND = st.sampled_from(
    [
        ("tenant", "", "hour"), ("tenant", "", "day"), ("tenant", "", "month"), ("workflow", "enquiry", "day"),
        ("workflow", "enquiry", "run"), ("purpose", "draft", "month"), ("purpose", "draft", "run"), ("run", "", "run"),
        ("purpose", "evaluation", "day"), ("purpose", "understand", "day"),
    ]
)  # fmt: skip
BUDGET = st.tuples(KIND, LIMIT, LIMIT).filter(lambda budget: budget[1] is not None or budget[2] is not None)
CALL = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(["draft", "understand"]),
        "workflow": st.sampled_from(["", "enquiry"]),
        "run": st.sampled_from(["", "one", "two"]),
        "use": st.sampled_from(list(CallUse)),
        "amount": st.sampled_from([Decimal(n) / 100 for n in (1, 7, 20, 45)]),
        "part": st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
        "run_limit": st.sampled_from([None, Decimal("0.25"), Decimal("0.6")]),
        "settle": st.sampled_from(["never", "at once", "later", "twice"]),
        "hours": st.sampled_from([0, 0, 1, 30]),
    }
)


def play(how: Any, calls: list[dict[str, Any]]) -> dict[str, Any]:
    """What is there after these calls, but for ids and times."""
    there = set(entries().values_list("pk", flat=True))
    answers: list[Any] = []
    later: list[tuple[Reservation, Call]] = []
    for number, said in enumerate(calls):
        made = AT + timedelta(hours=said["hours"])
        reservation = Reservation(
            amount_usd=said["amount"], purpose=said["purpose"], provider="anthropic", model_requested="m",
            prompt_version="p@1", workflow=said["workflow"], run_id=said["run"], step="s", use=said["use"],
            inputs_digest=str(number), made_at=made, until=made + timedelta(days=3650),
        )  # fmt: skip
        try:
            how.reserve(reservation, run_limit_usd=said["run_limit"])
        except BudgetSpent:
            answers.append("spent")
            continue
        row = call_of(reservation)
        row.outcome, row.cost_usd = CallOutcome.ANSWERED, said["amount"] * said["part"]
        row.answer, row.checks = "ü\n'%s %(x)s \\u0000", [{"name": "answer", "findings": ["\"'"]}]
        row.fallback_reason = None if number % 2 else "why"
        match said["settle"]:
            case "at once":
                answers.append(how.settle(reservation, row))
            case "twice":
                answers += [how.settle(reservation, row), how.settle(reservation, row)]
            case "later":
                later.append((reservation, row))
    answers += [how.settle(*one) for one in later]
    counters = BudgetCounter.objects.order_by("account")
    calls_left = Call.objects.order_by("inputs_digest").values()
    return {
        "answers": answers,
        "counters": [
            (row.account, row.spent_usd, row.reserved_usd, row.soft_at is None, row.hard_at is None) for row in counters
        ],
        "reservations": [_apart(row) for row in Reservation.objects.order_by("inputs_digest").values()],
        "calls": [_apart(row) for row in calls_left],
        "texts": list(
            CallText.objects.order_by("call__inputs_digest").values_list("call__inputs_digest", "prompt", "until")
        ),
        "told": sorted((view.event, str(sorted(view.data.items()))) for view in views(entries().exclude(pk__in=there))),
    }


def _apart(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(budgets=st.lists(BUDGET, max_size=5, unique_by=lambda budget: budget[0]), calls=st.lists(CALL, max_size=7))
def test_what_the_statements_leave_is_what_row_by_row_leaves(budgets: list[Any], calls: list[dict[str, Any]]) -> None:
    left = []
    for how in (ByStatement, RowByRow):
        with transaction.atomic():
            budgets_set(
                budgets=[Given(kind[0], kind[1], kind[2], soft, hard) for kind, soft, hard in budgets], actor=TESTS
            )
            left.append(play(how, calls))
            transaction.set_rollback(True)
    assert left[0] == left[1]


def answered(**more: Any) -> Call:
    return Call.objects.create(
        purpose="draft", provider="anthropic", model_requested="m", prompt_version="p@1", run_id=str(uuid4()), step="s",
        inputs_digest="1", outcome=CallOutcome.ANSWERED, answer="{}", cost_usd=Decimal("0.25"), **more,
    )  # fmt: skip


@pytest.mark.parametrize("start", CallOutcome)
@pytest.mark.parametrize("to", CallOutcome)
def test_a_call_moves_as_the_table_of_moves_says(start: CallOutcome, to: CallOutcome) -> None:
    told = {"purpose": "draft", "cost_usd": Decimal("0.25")}
    checks = [{"name": "answer", "verdict": "passed", "findings": ["“ü”"]}]
    by_statement, by_orm = answered(), answered()
    for row in (by_statement, by_orm):
        row.outcome, row.error = start, "x"
        row.save()
        row.finding, row.failed_checks, row.intent = "why", ["answer", "grounding"], "complaint"
    refused: list[type[Exception] | None] = []
    for act in (
        lambda: call_move(by_statement, to=to, actor=RUN, data=told, checks=checks),
        lambda: transition(
            by_orm, moves=CALL_MOVES, to=to, actor=RUN, data=told, run=by_orm.run_id,
            changes={
                "error": "x", "finding": "why", "checks": checks, "failed_checks": ["answer", "grounding"],
                "intent": "complaint",
            },
        ),
    ):  # fmt: skip
        try:
            act()
            refused.append(None)
        except IllegalMove:
            refused.append(IllegalMove)
    assert refused[0] == refused[1]
    rows = [_apart(Call.objects.filter(pk=row.pk).values().get()) for row in (by_statement, by_orm)]
    for values in rows:
        del values["run_id"], values["created_at"]
    assert rows[0] == rows[1]
    one, other = ([(e.event, e.data) for e in views(entries(run=row.run_id))] for row in (by_statement, by_orm))
    assert one == other
    assert by_statement.outcome == by_orm.outcome


def test_of_two_that_move_a_call_one_is_told_so_and_leaves_nothing() -> None:
    row = answered()
    Call.objects.filter(pk=row.pk).update(outcome=CallOutcome.FAILED, error="x")
    with pytest.raises(MovedMeanwhile):
        call_move(row, to=CallOutcome.SUCCEEDED, actor=RUN, data={}, checks=[])
    assert Call.objects.get(pk=row.pk).outcome == CallOutcome.FAILED
    assert not entries(run=row.run_id).exists()


def test_an_answer_costs_what_all_requests_of_its_question_have_cost() -> None:
    row = answered()
    more = answered()
    Call.objects.filter(pk=more.pk).update(run_id=row.run_id, outcome=CallOutcome.FAILED, error="x")
    answered()
    assert call_move(row, to=CallOutcome.SUCCEEDED, actor=RUN, data={}, checks=[]) == Decimal("0.5")
    alone = answered()
    alone.run_id = ""
    alone.save()
    assert call_move(alone, to=CallOutcome.SUCCEEDED, actor=RUN, data={}, checks=[]) == Decimal("0.25")


def test_an_entry_that_somebody_hears_of_stands_or_falls_with_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from audit import signals

    heard: list[str] = []
    monkeypatch.setitem(signals._listeners, "ai.called", lambda **told: heard.append(told["target"]))
    monkeypatch.setitem(signals._unheard, "ai.called", lambda events: Fragment("false", {}))
    row = answered()
    call_move(row, to=CallOutcome.SUCCEEDED, actor=RUN, data={}, checks=[])
    assert heard == [f"call:{row.pk}"]

    def refuse(**_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setitem(signals._listeners, "ai.called", refuse)
    other = answered()
    with pytest.raises(RuntimeError):
        call_move(other, to=CallOutcome.SUCCEEDED, actor=RUN, data={}, checks=[])
    assert Call.objects.get(pk=other.pk).outcome == CallOutcome.ANSWERED


def test_a_call_takes_four_statements_and_two_locks(
    vendor: Vendor, settings: Any, django_assert_num_queries: Callable[..., Any]
) -> None:
    """To know, to reserve, to keep the answer, to move it on; what is reserved and settled is so behind a lock."""
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    limits = [("tenant", "", "day"), ("tenant", "", "month"), ("purpose", "draft", "day")]
    budgets_set(budgets=[Given(*kind, None, Decimal(100)) for kind in limits], actor=TESTS)

    def asked() -> UUID:
        return ask(purpose="draft", inputs=draft_input(), run_id=str(uuid4()), step="draft").call_id

    asked()
    in_the_tests_transaction = 2  # the savepoint of the one that only looks whether there is one
    with django_assert_num_queries(6 + in_the_tests_transaction):
        asked()
