"""Which model answers which purpose, and how hard it thinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Effort = Literal["low", "medium", "high"]

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Route:
    """A model of the vendor and its effort."""

    model: str
    effort: Effort


ROUTES = {
    "understand": Route("claude-haiku-5-5", "low"),
    "recommend": Route("claude-haiku-5-5", "low"),
    "draft": Route("claude-sonnet-5-5", "medium"),
}
