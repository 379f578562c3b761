"""What steps put out and take, in runs: held to its model, typed where a record is to come, and never a neighbour's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from approvals.selectors import approvals
from conftest import Cast
from tests.looking import approve, seen, states
from workflows.actions import ACTIONS
from workflows.errors import Retryable
from workflows.steps import STEP_KINDS

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


class Anything(BaseModel):
    facts: Any = None


MATCHED: dict[str, Any] = {
    "contact": None,
    "new_customer": True,
    "listing": None,
    "listing_title": None,
    "candidates": [],
    "slots": [],
}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "crm.match answered something else than it should: Input should be"),
        ({**MATCHED, "contact": 5}, "contact Input should be a valid string"),
        ({**MATCHED, "colour": "red"}, "colour Extra inputs are not permitted"),
        ({"contact": None}, "new_customer Field required"),
    ],
)
def test_a_step_that_answers_something_else_fails_and_stores_nothing(
    start: Any, monkeypatch: pytest.MonkeyPatch, answer: Any, said: str
) -> None:
    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", lambda *_: answer)
    run = start("  - {key: match, do: crm.match}\n")
    assert (run.status, states(run)) == ("failed", {"match": "failed"})
    assert said in run.error
    assert run.steps[0].output is None


def test_a_plan_that_puts_out_something_else_is_never_proposed(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    task = ACTIONS["crm.create_task"]
    plan = type(task).plan
    monkeypatch.setitem(vars(task), "plan", lambda *given: plan(task, *given).model_copy(update={"output": {"id": 1}}))
    run = start("  - {key: task, do: crm.create_task, with: {title: One}}\n")
    assert run.status == "failed"
    assert "crm.create_task answered something else than it should: task Field required" in run.error
    assert not approvals(run=run.id).exists()


def test_an_action_that_puts_out_something_else_is_undone_whole_and_its_run_fails(
    start: Any, work: Work, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start("  - {key: task, do: crm.create_task, with: {title: One}}\n")
    task = ACTIONS["crm.create_task"]
    apply = type(task).apply
    monkeypatch.setitem(vars(task), "apply", lambda *given: apply(task, *given) | {"more": 1})
    approve(approvals(run=run.id).get().pk, cast.bob)
    work()
    ended = seen(run)
    assert (ended.status, ended.effects) == ("failed", ())
    assert "more Extra inputs are not permitted" in ended.error


def test_a_step_takes_what_it_needs_and_not_what_ran_beside_it(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    match = STEP_KINDS["crm.match"]
    monkeypatch.setitem(vars(match), "takes", {"facts": "crm.match:listing_title"})
    answers = iter(["first", "second"])

    def run(input: Any, world: Any) -> Any:
        if world.step == "last":
            given.append(input.facts)
            return MATCHED
        return {**MATCHED, "listing_title": next(answers)}

    monkeypatch.setitem(vars(match), "Input", Anything)
    monkeypatch.setitem(vars(match), "run", run)
    needs = "do: crm.match, needs: [], with: {facts: null}"
    ended = start(f"  - {{key: a, {needs}}}\n  - {{key: b, {needs}}}\n  - {{key: last, do: crm.match, needs: [a]}}\n")
    assert (ended.status, given) == ("succeeded", ["first"])


def test_a_retry_pauses_as_the_definition_says(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise Retryable("Away.")

    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", fails)
    run = start("  - {key: match, do: crm.match, retry: {first_pause: 1h, longest_pause: 2h}}\n")
    assert states(run) == {"match": "retrying"}
    step = run.steps[0]
    assert step.due_at is not None
    assert step.started_at is not None
    assert timedelta(minutes=30) <= step.due_at - step.started_at <= timedelta(minutes=61)
