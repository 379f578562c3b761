"""What a claim really rests on: its quote, found literally in its source, with everything that the quote
cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from typing import Protocol

from ai.grounding.calendar_words import MONTH_PATTERN
from ai.grounding.figures import Figure
from ai.grounding.lexicon import LANGUAGES, concepts_of, likenesses, root
from ai.grounding.normal import places
from ai.grounding.tokens import Token, stem, tokens
from ai.sources import Source

# A full stop inside a number or after the day of a month ("28. November") ends no sentence.
SEGMENT = re.compile(
    rf"[^\n;.!?。；！？]+(?:(?:[.!?。](?=\S)|(?<=\d)\.(?=\s(?:{MONTH_PATTERN})\b))[^\n;.!?。；！？]*)*", re.IGNORECASE
)
DAY_PARTS = (("~morning", 0, 720), ("~afternoon", 720, 1080), ("~evening", 1020, 1440))  # minutes after midnight
SATURDAY = 5
KIND_NAMES = {
    "message": "the customer's email",
    "listing": "the listing",
    "contact": "the contact",
    "calendar": "the calendar",
    "knowledge": "our knowledge",
}
NEGATIONS = frozenset(word for words in LANGUAGES.values() for word in words.negation)
# These say no only beside another word for it.
NO = (NEGATIONS - {"plus", "noch", "ni"}) | {"n"}
BREAKS = frozenset(", ; : ( ) and but und aber et mais y pero e ma mas ，；：".split())  # noqa: SIM905


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
class Part:
    """A clause of a source's sentence. `quoted`: the quote reaches into it; `left_out`: what stands before the quote;
    `last` is the quote's last word or figure in it, and `left_off` what stands behind that.

    `near`: what its words are near to.
    """

    tokens: tuple[Token, ...]
    quoted: bool
    left_out: tuple[Token, ...] = ()
    last: Token | None = None
    left_off: tuple[Token, ...] = ()

    @cached_property
    def near(self) -> frozenset[str]:
        return frozenset(name for token in self.tokens if token.word for name in likenesses(token.word))

    @property
    def negated(self) -> bool:
        return any(token.word in NO for token in self.tokens)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(token.word for token in self.tokens if token.word)


@dataclass(frozen=True)
class Backing:
    """What stands behind a claim. `problem` says in plain words why nothing does; then all else is empty.

    words: every word of the quotes, of the field's label and name and of the source's title, with their
    stems. quoted: the words of the quotes alone. concepts: what these words name. segments: the figures of
    each sentence of the source that the quote reaches into, those alone that it holds whole; quoted_figures:
    the same without those of the title. negated: one of these sentences says no. reached: the tokens of each
    of these sentences, and whether the quote holds them; named: the words of the label and the title. context:
    these sentences as they stand in the source.
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
    reached: tuple[tuple[tuple[Token, bool], ...], ...] = ()
    named: tuple[Token, ...] = ()
    context: str = ""

    @property
    def kind(self) -> str:
        return self.claim.source_kind

    @property
    def label(self) -> str:
        """What its field is called."""
        fields = self.source.fields if self.source else ()
        return next((item.label for item in fields if item.name == self.claim.field), "")

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The quote's words and figures."""
        return tuple(token for sentence in self.reached for token, inside in sentence if inside)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The clauses of the sentences that the quote reaches into."""
        return tuple(part for sentence in self.reached for part in _parts(sentence))

    @cached_property
    def whole(self) -> frozenset[str]:
        """Every word that a person sees when they read the quote in its source: its sentences, label and title."""
        read = [token for sentence in self.reached for token, _ in sentence]
        words = [token.word for token in (*read, *self.named) if token.word]
        return frozenset([*words, *(part for word in words if "-" in word for part in word.split("-"))])

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """What the words of all fields of its source are near to."""
        fields = self.source.fields if self.source else ()
        words = {token.word for f in fields for text in (f.label, f.text) for token in cut(text) if token.word}
        return frozenset(name for word in words for name in likenesses(word))

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(map(root, self.whole))

    @cached_property
    def near(self) -> frozenset[str]:
        """What its words are near to."""
        return frozenset(
            name
            for names in (
                *map(likenesses, self.whole),
                *(_near_figure(figure) for figure in self.figures),
                *(likenesses(word) for figure in self.figures for word in _figure_words(figure)),
            )
            for name in names
        )

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        read = [token for sentence in self.reached for token, _ in sentence]
        return tuple(token.figure for token in (*read, *self.named) if token.figure)


@dataclass(frozen=True)
class _Quoted:
    """What a quote gives to every claim that rests on it: of the same names as in Backing."""

    words: frozenset[str]
    quoted: frozenset[str]
    segments: tuple[tuple[Figure, ...], ...]
    quoted_figures: tuple[tuple[Figure, ...], ...]
    reached: tuple[tuple[tuple[Token, bool], ...], ...]
    named: tuple[Token, ...]
    context: str

    @cached_property
    def forms(self) -> frozenset[str]:
        return self.words.union(map(stem, self.words))

    @cached_property
    def concepts(self) -> frozenset[str]:
        return frozenset(concept for word in self.words for concept in concepts_of(word))

    @cached_property
    def negated(self) -> bool:
        return any(token.word in NEGATIONS for sentence in self.reached for token, _ in sentence)


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
    label = next(item.label for item in source.fields if item.name == claim.field)
    own = source.kind != "message"  # what the customer called their mail supports nothing
    naming = f"{label} {_spoken(claim.field)} {source.title}" if own else ""
    quoted = _read(claim.quote, cited, naming, source.title if own else "")
    if quoted is None:
        return Backing(claim, source, spans, problem=f"The quote does not stand in {name}.")
    return Backing(
        claim=claim,
        source=source,
        spans=spans,
        words=quoted.forms,
        quoted=quoted.quoted,
        concepts=quoted.concepts,
        quoted_figures=quoted.quoted_figures,
        segments=quoted.segments,
        negated=quoted.negated,
        reached=quoted.reached,
        named=quoted.named,
        context=quoted.context,
    )


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")


@lru_cache(maxsize=1024)  # what a listing says is quoted to everybody who asks
def _read(quote: str, cited: str, naming: str, title: str) -> _Quoted | None:
    """A quote in its field; None where it does not stand there. `naming` is what the field and its source are called,
    `title` what the source is.
    """
    standing = [(a, b) for a, b in places(quote, cited) if _whole(cited, a, b)]
    if not standing:
        return None
    words: set[str] = set()
    segments, reached, context = [], [], []
    for segment in SEGMENT.finditer(cited):
        here = [(a, b) for a, b in standing if a < segment.end() and segment.start() < b]
        if not here:
            continue
        read = cut(segment.group(), segment.start())
        held = [any(a <= token.start and token.end <= b for a, b in here) for token in read]
        inside = [token for token, holds in zip(read, held, strict=True) if holds]
        context.append(segment.group().strip())
        reached.append(tuple(zip(read, held, strict=True)))
        words |= {token.word for token in inside if token.word}
        words |= {word for token in inside if token.figure for word in _figure_words(token.figure)}
        segments.append(tuple(token.figure for token in inside if token.figure))
    named = cut(naming)
    figures = tuple(token.figure for token in cut(title) if token.figure)
    return _Quoted(
        words=frozenset(words | {token.word for token in named if token.word}),
        quoted=frozenset(words),
        segments=(*segments, *((figures,) if figures else ())),
        quoted_figures=tuple(segments),
        reached=tuple(reached),
        named=named,
        context=" … ".join(context),
    )


def _near_figure(figure: Figure) -> Iterator[str]:
    """What a day or a time may be called: "in the morning", "in December", "during the week"."""
    for value in figure.values:
        if figure.kind == "time" and isinstance(value, int):
            yield from (name for name, begins, ends in DAY_PARTS if begins <= value < ends)
        elif figure.kind == "date" and isinstance(value, tuple):
            yield f"month {value[1]}"
        elif figure.kind == "weekday" and isinstance(value, int):
            yield "~weekday" if value < SATURDAY else "~weekend"
        elif figure.kind == "money":
            yield "~price"


def _parts(sentence: Sequence[tuple[Token, bool]]) -> list[Part]:
    cuts = [0, *(place for place, (token, _) in enumerate(sentence) if token.word in BREAKS), len(sentence)]
    pieces = [sentence[start:end] for start, end in pairwise(cuts)]
    return [_part(piece) for piece in pieces if piece]


def _part(piece: Sequence[tuple[Token, bool]]) -> Part:
    behind = sum(1 for _ in takewhile(lambda held: not held[1], reversed(piece)))
    tokens = tuple(token for token, _ in piece)
    return Part(
        tokens,
        any(inside and token.word not in BREAKS for token, inside in piece),
        tuple(token for token, _ in takewhile(lambda held: not held[1], piece)),
        tokens[-behind - 1] if behind < len(tokens) else None,
        tokens[len(tokens) - behind :],
    )


def _whole(text: str, start: int, end: int) -> bool:
    """Whether the quote begins and ends between words: "not allowed" is not quoted by "allow"."""
    starts_inside = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    ends_inside = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (starts_inside and text[start].isascii()) and not (ends_inside and text[end - 1].isascii())


def _figure_words(figure: Figure) -> set[str]:
    """A figure written in letters ("Saturday", "noon") is also a word that may be repeated as it stands."""
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", figure.text)}


@lru_cache(maxsize=1024)
def cut(text: str, offset: int = 0) -> tuple[Token, ...]:
    """The words and figures of a source, whatever its language."""
    return tuple(tokens(text, None, offset))
