"""What a sentence turns around though its words are those of its source: a "no", a limit, a place, a day, an amount."""

from __future__ import annotations

from collections.abc import Sequence

from ai.grounding.evidence import NO, Backing, Part
from ai.grounding.lexicon import Words, likenesses, root
from ai.grounding.lexicon.limits import AFTER, BEFORE, CLOSED, LIMITS, SOFT_NO
from ai.grounding.said import SMALL, Said, clauses_of, denials, in_play, is_weekday, knows, says, weekdays_of, weighs
from ai.grounding.tokens import Token

POSITIONS = frozenset(
    {"~front", "~behind", "~above", "~below", "~beside", "~opposite", "~north", "~south", "~east", "~west"}
)
RULING_OUT = frozenset({"rules", "except", "ausgeschlossen", "excepté", "sauf", "salvo", "excepto", "eccetto"})
LONG = 6  # letters that a word has at least of which the first two deny the rest
AMOUNTS = ("money", "percent", "number")
TEMPORAL = ("date", "weekday", "time")
SPEAKING = frozenset({"listing", "calendar", "knowledge", "contact"})


def cut_short(cut: Sequence[Token], sound: Sequence[Backing]) -> tuple[Backing, ...]:
    """The claims whose quote begins behind what its source speaks of, or ends on a small word ("looks onto the"), where
    the sentence does not say what the quote left out.
    """
    said = Said.of(cut if sound else ())
    return tuple(
        backing
        for backing in sound
        if backing.kind in SPEAKING
        for part in backing.parts
        if part.quoted and (_beheaded(part, said) or _hanging(part, said))
    )


def _beheaded(part: Part, said: Said) -> bool:
    heads = [token for token in part.left_out if weighs(token.word)]
    return bool(heads) and not any(says(said, token) for token in heads)


def _hanging(part: Part, said: Said) -> bool:
    if part.last is None or part.last.word not in SMALL:
        return False
    rest = [token for token in part.left_off if weighs(token.word)]
    return bool(rest) and not says(said, rest[0])


def unlimited(cut: Sequence[Token], sound: Sequence[Backing]) -> tuple[Backing, ...]:
    """The claims whose quote is bounded ("only", "if"), where the sentence is not."""
    said = Said.of(cut if sound else ())
    return tuple(
        backing
        for backing in sound
        if backing.kind in SPEAKING and unbounded(said, [part for part in backing.parts if part.quoted])
    )


def unplaced(cut: Sequence[Token], sound: Sequence[Backing], words: Words) -> bool:
    """Whether a place ("behind") is said of a thing that its source puts elsewhere."""
    parts = [part for backing in sound if backing.kind in SPEAKING for part in backing.parts]
    if not parts or not any(likenesses(token.word) & POSITIONS for token in cut):
        return False
    known = [frozenset(name for token in part.tokens for name in _names(token)) for part in parts]
    for clause in clauses_of(cut, words):
        where = frozenset(name for token in clause for name in likenesses(token.word) & POSITIONS)
        for token in clause if where else ():
            places = [names & POSITIONS for names in known if weighs(token.word) and root(token.word) in names]
            if places and all(place and place.isdisjoint(where) for place in places):
                return True
    return False


def reordered(cut: Sequence[Token], sound: Sequence[Backing]) -> bool:
    """Whether the sentence has something before what its source has it after."""
    said = {token.word for token in cut}
    parts = [part.words for backing in sound if backing.kind in SPEAKING for part in backing.parts if part.quoted]
    before = any(not words.isdisjoint(BEFORE) for words in parts)
    return bool(said & BEFORE) and not said & AFTER and not before and any(words & AFTER for words in parts)


def _names(token: Token) -> frozenset[str]:
    return likenesses(token.word) | ({root(token.word)} if weighs(token.word) else frozenset())


