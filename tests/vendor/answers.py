"""What the stand-in says when it is honest: worked out from the request alone, by our offline provider."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ai.prompts import inputs_in
from ai.providers.local import answer_to
from ai.purposes import PURPOSES, Purpose


class NotOurs(ValueError):
    """A request that no purpose of ours has made."""


def purpose_of(request: dict[str, Any]) -> Purpose:
    """The purpose whose instructions stand in the request's system prompt; raises NotOurs."""
    system = str(request.get("system", ""))
    for purpose in PURPOSES.values():
        if purpose.instructions in system:
            return purpose
    raise NotOurs("The system prompt is none of ours.")


def inputs_of(request: dict[str, Any]) -> BaseModel:
    """The inputs that the first user turn holds; raises NotOurs."""
    turn = str(request["messages"][0]["content"]).split("\n\nThis answer cannot be used:")[0]
    try:
        return purpose_of(request).inputs.model_validate(inputs_in(turn))
    except ValueError as error:
        raise NotOurs("The user turn is none of ours.") from error


def honest(request: dict[str, Any]) -> dict[str, Any]:
    """The honest answer as JSON values; raises NotOurs."""
    return answer_to(inputs_of(request)).model_dump(mode="json")
