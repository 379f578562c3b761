"""Which of the given intents a mail has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ai.embedding import embed, head
from ai.purposes import IntentChoice

WEIGHTS = Path(__file__).with_name("intents.npz")  # written by train.py
READ = 800  # characters of a mail that are embedded: what it wants stands at its beginning
OTHER = "other"
# Where a workflow does not know an intent, it is the nearest one that it may know, and where there is none, `other`.
NEAREST = {
    "search": "question",
    "appraisal": "question",
    "price_question": "question",
    "availability": "question",
    "document_request": "question",
    "application_status": "application",
    "noise_dispute": "complaint",
}
MARGIN = 0.02  # how much nearer a description must be than all known ones to win by itself


def chances(texts: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """The names of all intents that were learnt, and for each text the chance of each, adding up to 1."""
    learnt = head(WEIGHTS)
    return learnt.names, learnt.chances(texts)


def intent_of(subject: str, text: str, choices: Sequence[IntentChoice]) -> str:
    """The name of the choice that fits best: `other` (else the last choice) where the mail says nothing.

    Names that were learnt are recognised by their examples, other names by their description. The likeliest learnt one
    decides: added up, those that several fine ones come to would win wherever nothing is clear.
    """
    allowed = [choice.name for choice in choices]
    resort = OTHER if OTHER in allowed else allowed[-1]
    read = as_read(subject, text)
    if not any(letter.isalpha() for letter in read):
        return resort
    names, (row,) = chances([read])
    scores = dict.fromkeys(allowed, 0.0)
    for name, chance in zip(names, row, strict=True):
        found = nearest(name, scores, resort)
        scores[found] = max(scores[found], float(chance))
    new = [choice for choice in choices if choice.name not in names]
    if new and (described := _by_description(read, choices, new)):
        return described
    best = max(allowed, key=lambda name: scores[name])
    return best if scores[best] > 0 else resort


def as_read(subject: str, text: str) -> str:
    """What of a mail is embedded."""
    return f"{subject.strip()}. {text.strip()}".strip(". ")[:READ]


def nearest(name: str, allowed: Collection[str], resort: str) -> str:
    """The intent of those allowed that a learnt one comes to."""
    while name not in allowed:
        if name not in NEAREST:
            return resort
        name = NEAREST[name]
    return name


def _by_description(read: str, choices: Sequence[IntentChoice], new: Sequence[IntentChoice]) -> str | None:
    """The new intent whose description is clearly nearer to the mail than that of every learnt one."""
    vectors = embed([read, *(f"{choice.name.replace('_', ' ')}: {choice.description}" for choice in choices)])
    near = {choice.name: float(vectors[0] @ vector) for choice, vector in zip(choices, vectors[1:], strict=True)}
    fresh = {choice.name for choice in new}
    best_new = max(fresh, key=lambda name: near[name])
    others = [value for name, value in near.items() if name not in fresh]
    return best_new if not others or near[best_new] > max(others) + MARGIN else None
