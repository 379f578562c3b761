"""Measuring: each example once, bounded in cost, stopped by what is no fault of a model, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from ai.budgets.services import Given, budgets_set
from ai.errors import InsideTransaction, NoKey
from ai.evaluation.comparing import figures, scores_in
from ai.evaluation.errors import EvaluationRefused, NothingToMeasure
from ai.evaluation.models import EvaluationResult, GoldenCase
from ai.evaluation.selectors import evaluation_get
from ai.evaluation.services import evaluation_advance, evaluation_go_on, evaluation_start, golden_add, golden_retire
from ai.evaluation.tests.examples import HAIKU, OPUS, TESTS, examples, measured
from ai.models import Call
from ai.providers.local import LOCAL_HOP
from ai.purposes import PURPOSES, UNDERSTAND
from ai.tests.conftest import draft_input, mail
from ai.topics.services import topic_add
from audit.selectors import entries, views
from tenants.selectors import tenant_context
from tests.vendor import Vendor

in_acacia = pytest.mark.usefixtures("in_acacia")


def means(evaluation: Any) -> dict[str, float]:
    return {figure.metric.name: figure.mean for figure in figures("understand", scores_in(evaluation))}


@in_acacia
def test_the_offline_provider_is_measured_for_nothing(without_vendor: None) -> None:
    examples(3)
    found = evaluation_get(measured(LOCAL_HOP))
    assert (found.status, found.measured, found.total, found.cost_usd) == ("done", 3, 3, Decimal(0))
    assert means(found.id) == {"intent": 1.0, "language": 1.0}


@in_acacia
def test_a_draft_is_measured_by_what_the_tenant_forbids_at_the_moment(without_vendor: None) -> None:
    inputs = draft_input(mail("What are the rates per quarter?")).model_dump(mode="json")
    golden_add(purpose="draft", inputs=inputs, expected={"text": "Hello"}, actor=TESTS)
    first = measured(LOCAL_HOP, purpose="draft")
    topic_add(name="Rates", phrases=["council rates"], words="We leave rates to the council.", actor=TESTS)
    second = measured(LOCAL_HOP, purpose="draft")
    checks = {row.evaluation_id: row.scores["checks"] for row in EvaluationResult.objects.all()}
    assert (checks[first], checks[second]) == ("1.0000", "0.0000")


@in_acacia
def test_calls_that_measure_count_as_evaluation_and_serve_no_run(with_vendor: Vendor) -> None:
    examples(2)
    found = evaluation_get(measured(HAIKU))
    rows = list(Call.objects.all())
    told = {(row.purpose, row.use, row.run_id, row.prompt_version) for row in rows}
    assert told == {("understand", "evaluation", "", UNDERSTAND.prompt_version)}
    assert found.cost_usd == sum(row.cost_usd for row in rows) > 0


@in_acacia
def test_an_answer_that_stays_bad_is_wrong_and_the_next_model_is_asked(with_vendor: Vendor) -> None:
    examples(1)
    with_vendor.play("wrong_shape")
    found = evaluation_get(measured(HAIKU, OPUS))
    assert (found.status, means(found.id)) == ("done", {"intent": 0.0, "language": 0.0})
    assert [request["model"] for request in with_vendor.requests] == [HAIKU.model] * 2 + [OPUS.model] * 2
    assert EvaluationResult.objects.get().cost_usd == sum(Call.objects.values_list("cost_usd", flat=True))
    with_vendor.play("refusal")
    refused = measured(HAIKU)
    assert EvaluationResult.objects.get(evaluation=refused).code == "refusal"
    assert means(refused)["intent"] == 0


@in_acacia
@pytest.mark.parametrize("scenario", ["overloaded", "bad_key", "no_such_model", "spend_limit"])
def test_what_is_no_fault_of_a_model_stops_it_and_it_goes_on_where_it_was(with_vendor: Vendor, scenario: str) -> None:
    examples(3)
    started = evaluation_start(purpose="understand", hops=[HAIKU], actor=TESTS, in_background=False)
    assert evaluation_advance(started, most=1)
    with_vendor.play(scenario)
    assert not evaluation_advance(started)
    stopped = evaluation_get(started)
    assert (stopped.status, stopped.measured) == ("stopped", 1)
    assert stopped.reason
    with_vendor.play("answer")
    assert not evaluation_advance(started), "what has stopped goes on when somebody says so"
    assert evaluation_get(started).measured == 1
    evaluation_go_on(evaluation=started, actor=TESTS)
    evaluation_advance(started)
    assert len(with_vendor.requests) == 2
    assert evaluation_get(started).status == "done"
    assert means(started)["intent"] == 1


@in_acacia
def test_a_budget_of_evaluation_holds_it_and_no_other_purpose(with_vendor: Vendor) -> None:
    examples(2)
    budgets_set(budgets=[Given("purpose", "evaluation", "month", None, Decimal("0.0001"))], actor=TESTS)
    stopped = evaluation_get(measured(HAIKU))
    assert (stopped.status, stopped.measured, stopped.cost_usd) == ("stopped", 0, Decimal(0))
    assert "The limit of US$0.0001 a month for “evaluation” would be passed" in stopped.reason
    assert with_vendor.requests == []


@in_acacia
def test_it_stops_once_it_has_cost_its_limit(with_vendor: Vendor) -> None:
    examples(3)
    stopped = evaluation_get(measured(HAIKU, limit_usd=Decimal("0.0001")))
    assert (stopped.status, stopped.measured) == ("stopped", 1)
    assert stopped.reason == "Its limit of US$0.0001 is used up."
    evaluation_go_on(evaluation=stopped.id, actor=TESTS, limit_usd=Decimal(1))
    evaluation_advance(stopped.id)
    assert evaluation_get(stopped.id).status == "done"
    with pytest.raises(EvaluationRefused, match="at its end"):
        evaluation_go_on(evaluation=stopped.id, actor=TESTS)


@in_acacia
@pytest.mark.parametrize("limit", [Decimal(0), Decimal(-1), Decimal(1_001)])
def test_a_limit_that_is_none_is_refused(limit: Decimal) -> None:
    examples(1)
    with pytest.raises(EvaluationRefused, match="What an evaluation may cost"):
        measured(LOCAL_HOP, limit_usd=limit)


@in_acacia
def test_without_examples_or_a_key_there_is_nothing_to_measure(without_vendor: None) -> None:
    with pytest.raises(NothingToMeasure):
        measured(LOCAL_HOP)
    examples(1)
    stopped = evaluation_get(measured(HAIKU))
    assert (stopped.status, stopped.reason) == ("stopped", NoKey().message)


@in_acacia
def test_a_retired_example_is_asked_about_no_more_and_counts_where_both_have_it(without_vendor: None) -> None:
    first, *_ = examples(3)
    before = measured(LOCAL_HOP)
    started = evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS, in_background=False)
    golden_retire(case=first, actor=TESTS)
    evaluation_advance(started)
    assert evaluation_get(started).measured == 2
    assert len(scores_in(before).keys() & scores_in(started).keys()) == 2


@in_acacia
def test_an_example_whose_inputs_the_purpose_takes_no_more_is_left_out(without_vendor: None) -> None:
    examples(1)
    old = GoldenCase.objects.create(
        purpose="understand", inputs={"of": "another time"}, inputs_digest="0" * 64, expected={"intent": "other"},
        origin="import", author=TESTS.key,
    )  # fmt: skip
    found = measured(LOCAL_HOP)
    assert EvaluationResult.objects.get(evaluation=found, case=old).code == "unreadable"
    assert [figure.total for figure in figures("understand", scores_in(found))] == [1, 1]


@in_acacia
def test_once_the_prompt_has_changed_nothing_is_measured_as_the_former_one(
    without_vendor: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples(2)
    started = evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS, in_background=False)
    assert evaluation_advance(started, most=1)
    monkeypatch.setitem(PURPOSES, "understand", replace(UNDERSTAND, version=UNDERSTAND.version + 1))
    assert not evaluation_advance(started)
    found = evaluation_get(started)
    assert (found.status, found.measured) == ("stopped", 1)
    assert found.reason == f"{UNDERSTAND.prompt_version} is no longer the prompt. Measure anew."


@in_acacia
def test_the_ledger_tells_of_each_evaluation(without_vendor: None) -> None:
    examples(1)
    found = measured(LOCAL_HOP)
    told = [entry.event for entry in views(entries(target=f"evaluation:{found}"))]
    assert sorted(told) == ["evaluation.done", "evaluation.queued", "evaluation.started"]


@pytest.mark.usefixtures("in_committed_acacia")
def test_a_worker_measures_it_and_asking_twice_is_asking_once(without_vendor: None, work: Callable[[], None]) -> None:
    examples(10)
    asked = [evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS) for _ in range(2)]
    assert asked[0] == asked[1]
    work()
    with tenant_context("acacia"):
        found = evaluation_get(asked[0])
        assert (found.status, found.measured) == ("done", 10)


@pytest.mark.usefixtures("in_committed_acacia")
def test_two_that_measure_at_once_keep_one_result_of_each_example(
    without_vendor: None, at_once: Callable[..., list[Any]]
) -> None:
    examples(4)
    started = evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS, in_background=False)

    def measure() -> None:
        with tenant_context("acacia"):
            evaluation_advance(started)

    at_once(measure, measure)
    found = evaluation_get(started)
    assert (found.status, found.measured) == ("done", 4)


@pytest.mark.usefixtures("in_committed_acacia")
def test_no_model_is_asked_inside_a_transaction(without_vendor: None) -> None:
    examples(1)
    started = evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS, in_background=False)
    with pytest.raises(InsideTransaction), transaction.atomic():
        evaluation_advance(started)
