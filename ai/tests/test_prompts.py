"""What two emails of a tenant share of their requests is byte for byte the same: it can be cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ai.prompts import Prompt, prompt_for
from ai.purposes import PURPOSES
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
