"""The labelled emails of ai/tests/mails as the product reads them, and what the offline provider makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ai.language import primary
from ai.providers.local.intents import OTHER, nearest
from ai.providers.local.understand import understand
from ai.purposes import IntentChoice, Understanding, UnderstandInput
from ai.quality.statistics import wilson
from ai.sources import Mail
from mail.parsing.new_text import new_text

MAILS = Path(__file__).resolve().parents[2] / "ai" / "tests" / "mails"
HALVES = ("build", "test")
NOW = datetime(2026, 11, 16, 21, 0, tzinfo=UTC)
# What a definition has by default; workflows.steps.understand says what they mean.
DEFAULT = (
    "inspection", "question", "search", "appraisal", "cancellation", "offer", "application", "maintenance",
    "complaint", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What was found in one email. `intent` and `right` are of the ten that a definition has by default, `fine` and
    `fine_right` of all that are labelled; `also` are other wishes of the same mail, of the ten."""

    id: str
    language: str
    right: str
    intent: str
    also: frozenset[str]
    fine_right: str
    fine: str
    language_found: str
    needs_person: bool
    person: bool


@cache
def intents() -> dict[str, str]:
    """All labelled intents, with what they mean."""
    lines = (MAILS / "intents.tsv").read_text("utf-8").splitlines()[1:]
    return {name: meaning for name, _, meaning in (line.split("\t") for line in lines)}


@cache
def _default(name: str) -> str:
    return nearest(name, DEFAULT, OTHER)


def measure(half: str) -> list[Measured]:
    """All emails of a half; nothing of their text is in what comes back."""
    lines = (MAILS / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [_measured(json.loads(line)) for line in lines]


def _measured(row: dict[str, Any]) -> Measured:
    found, fine = _read(row, DEFAULT), _read(row, tuple(intents()))
    return Measured(
        id=row["id"],
        language=row["language"],
        right=_default(row["intent"]),
        intent=found.intent,
        also=frozenset(_default(name) for name in row["also"]),
        fine_right=row["intent"],
        fine=fine.intent,
        language_found=found.language,
        needs_person=bool(row["signals"]),
        person=found.wants_person,
    )


def _read(row: dict[str, Any], names: Iterable[str]) -> Understanding:
    message = Mail(
        id=row["id"], from_name=row["from_name"], subject=row["subject"], text=new_text(row["text"]).text,
        received_at=NOW,
    )  # fmt: skip
    choices = tuple(IntentChoice(name=name, description=intents().get(name, "")) for name in names)
    return understand(UnderstandInput(message=message, intents=choices, agency="Acacia Realty", now=NOW))


@dataclass(frozen=True)
class Share:
    """So many of so many, with Wilson's 95 % bounds."""

    right: int
    of: int

    def __str__(self) -> str:
        low, high = wilson(self.right, self.of)
        share = self.right / self.of if self.of else 0.0
        return f"{self.right:3} of {self.of:3}  {share:6.1%}  ({low:.1%} to {high:.1%})"


def share(rows: Iterable[Measured], right: Callable[[Measured], bool]) -> Share:
    """Of how many rows something is true."""
    found = [right(row) for row in rows]
    return Share(sum(found), len(found))


def report(rows: list[Measured]) -> dict[str, Share]:
    """What is told of a half."""
    told = {"intent, of ten": share(rows, lambda row: row.intent == row.right)}
    for language in sorted({row.language for row in rows}, key=lambda name: -sum(r.language == name for r in rows)):
        of = [row for row in rows if row.language == language]
        told[f"  {language}"] = share(of, lambda row: row.intent == row.right)
    return told | {
        "or another wish of it": share(rows, lambda row: row.intent == row.right or row.intent in row.also),
        "intent, of all labelled": share(rows, lambda row: row.fine == row.fine_right),
        "language": share(rows, lambda row: primary(row.language_found) == primary(row.language)),
        "person needed, and seen": share([r for r in rows if r.needs_person], lambda row: row.person),
        "person not needed, but asked": share([r for r in rows if not r.needs_person], lambda row: row.person),
    }
