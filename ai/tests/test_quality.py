"""Figures of quality: what people made of proposals and what calls came to, counted in as many statements as ever."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ai.models import Call, Judgement
from ai.purposes import PURPOSES
from ai.quality.selectors import FallbackKind, Filters, looks, quality
from ai.quality.services import Judged, judgement_keep, judgement_taken_back
from ai.services import ask
from ai.tests.conftest import draft_input, recommend_input, understand_input
from observability.metrics import exposition
from tenants.selectors import tenant_context
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_acacia")

AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)  # noon of Wednesday 10 June in Sydney
JUNE = Filters(since=AT - timedelta(days=9), until=AT + timedelta(days=20))


def judged(**other: Any) -> Judged:
    """A proposal that was approved as drafted."""
    given: dict[str, Any] = {
        "approval": uuid4(), "workflow": "enquiry", "version": 1, "intent": "inspection", "provider": "anthropic",
        "model": "claude-sonnet-5-5", "prompt_version": "draft@1", "fell_back": False, "decision": "approve",
        "edited": False, "drafted": "a b c d", "final": "a b c d", "waited": timedelta(minutes=2), "at": AT,
    }  # fmt: skip
    return Judged(**(given | other))


def called(**other: Any) -> Call:
    given: dict[str, Any] = {
        "purpose": "draft", "provider": "anthropic", "model_requested": "claude-sonnet-5-5",
        "model_served": "claude-sonnet-5-5", "prompt_version": "draft@1", "workflow": "enquiry", "version": 1,
        "intent": "inspection", "run_id": str(uuid4()), "step": "draft", "inputs_digest": "0" * 64,
        "cost_usd": Decimal("0.01"), "latency_ms": 1_000, "outcome": "succeeded", "created_at": AT,
    }  # fmt: skip
    return Call.objects.create(**(given | other))


def test_each_group_tells_what_people_made_of_it_and_what_it_cost() -> None:
    for _ in range(3):
        judgement_keep(judged())
    judgement_keep(judged(edited=True, final="a b x d", waited=timedelta(minutes=10)))
    judgement_keep(judged(decision="reject", intent="complaint", version=2, model="local", fell_back=True))
    called()
    called(failed_checks=["grounding", "answer"], outcome="failed", error="not_trusted")
    called(version=2, provider="local", model_served="local", fallback_reason="The model is overloaded (529).",
           latency_ms=10, cost_usd=Decimal(0))  # fmt: skip
    called(purpose="understand", prompt_version="understand@1", latency_ms=3_000)
    found = quality(JUNE)

    first = found.proposals("version")["enquiry", "1"]
    assert (first.proposals, first.approved, first.unedited, first.edited, first.rejected) == (4, 4, 3, 1, 0)
    assert (first.unedited_rate.hits, first.unedited_rate.n) == (3, 4)
    assert first.words_median == 0.0
    assert first.waited_median == timedelta(minutes=2)
    second = found.proposals("version")["enquiry", "2"]
    assert (second.unedited_rate.hits, second.rejected_rate.hits, second.fell_back) == (0, 1, 1)
    assert {key: one.proposals for key, one in found.proposals("intent").items()} == {
        ("inspection",): 4, ("complaint",): 1,
    }  # fmt: skip
    assert {key: one.proposals for key, one in found.proposals("model").items()} == {
        ("claude-sonnet-5-5",): 4, ("local",): 1,
    }  # fmt: skip
    assert list(found.proposals("purpose")) == [("draft",)]
    assert found.proposals("all")[()].proposals == 5

    draft = found.calls("purpose")["draft",]
    assert (draft.calls, draft.answers, draft.failed, draft.offline, draft.fell_back) == (3, 2, 1, 1, 1)
    assert draft.cost_usd == Decimal("0.02")
    assert (draft.check_rate.hits, draft.check_rate.n) == (1, 3)
    assert found.calls("purpose")["understand",].mails == 1
    assert found.checks == {"answer": 1, "grounding": 1}
    assert found.reasons == {"The model is overloaded (529).": 1}
    assert [(one.purpose, one.model, one.median_ms) for one in found.latency] == [
        ("draft", "claude-sonnet-5-5", 1_000), ("draft", "local", 10), ("understand", "claude-sonnet-5-5", 3_000),
    ]  # fmt: skip
    assert found.options == {"workflow": ["enquiry"], "intent": ["inspection"]}


def test_what_is_asked_for_alone_is_counted() -> None:
    judgement_keep(judged())
    judgement_keep(judged(workflow="other", intent="question"))
    judgement_keep(judged(at=JUNE.since - timedelta(seconds=1)))
    judgement_keep(judged(at=JUNE.until))
    called()
    called(workflow="other", intent="question", purpose="understand")
    called(created_at=JUNE.until)

    def counted(**asked: Any) -> tuple[int, int]:
        given = {"since": JUNE.since, "until": JUNE.until} | asked
        found = quality(Filters(**given))
        judgements, calls = found.proposals("all").get(()), found.calls("all").get(())
        return judgements.proposals if judgements else 0, calls.calls if calls else 0

    assert counted() == (2, 2)
    assert counted(workflow="other") == (1, 1)
    assert counted(intent="inspection") == (1, 1)
    assert counted(purpose="understand") == (0, 1)
    assert counted(model="claude-sonnet-5-5") == (2, 2)
    assert counted(model="local") == (0, 0)
    assert counted(version=2) == (0, 0)
    # Of the options all that the period has are told, or nobody could go back.
    assert quality(Filters(since=JUNE.since, until=JUNE.until, workflow="other")).options["workflow"] == [
        "enquiry", "other",
    ]  # fmt: skip


def test_days_and_weeks_are_those_of_the_workspace() -> None:
    """In Sydney it is Monday 15 June already, in UTC still Sunday."""
    monday = datetime(2026, 6, 14, 14, 30, tzinfo=UTC)
    judgement_keep(judged(at=monday))
    called(created_at=monday)
    found = quality(JUNE)
    assert list(found.proposals("week")) == [("2026-06-15",)]
    assert list(found.calls("day")) == [("2026-06-15",)]


def test_a_judgement_knows_what_the_calls_of_its_run_came_to() -> None:
    run = str(uuid4())
    called(run_id=run, purpose="understand", latency_ms=700, cost_usd=Decimal("0.002"))
    called(run_id=run, latency_ms=60_000, cost_usd=Decimal("0.05"), outcome="failed", error="timeout")
    called(run_id=run, latency_ms=300, fallback_reason="Why.", fallback_error="timeout")
    called(run_id=run, use="evaluation", latency_ms=9_000)
    called()
    approval, other = uuid4(), uuid4()
    judgement_keep(judged(approval=approval, run=run))
    judgement_keep(judged(approval=other, run=str(uuid4())))
    row = Judgement.objects.get(approval=approval)
    assert (row.cost_usd, row.latency_ms, row.run_fell_back) == (Decimal("0.062"), 61_000, True)
    row = Judgement.objects.get(approval=other)
    assert (row.cost_usd, row.latency_ms, row.run_fell_back) == (None, None, None)


def test_fallbacks_are_counted_by_day_and_kind_of_reason() -> None:
    monday = datetime(2026, 6, 14, 14, 30, tzinfo=UTC)  # in Sydney already
    for at, code in ((AT, "overloaded"), (AT, "rate_limit"), (AT, "budget"), (monday, "timeout"), (monday, "")):
        called(created_at=at, provider="local", model_served="local", fallback_reason="Why.", fallback_error=code)
    called(fallback_reason="Why.", fallback_error="timeout", outcome="failed", error="timeout")
    called()
    found = quality(JUNE)
    assert found.fell_back == {
        date(2026, 6, 10): {FallbackKind.OVERLOADED: 2, FallbackKind.BUDGET: 1},
        date(2026, 6, 15): {FallbackKind.UNREACHABLE: 1, FallbackKind.OTHER: 1},
    }
    assert next(iter(found.kinds)) == FallbackKind.OVERLOADED
    assert sum(found.kinds.values()) == found.calls("all")[()].fell_back == 5
    assert found.reasons == {"Why.": 5}


def test_the_last_decision_about_a_proposal_stands_and_what_is_taken_back_is_known() -> None:
    approval = uuid4()
    judgement_keep(judged(approval=approval))
    judgement_taken_back(approval=approval)
    assert quality(JUNE).proposals("all")[()].taken_back == 1
    judgement_keep(judged(approval=approval, decision="reject"))
    found = quality(JUNE).proposals("all")[()]
    assert (found.proposals, found.rejected, found.taken_back) == (1, 1, 0)


def test_nothing_is_told_of_nothing() -> None:
    found = quality(JUNE)
    assert found.keys("version") == []
    assert not any(found.judged[by] or found.called.get(by) for by in found.judged)
    assert looks() == []


def test_another_workspace_has_figures_of_its_own() -> None:
    judgement_keep(judged())
    called()
    with tenant_context("harbour"):
        assert quality(JUNE).keys("version") == []


def test_as_many_statements_answer_whatever_is_stored() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            quality(JUNE)
            looks()
        return len(captured)

    few = statements()
    for number in range(30):
        judgement_keep(judged(version=number + 1, intent=f"intent-{number}", model=f"model-{number}"))
        called(version=number + 1, intent=f"intent-{number}", model_served=f"model-{number}")
    assert statements() == few == 4


ASKED: dict[str, Any] = {"understand": understand_input(), "recommend": recommend_input(), "draft": draft_input()}


@pytest.mark.parametrize("name", PURPOSES)
def test_a_call_knows_its_version_and_what_the_customer_wants(name: str, settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"ai_provider": "local"})
    answer: Any = ask(purpose=name, inputs=ASKED[name], run_id=str(uuid4()), step=name, workflow="enquiry", version=7)
    wanted = answer.result.intent if name == "understand" else ASKED[name].understanding.intent
    row = Call.objects.get(pk=answer.call_id)
    assert (row.workflow, row.version, row.intent) == ("enquiry", 7, wanted)
    assert wanted


def test_the_checks_that_found_something_are_named_at_the_call(vendor: Vendor, settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    vendor.play("wrong_shape")
    answer = ask(purpose="understand", inputs=understand_input(), run_id=str(uuid4()), step="understand")
    assert answer.provenance.provider == "local"
    assert {tuple(row.failed_checks) for row in Call.objects.filter(outcome="failed")} == {("answer",)}
    assert Call.objects.get(pk=answer.call_id).failed_checks == []


def test_a_call_is_counted_for_prometheus_once_and_without_a_word_of_it(vendor: Vendor, settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    vendor.play("not_json", times=1)
    answer = ask(purpose="understand", inputs=understand_input(), run_id=str(uuid4()), step="understand")
    told = exposition()
    model = answer.provenance.model_served
    whose = f'tenant="acacia",purpose="understand",use="work",provider="anthropic",model="{model}"'
    assert f'countersign_ai_calls_total{{{whose},outcome="failed",error="not_json"}} 1' in told
    assert f'countersign_ai_calls_total{{{whose},outcome="succeeded",error=""}} 1' in told
    assert 'countersign_ai_check_findings_total{tenant="acacia",purpose="understand",check="answer"} 1' in told
    assert 'countersign_ai_call_seconds_count{purpose="understand",provider="anthropic"} 2' in told
    for word in ("Georgia", "Wattle", "0491"):
        assert word not in told
