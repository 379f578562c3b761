"""A sentence that says in its own words what a quote says: not supported, but a person can compare the two.

Everything that can mislead has to be accounted for: each figure, each word that is not an ordinary one, each "no" and
each limit of the source. What is left are words that say nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ai.grounding.authority import Clause
from ai.grounding.calendar_words import MONTHS
from ai.grounding.contrasts import (
    POSITIONS,
    SPEAKING,
    affirmed,
    contradicts,
    cut_short,
    denied_anew,
    paired,
    reordered,
    says_no,
    together,
    unbounded,
    unplaced,
    without_other_days,
)
from ai.grounding.evidence import NEGATIONS, NO, Backing
from ai.grounding.gist import likeness
from ai.grounding.lexicon import ORDINARY, ORDINARY_ROOTS, SENSITIVE, Words, likenesses, root
from ai.grounding.lexicon.limits import GRAVE, LIGHT, PLACES, STRONG, STRONG_WORDS
from ai.grounding.lexicon.manners import TITLES
from ai.grounding.material import Material
from ai.grounding.said import SMALL, Said, in_play, knows, says, weekdays_of, weighs, word_parts
from ai.grounding.tokens import Token

ENOUGH = 0.5  # share of a quote that has to be said
LEAST = 0.35  # where the whole is near in meaning
LONGEST_NEED = 4  # words of a quote that are enough, however long it is
MOST_UNSAID = 4  # words of no list
MOST_RISKED = 6  # where the whole is near in meaning
ALIKE = 0.875  # from here on two texts are
ALIKE_IN_ALL = 0.84  # where each word is one of the source
ALIKE_BUT_GRAVE = 0.9
ALIKE_BUT_STRONG = 0.92
# What may be said not to be where the source has nothing but a "no": "no dogs", "dogs are not allowed".
DENIED = frozenset({"allowed", "~welcome", "~able", "~included", "included", "available", "~need", "required"})
_HELD = (
    "~ground ~free_of_charge ~included included ~refund ~discount ~distance ~by_car ~street ~fee fee bond ~2nd ~3rd"
    " ~4th ~5th ~6th ~7th ~8th ~9th ~10th"
)
OPPOSITES = (
    ("~small", "~large"), ("~new", "~old"), ("~furnished", "~unfurnished"), ("~taken", "available"),
    ("~own", "~shared"), ("~taken", "~move_in"), ("~shared", "~single"), ("~renovated", "~original"),
    ("~buyer", "~owner"),
)  # fmt: skip
HELD = POSITIONS | frozenset(_HELD.split())
NOUNS_LIKE_NAMES = frozenset({"de", "zh"})
STREETS = ("straße", "strasse", "allee", "weg", "platz", "gasse", "ring", "ufer")
# They say less than the source, not more.
LESS = frozenset("only nur seulement uniquement solo sólo solamente soltanto só apenas".split())  # noqa: SIM905


@dataclass(frozen=True)
class Comparison:
    """What a person compares a sentence with, and where to look; it is false where a person may not decide.

    unsaid: words of the sentence that no quote says; beside: parts of it that no claim covers.
    """

    backings: tuple[Backing, ...] = ()
    unsaid: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.backings)


def compared(
    cut: Sequence[Token],
    text: str,
    sound: Sequence[Backing],
    clause: Clause,
    material: Material,
    free: frozenset[int],
    *,
    by_meaning: bool = True,
) -> Comparison:
    """The claims that a person compares this part of a sentence, `text`, with; none where it says something that none
    of them says.

    `free` are the places of words that are accounted for already; `by_meaning`: where words do not tell, the meaning
    of the whole does.
    """
    words, language, asked = material.words, material.language, material.known.near
    leading = tuple(backing for backing in sound if backing.kind in SPEAKING)
    if not leading or cut_short(cut, sound) or not all(_of_this(backing, clause) for backing in leading):
        return Comparison()
    if any(_misnamed(token, before, leading, material) for before, token in pairwise(cut) if token.start not in free):
        return Comparison()
    if any(_moves(cut, index, leading, words) for index in range(len(cut))):
        return Comparison()
    cut = without_other_days(cut, leading, words)
    said = Said.of(cut)
    if not together(cut, leading) or not paired(cut, leading, words, free):
        return Comparison()
    parts = [part for backing in leading for part in backing.parts if part.quoted or in_play(part, said)]
    if contradicts(said, parts, says_no=says_no(cut, leading, words)) or unbounded(said, parts):
        return Comparison()
    if (
        unplaced(cut, leading, words)
        or reordered(cut, leading)
        or affirmed(cut, parts, words)
        or denied_anew(cut, leading)
    ):
        return Comparison()
    denied = said.says_no and any(part.negated for part in parts)
    unsaid = [
        token
        for token in unaccounted(cut, leading, words, language)
        if token.start not in free and not (denied and likenesses(token.word) & DENIED)
    ]
    heavy = [token for token in unsaid if _heavy(token, language)]
    figured = all(_some_figure(backing, said) for backing in leading)
    told = all(_told(backing, said) for backing in leading)
    found = Comparison(leading, tuple(dict.fromkeys(token.word for token in unsaid)))
    if (
        told
        and (figured or all(_some_figure(b, said) or _counts_nothing(b, said) for b in leading))
        and len(unsaid) <= MOST_UNSAID
        and len(heavy) <= 1
        and all(_beside_the_point(token, leading, asked) for token in heavy)
    ):
        return found
    if not by_meaning or not figured or not all(_told(backing, said, LEAST) for backing in leading):
        return Comparison()
    grave = [token for token in unsaid if _grave(token, language)]
    if len(unsaid) > MOST_RISKED or len(grave) > told or any(_held(token, language) for token in grave):
        return Comparison()
    if any(_opposite(token, leading) for token in grave):
        return Comparison()
    meant = " ".join(f"{backing.label} {backing.context}" for backing in leading)
    wanted = ALIKE_BUT_GRAVE if grave else ALIKE if unsaid else ALIKE_IN_ALL
    wanted = ALIKE_BUT_STRONG if any(token.word in STRONG_WORDS for token in grave) else wanted
    return found if likeness(text, meant) >= wanted else Comparison()


def unaccounted(cut: Sequence[Token], leading: Sequence[Backing], words: Words, language: str) -> Iterator[Token]:
    """The words and figures that none of the claims says, in any words."""
    return (token for token in cut if not _accounted(token, leading, words, language))


def _misnamed(token: Token, before: Token, leading: Sequence[Backing], material: Material) -> bool:
    """Whether it is a name that no source spells so; in German every noun begins like one, but none follows another."""
    if token.plain or not token.word:
        return False
    spoken = [token]
    if material.language in NOUNS_LIKE_NAMES and before.word not in TITLES:
        spoken = [before, token] if _noun(before, material) and _noun(token, material) else []
    return any(
        one.word not in SMALL
        and not any(one.word in backing.whole for backing in leading)
        and not (root(one.word) in material.known.written and one.word in MONTHS)
        for one in spoken
    )


def _opposite(token: Token, leading: Sequence[Backing]) -> bool:
    near = likenesses(token.word)
    return any(
        (one in near and any(other in backing.near for backing in leading))
        or (other in near and any(one in backing.near for backing in leading))
        for one, other in OPPOSITES
    )


def _noun(token: Token, material: Material) -> bool:
    """Whether a German word is written like a noun, and is none that everybody knows."""
    return bool(
        not token.plain and token.word and token.word not in material.words.known and not likenesses(token.word)
    )


def _held(token: Token, language: str) -> bool:
    """Whether nobody is asked to compare it: a figure, a name, a place, a month, what is free or included."""
    near = likenesses(token.word)
    return (
        _named(token, language)
        or token.figure is not None
        or token.word in PLACES.get(language, ())
        or not near.isdisjoint(HELD)
        or any(name.startswith("month ") for name in near)
    )


def _named(token: Token, language: str) -> bool:
    return not token.plain and (language not in NOUNS_LIKE_NAMES or token.word.endswith(STREETS))


def _grave(token: Token, language: str) -> bool:
    """Whether what no source says could be a fact by itself: a figure, a name, a limit, a place, a price, a state."""
    near = likenesses(token.word)
    return (
        token.figure is not None
        or _named(token, language)
        or token.word in STRONG_WORDS
        or token.word in PLACES.get(language, ())
        or not near.isdisjoint(SENSITIVE | GRAVE)
        or any(name.startswith("month ") for name in near)
    )


def _moves(cut: Sequence[Token], index: int, leading: Sequence[Backing], words: Words) -> bool:
    """Whether a word bounds the amount behind it ("more than two") as no source does."""
    word = cut[index].word
    if word not in words.bounds or not any(token.figure for token in cut[index + 1 : index + 3]):
        return False
    return not any(root(word) in backing.roots or not likenesses(word).isdisjoint(backing.near) for backing in leading)


def _beside_the_point(token: Token, leading: Sequence[Backing], asked: frozenset[str]) -> bool:
    """Whether a thing is only named: the customer wrote of it, or another field of the same source does."""
    near = likenesses(token.word)
    if not near or not near.isdisjoint(SENSITIVE | GRAVE) or token.word in STRONG_WORDS:
        return False
    return not near.isdisjoint(asked) or any(not near.isdisjoint(backing.elsewhere) for backing in leading)


def _heavy(token: Token, language: str) -> bool:
    """Whether a word that no list knows needs its like in a source: it is grave, or names a thing."""
    return _grave(token, language) or not likenesses(token.word) <= LIGHT


def _of_this(backing: Backing, clause: Clause) -> bool:
    return backing.kind != "listing" or clause.listings is None or backing.claim.source_id in clause.listings


def _told(backing: Backing, said: Said, share: float = ENOUGH) -> bool:
    """Whether so much of what the quote says is said."""
    items = [token for token in backing.tokens if token.figure or token.word in NO or weighs(token.word)]
    items = items or [token for token in backing.tokens if token.word.isalnum()]
    told = sum(says(said, token) for token in items)
    return bool(items) and told >= min(share * len(items), LONGEST_NEED) and told > 0


def _some_figure(backing: Backing, said: Said) -> bool:
    """Whether one of the quote's figures is said, where it has any."""
    figures = [token for token in backing.tokens if token.figure is not None]
    days = {day for figure in said.figures if figure.kind == "weekday" for day in figure.values}
    return not figures or any(says(said, token) for token in figures) or not days.isdisjoint(weekdays_of(backing))


