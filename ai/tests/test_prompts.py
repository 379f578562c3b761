"""What two emails of a tenant share of their requests is byte for byte the same: it can be cached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ai.evaluation.checks import prompts_have_their_versions
from ai.prompts import Prompt, prompt_digest, prompt_for
from ai.purposes import PURPOSES, UNDERSTAND, Draft, DraftInput, Purpose
from ai.purposes.pinned import PINNED
from ai.sources import Mail
from ai.tests.conftest import draft_input, mail, recommend_input, understand_input

INPUTS: dict[str, Callable[[Mail], Any]] = {
    "understand": understand_input,
    "recommend": recommend_input,
    "draft": draft_input,
}


@pytest.mark.parametrize("name", PURPOSES)
def test_instructions_schema_and_settings_do_not_depend_on_the_email(name: str) -> None:
    purpose = PURPOSES[name]
    one, other = (INPUTS[name](message) for message in (mail(), mail("Is there parking?", from_name="Bo Chen")))
    first, second = prompt_for(purpose, one), prompt_for(purpose, other)
    assert first.system == second.system
    assert purpose.schema(one) == purpose.schema(other)
    assert settings_of(first) == settings_of(second)


def settings_of(prompt: Prompt) -> str:
    """What is ours of a user turn: all before the data, around which a random name stands."""
    before, _, data = prompt.user.partition("\n\nData:\n")
    assert before.startswith("Settings:\n")
    assert data
    return before


@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=lambda purpose: purpose.name)
def test_a_prompt_that_changed_has_another_version(purpose: Purpose) -> None:
    assert PINNED.get(purpose.prompt_version) == prompt_digest(purpose), (
        "what a model is told has changed: raise the purpose's version, and pin its digest in ai/purposes/pinned.py"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"instructions": "Say what it wants."},
        {"trusted": frozenset({"agency"})},
        {"result": Draft},
        {"inputs": DraftInput},
        {"version": 2},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_installation_refuses_a_prompt_that_is_not_the_one_of_its_version(
    changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prompts_have_their_versions(None) == []
    monkeypatch.setitem(PURPOSES, "understand", replace(UNDERSTAND, **changed))
    (fault,) = prompts_have_their_versions(None)
    assert fault.is_serious()
    assert "The prompt of understand is not the one of understand@" in fault.msg
