"""A sentence in the writer's own words, and whether a word or figure of it is one of a source's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ai.grounding.authority import AUTHORITATIVE
from ai.grounding.evidence import NO, Backing, Part
from ai.grounding.figures import Figure, Value, agree
from ai.grounding.lexicon import LANGUAGES, SENSITIVE, Words, concepts_of, likenesses, root
from ai.grounding.lexicon.limits import CLOSED, SOFT_NO
from ai.grounding.tokens import Token

PETS = frozenset({"pets", "~pets"})
COMPOUND = 5  # letters that a part of a compound has at least
SMALL = frozenset().union(*(words.glue | words.second | words.first for words in LANGUAGES.values()))
# What the first may be said of where the source speaks of the second; its limits have to be said all the same.
FOLLOWS = ((frozenset({"~welcome"}), frozenset({"~considered"})),)
RANGES = frozenset({"to", "through", "until", "till", "bis", "au", "à", "al", "a", "até"})
ARTICLES = frozenset({"the", "zum", "le", "el", "la", "il"})
_WORKING_WEEK = (
    "weekday weekdays werktags werktag werktage werktagen ouvré ouvrés laborable laborables feriali útil úteis"
)
WORKING_WEEK = frozenset(_WORKING_WEEK.split())
WEEKEND = frozenset({"weekend", "weekends", "wochenende", "wochenenden", "week-end", "week-ends"})
ORDINALS: dict[Value, str] = {
    Decimal(n): f"~{n}{ending}" for n, ending in ((2, "nd"), (3, "rd"), *((n, "th") for n in range(4, 11)))
}
NE = frozenset({"n", "ne"})
HOURS = frozenset({"~hours_open", "hours"})
HALF_DAY = 12


@dataclass(frozen=True)
class Said:
    """A sentence as it is compared: its words with what they are near to, and its figures."""

    tokens: tuple[Token, ...]
    roots: frozenset[str]
    near: frozenset[str]
    words: frozenset[str]
    figures: tuple[Figure, ...]
    says_no: bool

    @classmethod
    def of(cls, cut: Sequence[Token]) -> Said:
        words = frozenset(part for token in cut if token.word for part in (token.word, *word_parts(token.word)))
        return cls(
            tokens=tuple(cut),
            roots=frozenset(map(root, words)),
            near=frozenset(name for word in words for name in likenesses(word)),
            words=words,
            figures=tuple(token.figure for token in cut if token.figure),
            says_no=bool((words - NE if only_after_ne(cut) else words) & (NO | CLOSED)),
        )


def clauses_of(cut: Sequence[Token], words: Words) -> list[list[Token]]:
    """The parts of a sentence, each with the word or mark that opens it."""
    parts: list[list[Token]] = [[]]
    for token in cut:
        if token.word in words.breaking:
            parts.append([])
        parts[-1].append(token)
    return parts


def only_after_ne(cut: Sequence[Token]) -> bool:
    """Whether a French "ne" means "only": "n'ouvre qu'à partir de"."""
    ne = next((index for index, token in enumerate(cut) if token.word in NE), None)
    return ne is not None and any(token.word in ("qu", "que") for token in cut[ne : ne + 5])


def weighs(word: str) -> bool:
    return word.isalnum() and word not in SMALL


def says(said: Said, token: Token) -> bool:
    if token.figure is not None:
        spelled = token.figure.text.casefold() in said.words
        return spelled or any(agree_loosely(figure, token.figure) for figure in said.figures)
    if token.word in NO:
        return said.says_no or not said.near.isdisjoint(SOFT_NO)
    if token.word in said.words or root(token.word) in said.roots or not likenesses(token.word).isdisjoint(said.near):
        return True
    return any(_compound(word, token.word) for word in said.words)


def agree_loosely(said: Figure, known: Figure) -> bool:
    """As in a supported sentence; and "at ten" is the time, "the 28th" the day of a date."""
    if agree(said, known):
        return True
    if said.kind != "number" or known.kind not in ("time", "date"):
        return False
    if known.kind == "date":
        return any(isinstance(day, tuple) and day[2] in said.values for day in known.values)
    return any(isinstance(m, int) and m % 60 == 0 and (m // 60 - 1) % 12 + 1 in said.values for m in known.values)


def _twelve_later(said: Figure, known: Figure) -> bool:
    """Whether the source counts the hours of a day and the sentence those of its half: "from 4 to 7", "16 to 19"."""
    return known.kind == "number" and any(
        isinstance(value, Decimal) and value > HALF_DAY and value - HALF_DAY in said.values for value in known.values
    )


def _compound(one: str, other: str) -> bool:
    """Whether one of two words is the last part of the other: "Miete" of "Kaltmiete"."""
    a, b = sorted((root(one), root(other)), key=len)
    return len(a) >= COMPOUND and b.endswith(a)


def knows(backing: Backing, token: Token) -> bool:
    if token.figure is not None:
        one = token.figure.kind == "number" and token.figure.values == {Decimal(1)}
        if token.figure.kind == "number" and any(ORDINALS.get(value) in backing.near for value in token.figure.values):
            return True
        if is_weekday(token) and not token.figure.values.isdisjoint(weekdays_of(backing)):
            return True
        afternoon = token.figure.kind == "number" and not HOURS.isdisjoint(backing.near)
        return any(
            agree_loosely(token.figure, known) or (afternoon and _twelve_later(token.figure, known))
            for known in backing.figures
        ) or (one and "~single" in backing.near)
    if backing.kind not in AUTHORITATIVE and not concepts_of(token.word).isdisjoint(SENSITIVE):
        return False
    parts = word_parts(token.word)
    return near_to(backing, token.word) or (len(parts) > 1 and all(near_to(backing, part) for part in parts))


def near_to(backing: Backing, word: str) -> bool:
    near = likenesses(word)
    return (
        word in SMALL
        or root(word) in backing.roots
        or not near.isdisjoint(backing.near)
        or any(not near.isdisjoint(names) and not held.isdisjoint(backing.near) for names, held in FOLLOWS)
        or any(_compound(known, word) and len(known) >= len(word) for known in backing.whole)
    )


def word_parts(word: str) -> tuple[str, ...]:
    return tuple(part for part in word.split("-") if part) if "-" in word else ()


def in_play(part: Part, said: Said) -> bool:
    """Whether the sentence takes up something of this part of the source. A dog is no cat, though both are pets."""
    return any(
        (token.figure is not None and any(agree_loosely(figure, token.figure) for figure in said.figures))
        or (
            weighs(token.word)
            and (
                root(token.word) in said.roots
                or not (likenesses(token.word) - (frozenset() if part.quoted else PETS)).isdisjoint(said.near)
            )
        )
        for token in part.tokens
    )


def weekdays_of(backing: Backing) -> frozenset[Value]:
    """The weekdays that a source names, also by a range ("Tuesday to Saturday") or as those of the working week."""
    named: set[Value] = set()
    if not backing.whole.isdisjoint(WEEKEND):
        named |= {5, 6}
    if not backing.whole.isdisjoint(WORKING_WEEK):
        named |= {0, 1, 2, 3, 4}
    for sentence in backing.reached:
        last, until = -1, False
        for token, _ in sentence:
            days = [v for v in token.figure.values if isinstance(v, int)] if is_weekday(token) and token.figure else []
            if days:
                named |= set(range(last, days[0] + 1) if until and 0 <= last < days[0] else days)
                last = days[0]
            until = last >= 0 and (token.word in RANGES or (until and token.word in ARTICLES))
    return frozenset(named)


def is_weekday(token: Token) -> bool:
    return token.figure is not None and token.figure.kind == "weekday"
