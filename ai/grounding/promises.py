"""What a reply promises, and which action of the same proposal keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ai.grounding.lexicon import Words
from ai.grounding.tokens import Token

LOOKING_FORWARD = frozenset({"look", "looking"})


class ActionLike(Protocol):
    """An action of the proposal; `ai.purposes.ActionChoice` is one. See there for `role` and `summary`."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def summary(self) -> str: ...


def promised(cut: Sequence[Token], words: Words) -> frozenset[str]:
    """The roles (`follow_up`, `booking`) that a sentence commits the writer to; empty where it promises
    nothing.
    """
    said = {token.word for token in cut if token.word}
    if LOOKING_FORWARD & said and "forward" in said:
        said -= LOOKING_FORWARD | {"forward"}
    if not said & words.first and not said & words.always_first:
        return frozenset()
    roles = set()
    if said & words.booking:
        roles.add("booking")
    if said & words.follow_up:
        roles.add("follow_up")
    return frozenset(roles)


def keeper(role: str, actions: Sequence[ActionLike]) -> ActionLike | None:
    """The first action that keeps promises of this role."""
    return next((action for action in actions if action.role == role), None)
