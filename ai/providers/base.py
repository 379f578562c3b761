"""What every provider is: it gets a purpose with its inputs, and gives back text and what that used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from ai.purposes import Purpose
from ai.routes import Hop
from ai.usage import Usage


@dataclass(frozen=True)
class Repair:
    """The answer that could not be used, and why: the second and last try starts from it."""

    answer: str
    findings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a provider gave back, before anybody has looked at it. `stop_reason` is the vendor's word."""

    text: str
    model_served: str
    stop_reason: str
    usage: Usage
    request_id: str = ""


class Prepared(Protocol):
    """A question laid out for one provider. `tokens_at_most`: its prompt has no more; None: tokens cost nothing.

    `prompt`: the words that it is asked in, as JSON {system, turns: [{role, content}]}; empty where no model is asked.
    """

    @property
    def tokens_at_most(self) -> int | None: ...
    @property
    def prompt(self) -> str: ...

    def answer(self, *, hop: Hop, max_tokens: int) -> Reply:
        """Asks once. Raises Retryable or NotRetryable where nothing came back; never looks into the answer."""


class Provider(Protocol):
    """`priced`: its tokens cost money, so that it is not asked without a price. `address`: where it is, if not at
    the vendor's own.
    """

    name: str
    priced: bool
    address: str

    def prepare(self, *, purpose: Purpose, inputs: BaseModel, repair: Repair | None, warm: bool = False) -> Prepared:
        """The request of this question, as far as it does not depend on the route. `warm`: another of this purpose and
        model was made a moment ago, so that it pays to have the vendor keep its beginning.
        """
        ...
