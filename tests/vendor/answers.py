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
    system = "\n".join(texts_of(request))
    for purpose in PURPOSES.values():
        if purpose.instructions in system:
            return purpose
    raise NotOurs("The system prompt is none of ours.")


def texts_of(request: dict[str, Any]) -> list[str]:
    """The texts of the system prompt."""
    return [str(block.get("text", "")) for block in request.get("system") or [{}]]


def inputs_of(request: dict[str, Any]) -> BaseModel:
    """The inputs that the system prompt and the first user turn hold; raises NotOurs."""
    turn = str(request["messages"][0]["content"]).split("\n\nThis answer cannot be used:")[0]
    try:
        return purpose_of(request).inputs.model_validate(inputs_in(texts_of(request)[-1], turn))
    except ValueError as error:
        raise NotOurs("The user turn is none of ours.") from error


def honest(request: dict[str, Any]) -> dict[str, Any]:
    """The honest answer as JSON values; raises NotOurs."""
    return answer_to(inputs_of(request)).model_dump(mode="json")
