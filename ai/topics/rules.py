"""What a forbidden topic must keep to, so that its phrases find what they are meant to and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ai.models import TOPIC_NAME_CHARS, TOPIC_PHRASE_CHARS, TOPIC_WORDS_CHARS
from ai.trust.own_topics import STAR, sought
from dispatch.services import storable

MOST_TOPICS = 40
MOST_PHRASES = 40
LETTERS = 2
LETTERS_BEFORE_STAR = 3
SHOWN = 40  # characters of a phrase that a sentence repeats

Fault = tuple[str, str]


def tidied(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What people typed, as it is kept: single spaces, none at the ends."""
    kept = dict(fields)
    for name in ("name", "words"):
        if name in kept:
            kept[name] = _tidy(kept[name])
    if "phrases" in kept:
        kept["phrases"] = [_tidy(phrase) for phrase in kept["phrases"]]
    return kept


def _tidy(text: str) -> str:
    return " ".join(storable(text.replace("\0", "")).split())


def faults_of(fields: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with tidied fields: (which field, or which phrase; the sentence that says what to do)."""
    found: list[Fault] = []
    if "name" in fields:
        found += _text("name", fields["name"], TOPIC_NAME_CHARS, "Name what replies must not speak of.")
    if "phrases" in fields:
        found += _phrases(fields["phrases"])
    if "words" in fields:
        asked = "Say why: whoever meets a sentence that is stopped reads this beside it."
        found += _text("words", fields["words"], TOPIC_WORDS_CHARS, asked)
    return found


def _text(name: str, text: str, most: int, asked: str) -> Iterator[Fault]:
    if not text:
        yield name, asked
    elif len(text) > most:
        yield name, f"At most {most} characters, this has {len(text):,}."


def _phrases(phrases: Sequence[str]) -> Iterator[Fault]:
    if not phrases:
        yield "phrases", "Write a phrase at least, each on a line of its own."
    if len(phrases) > MOST_PHRASES:
        yield "phrases", f"At most {MOST_PHRASES} phrases, these are {len(phrases):,}: make a second topic of some."
        return
    seen: dict[str, str] = {}
    for number, phrase in enumerate(phrases):
        fault = _phrase(phrase) or _again(phrase, seen)
        if fault:
            yield f"phrases.{number}", fault


def _phrase(phrase: str) -> str:
    if not phrase:
        return "A phrase is empty: leave it out."
    told = f"“{phrase if len(phrase) <= SHOWN else phrase[:SHOWN] + '…'}”"
    if len(phrase) > TOPIC_PHRASE_CHARS:
        return f"{told} has {len(phrase):,} characters: a phrase has {TOPIC_PHRASE_CHARS} at most."
    if STAR in phrase[:-1]:
        return f"{told}: a star stands for the ending of the last word, so only at the end of a phrase."
    wanted = sought(phrase)
    if not wanted.weight:
        return f"{told} has no letters: write words."
    if wanted.goes_on and wanted.weight < LETTERS_BEFORE_STAR:
        return f"{told} would find almost everything: write {LETTERS_BEFORE_STAR} letters before a star at least."
    if wanted.weight < LETTERS:
        return f"{told} would find almost everything: write {LETTERS} letters at least."
    return ""


def _again(phrase: str, seen: dict[str, str]) -> str:
    wanted = sought(phrase)
    key = f"{wanted.letters}{STAR * wanted.goes_on}"
    if key not in seen:
        seen[key] = phrase
        return ""
    if seen[key] == phrase:
        return f"“{phrase}” stands here twice: leave one out."
    return f"“{phrase}” finds the same as “{seen[key]}”: leave one out."
