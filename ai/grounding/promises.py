"""What a reply promises, and which action of the same proposal keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ai.grounding.lexicon import Words
from ai.grounding.tokens import Token

MARKS = frozenset(",;:(),")
DENYING = frozenset({"no", "don't", "not", "cannot", "can't"})
PASSING = frozenset({"pass", "give", "tell", "find"})
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
    said = {token.word for token in _meant(cut)}
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


def _meant(cut: Sequence[Token]) -> Iterator[Token]:
    """The words that can promise: not "let me know", not "there is no number that I could pass on"."""
    denied = False
    for index, token in enumerate(cut):
        following = cut[index + 1].word if index + 1 < len(cut) else ""
        if token.word in MARKS:
            denied = False
        denied = denied or token.word in DENYING
        if token.word and not (token.word == "let" and following == "me") and not (denied and token.word in PASSING):
            yield token


def keeper(role: str, actions: Sequence[ActionLike]) -> ActionLike | None:
    """The first action that keeps promises of this role."""
    return next((action for action in actions if action.role == role), None)
