"""A sentence that says in its own words what a quote says: not supported, but a person can compare the two.

Everything that can mislead has to be accounted for: each figure, each word that is not an ordinary one, each "no" and
each limit of the source. What is left are words that say nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from ai.grounding.authority import AUTHORITATIVE, Clause
from ai.grounding.evidence import NEGATIONS, NO, Backing, Part
from ai.grounding.figures import Figure, agree
from ai.grounding.lexicon import LANGUAGES, ORDINARY, ORDINARY_ROOTS, SENSITIVE, Words, concepts_of, likenesses, root
from ai.grounding.lexicon.limits import CLOSED, GRAVE, LIGHT, LIMITS, PLACES, SOFT_NO, STRONG, STRONG_WORDS
from ai.grounding.tokens import Token

ENOUGH = 0.5  # share of a quote that has to be said
LONGEST_NEED = 4  # words of a quote that are enough, however long it is
COMPOUND = 5  # letters that a part of a compound has at least
SMALL = frozenset().union(*(words.glue | words.second | words.first for words in LANGUAGES.values()))
# What the first may be said of where the source speaks of the second; its limits have to be said all the same.
FOLLOWS = ((frozenset({"~welcome"}), frozenset({"~considered"})),)
LONG = 6  # letters that a word has at least of which the first two deny the rest
MOST_UNSAID = 4  # words of no list
NOUNS_LIKE_NAMES = frozenset({"de", "zh"})
STREETS = ("straße", "strasse", "allee", "weg", "platz", "gasse", "ring", "ufer")
TITLES = frozenset({"herr", "herrn", "frau", "familie", "firma"})
# They say less than the source, not more.
LESS = frozenset("only nur seulement uniquement solo sólo solamente soltanto só apenas".split())  # noqa: SIM905
HOURS = frozenset({"~hours_open", "hours"})
HALF_DAY = 12
AMOUNTS = ("money", "percent", "number")
TEMPORAL = ("date", "weekday", "time")
SPEAKING = frozenset({"listing", "calendar", "knowledge", "contact"})


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
        words = frozenset(part for token in cut if token.word for part in (token.word, *_parts(token.word)))
        return cls(
            tokens=tuple(cut),
            roots=frozenset(map(root, words)),
            near=frozenset(name for word in words for name in likenesses(word)),
            words=words,
            figures=tuple(token.figure for token in cut if token.figure),
            says_no=bool(words & (NO | CLOSED)),
        )


def compared(
    cut: Sequence[Token],
    sound: Sequence[Backing],
    clause: Clause,
    words: Words,
    language: str,
    free: frozenset[int],
    asked: frozenset[str] = frozenset(),
) -> tuple[Backing, ...]:
    """The claims that a person compares the sentence with; empty where it says something that none of them says.

    `free` are the places of words that are accounted for already; `asked`: what the customer's words are near to.
    """
    leading = tuple(backing for backing in sound if backing.kind in SPEAKING)
    said = Said.of(cut)
    if beheaded(cut, sound):
        return ()
    says_no = _says_no(cut, leading, words)
    if not leading or not all(_of_this(backing, clause) and _told(backing, said) for backing in leading):
        return ()
    unsaid = [token for token in unaccounted(cut, leading, words, language) if token.start not in free]
    if any(
        _misnamed(token, before.word, leading, language) for before, token in pairwise(cut) if token.start not in free
    ):
        return ()
    heavy = [token for token in unsaid if _heavy(token, language)]
    if (
        len(unsaid) > MOST_UNSAID
        or len(heavy) > 1
        or not all(_beside_the_point(token, leading, asked) for token in heavy)
    ):
        return ()
    if any(_moves(cut, index, leading, words) for index in range(len(cut))):
        return ()
    if not _together(cut, leading) or not _paired(cut, leading, words, free):
        return ()
    parts = [part for backing in leading for part in backing.parts if part.quoted or _in_play(part, said)]
    if _contradicts(said, parts, says_no=says_no) or _unlimited(said, parts):
        return ()
    return leading


def beheaded(cut: Sequence[Token], sound: Sequence[Backing]) -> tuple[Backing, ...]:
    """The claims whose quote begins behind what its source speaks of, where the sentence does not speak of that."""
    said = Said.of(cut)
    return tuple(
        backing
        for backing in sound
        if backing.kind in SPEAKING
        for part in backing.parts
        if part.quoted and (heads := [token for token in part.left_out if _weighs(token.word)])
        if not any(_says(said, token) for token in heads)
    )


def unaccounted(cut: Sequence[Token], leading: Sequence[Backing], words: Words, language: str) -> Iterator[Token]:
    """The words and figures that none of the claims says, in any words."""
    return (token for token in cut if not _accounted(token, leading, words, language))


def _misnamed(token: Token, before: str, leading: Sequence[Backing], language: str) -> bool:
    """Whether it is a name that no source spells so; in German every noun begins like one."""
    if token.plain or not token.word or (language in NOUNS_LIKE_NAMES and before not in TITLES):
        return False
    return token.word not in SMALL and not any(root(token.word) in backing.roots for backing in leading)


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
    """Whether a word that no list knows may not stand: a figure, a name, a limit, or what would be a fact by itself."""
    near = likenesses(token.word)
    named = not token.plain and (language not in NOUNS_LIKE_NAMES or token.word.endswith(STREETS))
    return (
        token.figure is not None
        or named
        or token.word in STRONG_WORDS
        or token.word in PLACES.get(language, ())
        or not near <= LIGHT
    )


def _of_this(backing: Backing, clause: Clause) -> bool:
    return backing.kind != "listing" or clause.listings is None or backing.claim.source_id in clause.listings


def _together(cut: Sequence[Token], leading: Sequence[Backing]) -> bool:
    """Whether a day and the times said with it are those of one claim."""
    groups: list[list[Token]] = []
    for token in cut:
        if token.figure is None or token.figure.kind not in TEMPORAL:
            continue
        if not groups or (token.figure.kind != "time" and groups[-1][-1].figure.kind == "time"):  # type: ignore[union-attr]
            groups.append([])
        groups[-1].append(token)
    return all(any(all(_knows(backing, token) for token in group) for backing in leading) for group in groups)


def _paired(cut: Sequence[Token], leading: Sequence[Backing], words: Words, free: frozenset[int]) -> bool:
    """Whether each amount is said of what its own claim says it of, clause by clause."""
    parts: list[list[Token]] = [[]]
    for token in cut:
        if token.word in words.breaking:
            parts.append([])
        parts[-1].append(token)
    for part in parts:
        amounts = [t for t in part if t.figure and t.figure.kind in AMOUNTS and t.start not in free]
        named = [token for token in part if _weighs(token.word) and any(_knows(backing, token) for backing in leading)]
        if amounts and not any(
            all(_knows(backing, token) for token in amounts)
            and (not named or any(_knows(backing, token) for token in named))
            for backing in leading
        ):
            return False
    return True


def _parts(word: str) -> tuple[str, ...]:
    return tuple(part for part in word.split("-") if part) if "-" in word else ()


def _told(backing: Backing, said: Said) -> bool:
    """Whether most of what the quote says is said."""
    items = [token for token in backing.tokens if token.figure or token.word in NO or _weighs(token.word)]
    items = items or [token for token in backing.tokens if token.word.isalnum()]
    told = sum(_says(said, token) for token in items)
    figures = [token for token in items if token.figure is not None]
    if figures and not any(_says(said, token) for token in figures):
        return False
    return bool(items) and told >= min(ENOUGH * len(items), LONGEST_NEED) and told > 0


def _weighs(word: str) -> bool:
    return word.isalnum() and word not in SMALL


def _says(said: Said, token: Token) -> bool:
    if token.figure is not None:
        return any(_agree(figure, token.figure) for figure in said.figures)
    if token.word in NO:
        return said.says_no or not said.near.isdisjoint(SOFT_NO)
    if token.word in said.words or root(token.word) in said.roots or not likenesses(token.word).isdisjoint(said.near):
        return True
    return any(_compound(word, token.word) for word in said.words)


def _agree(said: Figure, known: Figure) -> bool:
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


def _accounted(token: Token, leading: Sequence[Backing], words: Words, language: str) -> bool:
    if token.figure is not None:
        return any(_knows(backing, token) for backing in leading)
    word = token.word
    if word in LESS:
        return True
    strong = STRONG.get(language, {}).get(word) or PLACES.get(language, {}).get(word)
    if strong is not None:
        return any(not strong.isdisjoint(backing.near) for backing in leading)
    if word in words.known or word in words.breaking or word in NEGATIONS or word in ORDINARY.get(language, ()):
        return True
    parts = _parts(word)
    if len(parts) > 1 and all(part in words.known or root(part) in ORDINARY_ROOTS.get(language, ()) for part in parts):
        return True
    if root(word) in ORDINARY_ROOTS.get(language, ()) and likenesses(word).isdisjoint(SENSITIVE):
        return True
    return any(_knows(backing, token) for backing in leading)


def _knows(backing: Backing, token: Token) -> bool:
    if token.figure is not None:
        one = token.figure.kind == "number" and token.figure.values == {Decimal(1)}
        afternoon = token.figure.kind == "number" and not HOURS.isdisjoint(backing.near)
        return any(
            _agree(token.figure, known) or (afternoon and _twelve_later(token.figure, known))
            for known in backing.figures
        ) or (one and "~single" in backing.near)
    if backing.kind not in AUTHORITATIVE and not concepts_of(token.word).isdisjoint(SENSITIVE):
        return False
    parts = _parts(token.word)
    return _near(backing, token.word) or (len(parts) > 1 and all(_near(backing, part) for part in parts))


def _near(backing: Backing, word: str) -> bool:
    near = likenesses(word)
    return (
        word in SMALL
        or root(word) in backing.roots
        or not near.isdisjoint(backing.near)
        or any(not near.isdisjoint(names) and not held.isdisjoint(backing.near) for names, held in FOLLOWS)
        or any(_compound(known, word) and len(known) >= len(word) for known in backing.whole)
    )


def _in_play(part: Part, said: Said) -> bool:
    """Whether the sentence takes up something of this part of the source."""
    return any(
        (token.figure is not None and any(_agree(figure, token.figure) for figure in said.figures))
        or (
            _weighs(token.word) and (root(token.word) in said.roots or not likenesses(token.word).isdisjoint(said.near))
        )
        for token in part.tokens
    )


def _says_no(cut: Sequence[Token], leading: Sequence[Backing], words: Words) -> bool:
    """Whether a clause that takes up a source says no; "I can't say more" beside it does not count."""
    parts: list[list[Token]] = [[]]
    for token in cut:
        if token.word in words.breaking:
            parts.append([])
        parts[-1].append(token)
    return any(
        any(token.word in NO or token.word in CLOSED for token in part)
        and any((token.figure or _weighs(token.word)) and any(_knows(b, token) for b in leading) for token in part)
        for part in parts
    )


def _contradicts(said: Said, parts: Sequence[Part], *, says_no: bool) -> bool:
    """A "no" on one side and none on the other."""
    denied = any(part.negated for part in parts)
    softly = any(not part.near.isdisjoint(SOFT_NO) or any(map(_denies, part.words)) for part in parts)
    if says_no:
        return not (denied or softly)
    return denied and not said.says_no and said.near.isdisjoint(SOFT_NO) and not any(map(_denies, said.words))


def _denies(word: str) -> bool:
    """Whether a word begins with a "no": "unheated", "unrenoviert"."""
    return (
        len(word) > LONG and word.startswith(("un", "non")) and not word.startswith(("under", "unter", "unser", "univ"))
    )


def _unlimited(said: Said, parts: Sequence[Part]) -> bool:
    """The source limits what it says ("only", "about", "if"), and the sentence does not."""
    words = frozenset[str]().union(*(part.words for part in parts))
    return any(
        not words.isdisjoint(limit.words) and said.near.isdisjoint(limit.kept_by) and not (limit.by_no and said.says_no)
        for limit in LIMITS
    )
