"""Definitions: what may be written down, and how faults are told."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workflows.definition import Definition, parse, read
from workflows.errors import InvalidDefinition

TEXT = """
name: answer
on: {event: email.received, when: "!event.auto_generated"}
steps:
  - {key: understand, do: ai.understand, with: {message: "${event.message}"}}
  - {key: draft, do: ai.draft_reply, needs: [understand]}
  - {key: task, do: crm.create_task, bundle: both, needs: [draft]}
  - {key: reply, do: mail.send_reply, bundle: both, needs: [task], with: {hold: 30s}}
bundles:
  both: {approval: {ask: policy, expires: 24h, escalate_to: {role: manager}}}
"""


def data() -> Any:
    return read(TEXT)


def faults(change: Any) -> dict[str, str]:
    changed = data()
    change(changed)
    with pytest.raises(InvalidDefinition) as refused:
        parse(changed)
    return {fault.path: fault.message for fault in refused.value.faults}


def test_the_key_on_is_a_word_and_not_a_truth_value() -> None:
    assert parse(TEXT).on.event == "email.received"


@pytest.mark.parametrize(
    "value", ["2026-13-45", "9" * 5000, "!!int ten", "!!float x", "!!bool maybe", "!!timestamp soon"]
)
def test_a_value_that_is_none_is_told_with_its_line(value: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        parse(TEXT.replace("hold: 30s", f"hold: {value}"))
    [fault] = refused.value.faults
    assert fault.path == "line 8"
    assert "write it as text, in quotes" in fault.message


def test_a_definition_survives_being_stored() -> None:
    definition = parse(TEXT)
    stored = definition.model_dump(mode="json", by_alias=True)
    assert Definition.model_validate(stored) == definition


def test_a_step_needs_the_one_before_it_unless_it_says_otherwise() -> None:
    definition = parse({**data(), "steps": [{**step, "needs": None} for step in data()["steps"]]})
    assert [definition.needs_of(step) for step in definition.steps] == [[], ["understand"], ["draft"], ["task"]]


def test_every_unknown_field_is_named_with_its_path() -> None:
    def change(found: Any) -> None:
        found["colour"] = "red"
        found["steps"][1]["retry"] = {"tries": 3}
        found["bundles"]["both"]["approval"]["askk"] = "always"

    assert faults(change) == {
        "colour": "is not a known field",
        "steps[1].retry.tries": "is not a known field",
        "bundles.both.approval.askk": "is not a known field",
    }


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("limits",), {"cost_usd": "-1"}, "limits.cost_usd"),
        (("limits",), {"running": "soon"}, "limits.running"),
        (("steps", 0, "retry"), {"attempts": 1000}, "steps[0].retry.attempts"),
        (("steps", 0, "retry"), {"first_pause": 2}, "steps[0].retry.first_pause"),
        (("steps",), [], "steps"),
        (("name",), "Not A Name", "name"),
    ],
)
def test_a_fault_is_told_where_it_stands(path: tuple[Any, ...], value: Any, expected: str) -> None:
    def change(found: Any) -> None:
        at = found
        for part in path[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
        at[path[-1]] = value

    assert expected in faults(change)


@given(st.text(max_size=300))
def test_any_text_is_either_a_definition_or_told_to_be_none(text: str) -> None:
    try:
        parse(text)
    except InvalidDefinition as refused:
        assert refused.faults


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_any_data_is_either_a_definition_or_told_to_be_none(found: Any) -> None:
    try:
        parse(found)
    except InvalidDefinition as refused:
        assert refused.faults


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 8)}]" for n in range(8)
    )
    with pytest.raises(InvalidDefinition):
        parse(bomb)


def test_yaml_that_makes_objects_is_refused() -> None:
    with pytest.raises(InvalidDefinition):
        parse("!!python/object/apply:os.system ['true']")
    assert yaml.safe_load("on: 1") == {True: 1}, "which is why a loader of our own reads definitions"
