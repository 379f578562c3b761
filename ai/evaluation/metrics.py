"""What is measured of each purpose, from 0 (wrong) to 1 (right)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ai.evaluation.expected import Expected, ExpectedDraft, ExpectedRecommendation, ExpectedUnderstanding
from ai.purposes import Draft, Recommendation, Understanding, purpose_named
from ai.trust.findings import Verdict
from ai.trust.own_topics import OwnTopic

Scores = dict[str, Decimal]
RIGHT, WRONG = Decimal(1), Decimal(0)
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Metric:
    """`gate`: a route that lowers it is not activated. `binary`: each example is right or wrong, nothing between."""

    name: str
    label: str
    gate: bool = False
    binary: bool = True


METRICS: Mapping[str, tuple[Metric, ...]] = {
    "understand": (
        Metric("intent", "Intent right", gate=True),
        Metric("person", "Need of a person seen", gate=True),
        Metric("language", "Language right"),
        Metric("facts", "Facts exact", binary=False),
    ),
    "recommend": (
        Metric("actions", "Actions right (F1)", gate=True, binary=False),
        Metric("slot", "Slot right"),
    ),
    "draft": (
        Metric("checks", "Passes all checks", gate=True),
        Metric("likeness", "Like the reply that was sent", binary=False),
    ),
}


def scores_of(
    purpose: str, inputs: BaseModel, right: Expected, answer: BaseModel | None, forbidden: Sequence[OwnTopic] = ()
) -> Scores:
    """The scores of an answer by what is right, and by what the tenant forbids; without a usable answer all that would
    be measured is wrong.
    """
    match right:
        case ExpectedUnderstanding():
            found = _understanding(right, answer)
        case ExpectedRecommendation():
            found = _recommendation(right, answer)
        case ExpectedDraft():
            found = _draft(purpose, inputs, right, answer, forbidden)
        case _:
            raise TypeError(f"nothing measures {type(right).__name__}")
    return {name: value.quantize(PLACES) for name, value in found.items()}


def _understanding(right: ExpectedUnderstanding, answer: BaseModel | None) -> Scores:
    said, found = right.model_fields_set, Scores()
    read = answer if isinstance(answer, Understanding) else None
    if "intent" in said:
        found["intent"] = _one(read is not None and read.intent == right.intent)
    if "wants_person" in said:
        found["person"] = _one(read is not None and read.wants_person == right.wants_person)
    if "language" in said:
        found["language"] = _one(read is not None and _primary(read.language) == _primary(right.language))
    if right.facts:
        facts = _facts(read) if read else {}
        same = [bool(facts) and _told(facts[name]) == _told(value) for name, value in right.facts.items()]
        found["facts"] = Decimal(sum(same)) / len(same)
    return found


def _facts(read: Understanding) -> dict[str, Any]:
    facts = read.facts
    return {
        "name": facts.name,
        "phone": facts.phone,
        "address": facts.address,
        "suburb": facts.suburb,
        "budget": facts.budget.amount if facts.budget else None,
        "party_size": facts.party_size,
    }


def _told(value: object) -> str | None:
    """A fact without what is written one way or another: spaces and capitals."""
    return None if value is None else re.sub(r"\s+", " ", str(value)).strip().casefold()


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


def _recommendation(right: ExpectedRecommendation, answer: BaseModel | None) -> Scores:
    said, found = right.model_fields_set, Scores()
    given = answer if isinstance(answer, Recommendation) else None
    if "actions" in said:
        found["actions"] = f1({action.name for action in given.actions}, set(right.actions)) if given else WRONG
    if "slot" in said:
        slot = given.slot.starts_at if given and given.slot else None
        found["slot"] = _one(given is not None and slot == right.slot)
    return found


def f1(given: set[str], right: set[str]) -> Decimal:
    """The harmonic mean of how many of the given are right and how many of the right are given; 1 where both are
    empty."""
    if not given and not right:
        return RIGHT
    return Decimal(2 * len(given & right)) / (len(given) + len(right))


def _draft(
    purpose: str,
    inputs: BaseModel,
    right: ExpectedDraft,
    answer: BaseModel | None,
    forbidden: Sequence[OwnTopic],
) -> Scores:
    if not isinstance(answer, Draft):
        return {"checks": WRONG, "likeness": WRONG}
    verdict = purpose_named(purpose).review(inputs, answer, forbidden).verdict
    return {
        "checks": _one(verdict not in (Verdict.REPAIRABLE, Verdict.REFUSE)),
        "likeness": likeness(answer.text, right.text),
    }


def likeness(one: str, other: str) -> Decimal:
    """1 less the edit distance in words, as a share of the longer text's words."""
    words, others = one.split(), other.split()
    longest = max(len(words), len(others))
    return RIGHT - Decimal(edit_distance(words, others)) / longest if longest else RIGHT


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words must be added, left out or replaced to get from one to the other."""
    row = list(range(len(other) + 1))
    for number, word in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, against in enumerate(other, 1):
            kept = before if word == against else before + 1
            before, row[at] = row[at], min(kept, row[at] + 1, row[at - 1] + 1)
    return row[-1]


def _one(right: bool) -> Decimal:
    return RIGHT if right else WRONG
