"""Which models answer which purpose: the one that is asked first, and those that are asked where it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Effort = Literal["low", "medium", "high"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Hop:
    """One model of a route: how hard it thinks, how long all of a request may take, and how long an answer may be, in
    tokens and with the thinking (None: as the purpose says).
    """

    model: str
    effort: Effort
    timeout_seconds: float = TIMEOUT_SECONDS
    max_tokens: int | None = None
    provider: str = "anthropic"


@dataclass(frozen=True)
class Route:
    """The models of a purpose in the order in which they are asked. `number`: the version that the tenant set, 0 for
    the one that comes with the product. The offline provider and a person stand behind the last.
    """

    hops: tuple[Hop, ...]
    number: int = 0


ROUTES = {
    "understand": Route((Hop("claude-haiku-5-5", "low"), Hop("claude-sonnet-5-5", "low"))),
    "recommend": Route((Hop("claude-haiku-5-5", "low"), Hop("claude-sonnet-5-5", "low"))),
    "draft": Route((Hop("claude-sonnet-5-5", "medium"), Hop("claude-haiku-5-5", "medium"))),
}
