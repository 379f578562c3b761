"""The catalogue: every step kind and action says what it is, is given and puts out; what it answers is held to it."""

import inspect
from typing import Any

import pytest
from pydantic import BaseModel

from workflows.actions import ACTIONS
from workflows.actions.base import RISKS, ToCome, reference
from workflows.catalogue import KINDS
from workflows.errors import NotRetryable
from workflows.kinds import Kind, by_name
from workflows.shapes import Missing, Shape
from workflows.steps import STEP_KINDS

MESSAGE = {"id", "thread", "from_email", "from_name", "answer_to", "subject"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_says_what_it_is_is_given_and_puts_out(kind: Kind) -> None:
    assert kind.name.count(".") == 1
    assert kind.label
    assert inspect.getdoc(type(kind)), "its docstring is what people and models read"
    assert type(kind).__doc__ is not Kind.__doc__
    assert kind.queue in ("ai", "runs")
    assert issubclass(kind.given_model(), BaseModel)
    assert kind.Output.model_config.get("extra") == "forbid", "what is put out is all named"
    assert Shape.of(kind.Output).fields


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_every_action_has_its_risk_and_names_what_people_may_edit(action: Any) -> None:
    assert action.risk in RISKS
    assert isinstance(action.reversible, bool)
    assert action.editable <= set(action.Input.model_fields)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_a_kind_takes_by_itself_is_a_field_of_its_own_and_put_out_by_that_kind(kind: Kind) -> None:
    assert set(kind.takes) <= set(kind.given_model().model_fields)
    for source in kind.takes.values():
        origin, _, path = source.partition(":")
        if origin == "message":
            assert path in MESSAGE
        elif origin != "event":
            shape = Shape.of(KINDS[origin].Output)
            for part in filter(None, path.split(".")):
                shape = shape.into(part)


def test_two_kinds_of_one_name_are_an_error_at_import() -> None:
    match = STEP_KINDS["crm.match"]
    with pytest.raises(ValueError, match=r"both called crm\.match"):
        by_name([*STEP_KINDS.values(), match])


def test_no_step_kind_is_called_like_an_action() -> None:
    assert not set(STEP_KINDS) & set(ACTIONS)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("crm.match", {}),
        ("crm.match", None),
        ("crm.match", "a text"),
        ("crm.create_task", {"task": "t-1", "more": 1}),
        ("crm.create_task", {"task": {"$step": "task"}}),
        ("crm.upsert_enquiry", {"contact": "c-1"}),
    ],
)
def test_an_answer_that_is_another_is_refused_in_a_sentence(name: str, answer: Any) -> None:
    with pytest.raises(NotRetryable) as refused:
        KINDS[name].output_of(answer)
    assert refused.value.sentence.startswith(f"{name} answered something else than it should: ")


def test_a_record_to_come_is_typed_and_stays_what_it_is() -> None:
    to_come = reference("task", "task")
    assert ToCome.model_validate(to_come).step == "task"
    assert KINDS["crm.create_task"].output_of({"task": to_come}) == {"task": to_come}
    assert KINDS["crm.create_task"].output_of({"task": "t-1"}) == {"task": "t-1"}


def test_a_shape_is_asked_as_deep_as_it_is_known() -> None:
    drafted = Shape.of(KINDS["ai.draft_reply"].Output)
    assert drafted.into("claims").into(0).into("quote").fields == []
    understood = Shape.of(KINDS["ai.understand"].Output)
    assert understood.into("facts").into("budget").fields == ["amount", "currency", "text"]
    with pytest.raises(Missing) as missing:
        understood.into("facts").into("colour")
    assert "party_size" in missing.value.there
    assert Shape().into("anything").into(3)