def without_other_days(cut: Sequence[Token], leading: Sequence[Backing], words: Words) -> list[Token]:
    """The sentence without its clauses that deny a weekday which no source names: "not on Sundays"."""
    named = {day for backing in leading for day in weekdays_of(backing)}
    kept: list[Token] = []
    for clause in clauses_of(cut, words):
        days = [day for token in clause if token.figure and is_weekday(token) for day in token.figure.values]
        denies = any(token.word in NO or token.word in RULING_OUT for token in clause)
        if not (named and days and denies and named.isdisjoint(days)):
            kept.extend(clause)
    return kept


def together(cut: Sequence[Token], leading: Sequence[Backing]) -> bool:
    """Whether a day and the times said with it are those of one claim."""
    groups: list[list[Token]] = []
    for token in cut:
        if token.figure is None or token.figure.kind not in TEMPORAL:
            continue
        if not groups or (token.figure.kind != "time" and groups[-1][-1].figure.kind == "time"):  # type: ignore[union-attr]
            groups.append([])
        groups[-1].append(token)
    return all(any(all(knows(backing, token) for token in group) for backing in leading) for group in groups)


def paired(cut: Sequence[Token], leading: Sequence[Backing], words: Words, free: frozenset[int]) -> bool:
    """Whether each amount is said of what its own claim says it of, clause by clause."""
    for part in clauses_of(cut, words):
        amounts = [t for t in part if t.figure and t.figure.kind in AMOUNTS and t.start not in free]
        named = [token for token in part if weighs(token.word) and any(knows(backing, token) for backing in leading)]
        if amounts and not any(
            all(knows(backing, token) for token in amounts)
            and (not named or any(knows(backing, token) for token in named))
            for backing in leading
        ):
            return False
    return True


def says_no(cut: Sequence[Token], leading: Sequence[Backing], words: Words) -> bool:
    """Whether a clause that takes up a source says no; "I can't say more" beside it does not count."""
    return any(
        (denials(part) or any(token.word in CLOSED for token in part))
        and any((token.figure or weighs(token.word)) and any(knows(b, token) for b in leading) for token in part)
        for part in clauses_of(cut, words)
    )


def contradicts(said: Said, parts: Sequence[Part], *, says_no: bool) -> bool:
    """A "no" on one side and none on the other."""
    if says_no:
        return not any(map(_softly, parts))
    return any(part.negated for part in parts) and not _says_softly_no(said)


def affirmed(cut: Sequence[Token], parts: Sequence[Part], words: Words) -> bool:
    """Whether the clauses that take up what a source denies say no "no", and those beside them neither."""
    clauses = [Said.of(clause) for clause in clauses_of(cut, words)]
    for part in parts:
        taking = [index for index, clause in enumerate(clauses) if part.negated and in_play(part, clause)]
        if taking and not any(
            _says_softly_no(said) for index in taking for said in clauses[max(0, index - 1) : index + 2]
        ):
            return True
    return False


def denied_anew(cut: Sequence[Token], leading: Sequence[Backing]) -> bool:
    """Whether a claim says no, and no quote that stands behind it does, softly or not."""
    for token in denials(cut):
        behind = [b for b in leading if any(start <= token.start < end for start, end in b.spans)]
        if behind and not any(_softly(part) for backing in behind for part in backing.parts):
            return True
    return False


def _softly(part: Part) -> bool:
    """Whether a part of a source says no, in whatever words."""
    return part.negated or "erst" in part.words or not part.near.isdisjoint(SOFT_NO) or any(map(_denies, part.words))


def _says_softly_no(said: Said) -> bool:
    return said.says_no or not said.near.isdisjoint(SOFT_NO) or any(map(_denies, said.words))


def _denies(word: str) -> bool:
    """Whether a word begins with a "no": "unheated", "unrenoviert"."""
    return (
        len(word) > LONG and word.startswith(("un", "non")) and not word.startswith(("under", "unter", "unser", "univ"))
    )


def unbounded(said: Said, parts: Sequence[Part]) -> bool:
    """The source limits what it says ("only", "about", "if"), and the sentence does not."""
    words = frozenset[str]().union(*(part.words for part in parts))
    return any(
        not words.isdisjoint(limit.words) and said.near.isdisjoint(limit.kept_by) and not (limit.by_no and said.says_no)
        for limit in LIMITS
    )