def _counts_nothing(backing: Backing, said: Said) -> bool:
    """Whether nothing is said of what the quote's figures count."""
    tokens = backing.tokens
    following = [tokens[i + 1 : i + 3] for i, token in enumerate(tokens) if token.figure is not None]
    return all(after and not any(says(said, token) for token in after) for after in following)


def _accounted(token: Token, leading: Sequence[Backing], words: Words, language: str) -> bool:
    if token.figure is not None:
        return any(knows(backing, token) for backing in leading)
    word = token.word
    if word in LESS:
        return True
    strong = STRONG.get(language, {}).get(word) or PLACES.get(language, {}).get(word)
    if strong is not None:
        strong |= {"~shared"} if "~all" in strong else set()
        strong |= {"~only", "~need", "~appointment"} if "~always" in strong else set()
        return any(not strong.isdisjoint(backing.near) for backing in leading)
    if word in words.known or word in words.breaking or word in NEGATIONS or word in ORDINARY.get(language, ()):
        return True
    parts = word_parts(word)
    if len(parts) > 1 and all(part in words.known or root(part) in ORDINARY_ROOTS.get(language, ()) for part in parts):
        return True
    if root(word) in ORDINARY_ROOTS.get(language, ()) and likenesses(word).isdisjoint(SENSITIVE):
        return True
    return any(knows(backing, token) for backing in leading)
