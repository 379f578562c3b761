"""What a claim really rests on: its quote, found literally in its source, with everything that the quote
cuts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from ai.grounding.calendar_words import MONTH_PATTERN
from ai.grounding.figures import Figure
from ai.grounding.lexicon import LANGUAGES, concepts_of
from ai.grounding.normal import places
from ai.grounding.tokens import Token, stem, tokens
from ai.sources import Source

# A full stop inside a number or after the day of a month ("28. November") ends no sentence.
SEGMENT = re.compile(
    rf"[^\n;.!?。；！？]+(?:(?:[.!?。](?=\S)|(?<=\d)\.(?=\s(?:{MONTH_PATTERN})\b))[^\n;.!?。；！？]*)*", re.IGNORECASE
)
KIND_NAMES = {
    "message": "the customer's email",
    "listing": "the listing",
    "contact": "the contact",
    "calendar": "the calendar",
    "knowledge": "our knowledge",
}
NEGATIONS = frozenset(word for words in LANGUAGES.values() for word in words.negation)


class ClaimLike(Protocol):
    """What a model says about a span of its text; `ai.purposes.Claim` is one."""

    @property
    def claim(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def source_kind(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def quote(self) -> str: ...


@dataclass(frozen=True)
class Backing:
    """What stands behind a claim. `problem` says in plain words why nothing does; then all else is empty.

    words: every word of the quotes, of the field's label and name and of the source's title, with their
    stems. quoted: the words of the quotes alone. concepts: what these words name. segments: the figures of
    each sentence of the source that the quote reaches into, those alone that it holds whole; quoted_figures:
    the same without those of the title. negated: one of these sentences says no.
    """

    claim: ClaimLike
    source: Source | None
    spans: tuple[tuple[int, int], ...]
    problem: str = ""
    words: frozenset[str] = frozenset()
    quoted: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()
    segments: tuple[tuple[Figure, ...], ...] = ()
    quoted_figures: tuple[tuple[Figure, ...], ...] = ()
    negated: bool = False

    @property
    def kind(self) -> str:
        return self.claim.source_kind


@dataclass
class _Found:
    words: set[str] = field(default_factory=set)
    segments: list[tuple[Figure, ...]] = field(default_factory=list)
    negated: bool = False


def backing_of(claim: ClaimLike, text: str, sources: Sequence[Source]) -> Backing:
    """Finds the claim in `text` and its quote in its source. Never raises: what is wrong is told in
    `problem`.
    """
    spans = tuple(places(claim.claim, text))
    source = next((s for s in sources if (s.kind, s.id) == (claim.source_kind, claim.source_id)), None)
    name = KIND_NAMES.get(claim.source_kind, "that source")
    if source is None:
        return Backing(claim, None, spans, problem=f"The quote names {name} of another enquiry, or none at all.")
    cited = source.text_of(claim.field)
    if cited is None:
        return Backing(claim, source, spans, problem=f"There is no field “{claim.field}” in {name}.")
    standing = [(a, b) for a, b in places(claim.quote, cited) if _whole(cited, a, b)]
    if not standing:
        return Backing(claim, source, spans, problem=f"The quote does not stand in {name}.")
    label = next(item.label for item in source.fields if item.name == claim.field)
    found = _read(cited, standing)
    naming = " ".join((label, claim.field.replace("_", " ").replace(".", " "), source.title))
    named = {token.word for token in _cut(naming) if token.word}
    title = tuple(token.figure for token in _cut(source.title) if token.figure)
    if source.kind == "message":
        named, title = set(), ()
    words = found.words | named
    return Backing(
        claim=claim,
        source=source,
        spans=spans,
        words=frozenset(words | {stem(word) for word in words}),
        quoted=frozenset(found.words),
        concepts=frozenset(concept for word in words for concept in concepts_of(word)),
        quoted_figures=tuple(found.segments),
        segments=(*found.segments, *((title,) if title else ())),
        negated=found.negated,
    )


def _whole(text: str, start: int, end: int) -> bool:
    """Whether the quote begins and ends between words: "not allowed" is not quoted by "allow"."""
    starts_inside = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    ends_inside = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (starts_inside and text[start].isascii()) and not (ends_inside and text[end - 1].isascii())


def _read(cited: str, standing: Sequence[tuple[int, int]]) -> _Found:
    found = _Found()
    for segment in SEGMENT.finditer(cited):
        reached = [(a, b) for a, b in standing if a < segment.end() and segment.start() < b]
        if not reached:
            continue
        cut = _cut(segment.group(), segment.start())
        inside = [token for token in cut if any(a <= token.start and token.end <= b for a, b in reached)]
        found.words |= {token.word for token in inside if token.word}
        found.words |= {word for token in inside if token.figure for word in _figure_words(token.figure)}
        found.segments.append(tuple(token.figure for token in inside if token.figure))
        found.negated = found.negated or any(token.word in NEGATIONS for token in cut)
    return found


def _figure_words(figure: Figure) -> set[str]:
    """A figure written in letters ("Saturday", "noon") is also a word that may be repeated as it stands."""
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", figure.text)}


@lru_cache(maxsize=1024)
def _cut(text: str, offset: int = 0) -> tuple[Token, ...]:
    return tuple(tokens(text, None, offset))
