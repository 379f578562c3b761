"""Examples for tests: short emails, each with what it wants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ai.evaluation.services import evaluation_advance, evaluation_start, golden_add
from ai.purposes import UnderstandInput
from ai.routes import Hop
from ai.tests.conftest import mail, understand_input
from audit.services import Actor

TESTS = Actor.system("tests")
HAIKU, OPUS = Hop("claude-haiku-5-5", "low"), Hop("claude-opus-5-5", "high")
STREETS = ("Wattle", "Banksia", "Acacia", "Grevillea", "Boronia", "Waratah", "Myrtle", "Cassia", "Correa", "Hakea",
           "Melaleuca", "Protea")  # fmt: skip


def asks_to_see(street: str) -> UnderstandInput:
    return understand_input(mail(f"Could we see the house in {street} Street on Saturday?", subject="A visit"))


def examples(count: int = len(STREETS), *, begin: int = 0, **expected: Any) -> list[UUID]:
    """So many examples of wanting to see a house, right as the offline provider reads them unless told otherwise."""
    return [
        golden_add(
            purpose="understand",
            inputs=asks_to_see(street).model_dump(mode="json"),
            expected=expected or {"intent": "inspection", "language": "en"},
            actor=TESTS,
        )
        for street in STREETS[begin : begin + count]
    ]


def measured(*hops: Hop, purpose: str = "understand", **more: Any) -> UUID:
    """An evaluation that was begun and taken as far as it goes."""
    started = evaluation_start(purpose=purpose, hops=hops, actor=TESTS, in_background=False, **more)
    evaluation_advance(started)
    return started
