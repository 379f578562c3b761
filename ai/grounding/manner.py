"""Sentences without a claim that state nothing of the world: courtesy, a question, a request, a promise that is kept.

Told by how a sentence is built: who it speaks of, whether it asserts, and that all its words are ones of small talk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ai.grounding.authority import Clause
from ai.grounding.evidence import NEGATIONS, NO
from ai.grounding.figures import Figure, agree
from ai.grounding.lexicon import ORDINARY_ROOTS, SENSITIVE, SMALL_ROOTS, Words, likenesses, root
from ai.grounding.lexicon.limits import LIGHT
from ai.grounding.lexicon.manners import (
    CHANGES,
    CONDITIONALS,
    HESITATE,
    INTERROGATIVES,
    KNOWING,
    MILD,
    OPENERS,
    PEOPLE,
    REQUESTS,
    UNSPOKEN,
)
from ai.grounding.tokens import Token

Manner = Literal["", "silent", "shown"]


@dataclass(frozen=True)
class Known:
    """What may be named without a source: the property by its title, and what the customer wrote.

    near: what the words of the customer are near to; topics: what those of all sources are.
    """

    named: frozenset[str]
    named_figures: tuple[Figure, ...]
    written: frozenset[str]
    written_figures: tuple[Figure, ...]
    near: frozenset[str]
    topics: frozenset[str]


def manner_of(
    cut: Sequence[Token],
    clause: Clause,
    words: Words,
    language: str,
    known: Known,
    *,
    free: frozenset[int],
    asks: bool,
    keeps: bool,
) -> Manner:
    """`silent` where the sentence states nothing, `shown` where a person should read it once, else "".

    `free` are the places of words that need no source; `asks`: it ends with a question mark; `keeps`: it promises
    what an action of the proposal does.
    """
    said = {token.word for token in cut if token.word}
    if not any(word.isalpha() for word in said):
        return ""
    openers = OPENERS.get(language, frozenset()) | (words.courtesy - words.second - words.glue)
    opening = next((token.start for token in cut if token.word in openers), None)
    addressed = bool(said & words.second)
    asserted = clause.asserted_from is not None
    asking = REQUESTS.get(language, frozenset())
    asserted = asserted and not any(token.start == clause.asserted_from and token.word in asking for token in cut)
    ignorant = _ignorant(said, words, language)
    if keeps or ignorant:
        asserted = asserted and not any(
            token.word in INTERROGATIVES and token.start < (clause.asserted_from or 0) for token in cut
        )
    requests = (addressed or language in UNSPOKEN) and bool(said & asking) and not asserted
    promised = not keeps and promises(said, words, language)
    talks = addressed and not promised and not said & words.asserting and not said & NO
    if promised and not asks and not ignorant:
        return ""
    if not (asks or talks or keeps or requests or ignorant or opening is not None):
        return ""
    waits = keeps and bool(said & CONDITIONALS)
    if asserted and not (asks or waits or ignorant) and not _carried(cut, clause, words, opening, language):
        return ""
    found = list(
        _weights(
            cut,
            words,
            language,
            known,
            free,
            openers,
            keeps=keeps or (opening is not None and not asserted),
            ignorant=ignorant,
        )
    )
    weights = {weight for weight in found if weight != "few" or not (asks or requests)}
    room = UNKNOWN[
        "ignorant"
        if ignorant
        else "keeps"
        if keeps
        else "asserts"
        if asserted
        else "opens"
        if opening is not None
        else "other"
    ]
    if weights & {"heavy", "few"} or found.count("unknown") > room:
        return ""
    hesitates = any(word.startswith(HESITATE) for word in said)
    plain = not weights and not keeps and not ignorant and (asks or (opening is not None and not asserted))
    return "silent" if plain and (not said & NEGATIONS or hesitates or asks) else "shown"


def promises(said: set[str], words: Words, language: str) -> bool:
    """Whether the writer says what they will do."""
    return any(len(word) > LONG and word.endswith(FUTURE.get(language, ())) for word in said) or bool(
        said & WILL and said & words.first
    )


def _ignorant(said: set[str], words: Words, language: str) -> bool:
    """Whether the writer says that they, or their papers, do not tell: "I can't say yet whether ..." """
    speaks = said & (words.first | words.always_first) or language in UNSPOKEN
    return bool(speaks and said & NO and said & KNOWING.get(language, frozenset()))


def _carried(cut: Sequence[Token], clause: Clause, words: Words, opening: int | None, language: str) -> bool:
    """Whether what is asserted hangs on an opening that speaks of the reader or the writer: "I understand that ..." """
    if opening is None or clause.asserted_from is None:
        return False
    spoken = words.first | words.second | words.always_first | PEOPLE.get(language, frozenset())
    before = {token.word for token in cut if token.start < max(clause.asserted_from, opening)}
    following = {token.word for token in cut if token.start >= opening}
    return (bool(before & spoken) and opening < clause.asserted_from) or bool(
        following & words.second and opening - clause.asserted_from < CLOSE and opening > clause.asserted_from
    )


DAYS = frozenset({"today", "tomorrow"})
# How many words of no list may stand in a sentence that says what we do not know, that promises, that asserts.
UNKNOWN = {"ignorant": 4, "keeps": 3, "asserts": 2, "opens": 3, "other": 1}
LONG = 6  # letters of a verb in the future at least
FUTURE = {"fr": ("rons", "rai"), "es": ("remos", "ré"), "it": ("remo", "rò"), "pt": ("remos", "rei")}
WILL = frozenset({"will", "shall", "i'll", "we'll", "werde", "werden"})
FEW = 5  # days or times that a reader may be asked for
CLOSE = 20  # characters between "it's" and "lovely" in "it's really lovely that you"


def _light(word: str, small: frozenset[str], openers: frozenset[str], people: frozenset[str], known: Known) -> bool:
    return root(word) in small or word in openers or word in people or root(word) in known.named


def _weights(
    cut: Sequence[Token],
    words: Words,
    language: str,
    known: Known,
    free: frozenset[int],
    openers: frozenset[str],
    *,
    keeps: bool,
    ignorant: bool,
) -> Iterator[str]:
    """For each word that is not one of small talk, how much it weighs: mild, theirs, unknown or heavy."""
    ordinary, small = ORDINARY_ROOTS.get(language, frozenset()), SMALL_ROOTS.get(language, frozenset())
    people = PEOPLE.get(language, frozenset())
    for token in cut:
        if token.figure is not None:
            if any(agree(token.figure, figure) for figure in known.named_figures):
                continue
            if token.figure.kind == "number" and max(v for v in token.figure.values if isinstance(v, Decimal)) <= FEW:
                yield "few"
                continue
            yield "theirs" if any(agree(token.figure, figure) for figure in known.written_figures) else "heavy"
            continue
        word = token.word
        if word in words.known or word in words.breaking or word in NEGATIONS or token.start in free:
            continue
        if not likenesses(word).isdisjoint(DAYS):
            yield "heavy"
            continue
        pieces = (word, *word.split("-")) if "-" in word else (word,)
        if any(_light(piece, small, openers, people, known) for piece in pieces[:1]) or (
            len(pieces) > 1
            and all(piece in words.known or _light(piece, small, openers, people, known) for piece in pieces[1:])
        ):
            continue
        near = likenesses(word)
        if (not near.isdisjoint(MILD) and near.isdisjoint(SENSITIVE - {"open"})) or (
            root(word) in ordinary and near.isdisjoint(SENSITIVE)
        ):
            yield "mild"
        elif root(word) in known.written and near.isdisjoint(SENSITIVE):
            yield "theirs"
        elif keeps and not near.isdisjoint(known.topics | CHANGES):
            yield "mild"
        else:
            grave = not near <= LIGHT or not token.plain
            yield "heavy" if (grave and not ignorant) or (near and not (keeps or ignorant)) else "unknown"
