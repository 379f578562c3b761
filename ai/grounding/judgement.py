"""One sentence before its judge: is each of its words and figures accounted for?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ai.grounding.authority import AUTHORITATIVE, NEAR, Clause, clause_of
from ai.grounding.consistency import AMOUNTS, denials_apart, pairs_apart, quotes, supporter, times_apart, unsaid
from ai.grounding.contrasts import cut_short, reordered, unlimited, unplaced
from ai.grounding.evidence import NEGATIONS, Backing
from ai.grounding.figures import agree
from ai.grounding.lexicon import ORDINARY_ROOTS, SENSITIVE, Words, concepts_of, likenesses, root
from ai.grounding.lexicon.limits import IDIOMS, LIGHT, PLACES, STRONG
from ai.grounding.lexicon.manners import PEOPLE
from ai.grounding.manner import FEW, Manner, manner_of, promises
from ai.grounding.material import Material
from ai.grounding.normal import places
from ai.grounding.own_words import Comparison, compared
from ai.grounding.promises import ActionLike, keeper, promised
from ai.grounding.sentences import QUOTATION, Span
from ai.grounding.talk import SHORT, asserts, beside, carries_fact, is_talk, permits
from ai.grounding.tokens import Token, stem, tokens
from ai.sources import Source

DAYS = frozenset({"today", "tomorrow"})
PUT_DOWN = frozenset({"put", "down"})
TO_DO = frozenset({"book", "register", "reserve"})
# With these a source may say what we can do, where no action does it yet: "we can arrange a viewing".
OFFERING = frozenset("can could können könnten kann pouvons pouvez podemos puede possiamo può pode".split())  # noqa: SIM905
EACH = frozenset("each every jeden jede jedes chaque cada ogni".split())  # noqa: SIM905
TURNS = frozenset({"~per_day", "~week", "~month", "~quarter", "~year"})
SAID = frozenset({"~view", "~appointment", "time", "date"})
LONGEST_HEADING = 9  # words and marks


@dataclass(frozen=True)
class Quotation:
    """A literal quotation inside a sentence: where it stands in the text, and in which field of which source."""

    start: int
    end: int
    text: str
    source: Source
    field: str


@dataclass
class Judgement:
    """`findings` is empty when the sentence is accounted for. `content`: how much of it needed a source.

    `hard`: one of the findings holds in whatever words it is said. `compared`: what the sentence says in its own words;
    `manner`: how it may stand without a source; `hearsay`: only the customer's own email says it;
    `cut_off`: quotes without what their source says before them, goes on with or bounds them by, and the sentence does
    not.
    """

    findings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    content: int = 0
    courteous: bool = False
    kept: list[tuple[str, ActionLike]] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    hard: bool = False
    compared: Comparison = field(default_factory=Comparison)
    manner: Manner = ""
    hearsay: bool = False
    cut_off: tuple[Backing, ...] = ()

    def refuse(self, finding: str) -> None:
        """Adds a finding that holds in whatever words it is said."""
        self.findings.append(finding)
        self.hard = True


def judge(span: Span, backings: Sequence[Backing], material: Material) -> Judgement:
    """Accounts for one sentence with the claims that stand in it."""
    judged = Judgement()
    for problem in (backing.problem for backing in backings if backing.problem):
        judged.refuse(problem)
    sound = [backing for backing in backings if not backing.problem]
    whole = tokens(span.text, material.language, span.start)
    judged.quotations = _quotations(span, material.sources)
    cut = [token for token in whole if not _inside(token, judged.quotations)]
    words = material.words
    roles = promised(cut, words)
    clause = clause_of(cut, words, material.sources, promises=bool(roles))
    _check_quotations(judged, clause)
    offered = _offered(cut, sound, material)
    _check_promises(judged, cut, roles, sound, material, offered=offered)
    roles_kept = {role for role, _ in judged.kept}
    leaning = 0  # tokens that rest on a source with authority
    moved = any(token.figure and token.figure.kind in AMOUNTS for token in cut)
    in_quotes = False
    for token in cut:
        backing = supporter(token, sound, clause)
        if backing is not None:
            told = token.figure is not None or token.word not in words.known
            judged.content += told
            leaning += backing.kind in AUTHORITATIVE
            in_quotes = in_quotes or (told and quotes(backing, token))
        elif token.figure is not None:
            if not _in_actions(token, judged.kept):
                judged.missing.append(token.figure.text)
                judged.content += 1
        elif _bound(token, clause, material, moved=moved, figure_follows=_before_figure(cut, token)) or not (
            _harmless(token, clause, roles, roles_kept, material) or _in_actions(token, judged.kept)
        ):
            judged.missing.append(token.word)
            judged.content += 1
    if judged.content and not (in_quotes or judged.quotations or judged.kept or judged.missing):
        judged.findings.append("It repeats what its source is called, and nothing that its source says.")
    judged.content += len(judged.quotations) + len(judged.kept)
    said = {token.word for token in cut if token.word}
    if judged.missing:
        judged.findings.append(unsaid(judged.missing, sound))
    else:
        judged.findings.extend(times_apart(cut, sound, judged.kept))
        judged.findings.extend(() if judged.kept else pairs_apart(cut, sound, clause, words))
    judged.findings.extend(denials_apart(said, sound))
    if unplaced(cut, sound, words):
        judged.findings.append("Its source says that of something else.")
    if reordered(cut, sound):
        judged.findings.append("Its source has it the other way round: what comes first, and what after it.")
    if said & words.affirmation and not leaning:
        judged.findings.append("It answers yes, and no source with authority stands behind that.")
    stated = clause.asserted_from is not None or said & (words.affirmation | NEGATIONS)
    judged.courteous = bool(said & words.courtesy) and not stated
    judged.cut_off = cut_short(cut, sound) or unlimited(cut, sound)
    judged.hearsay = (
        bool(sound) and not leaning and not judged.kept and not (clause.acknowledges or clause.wishes or clause.spends)
    )
    if not judged.hard and (judged.findings or not judged.content):
        free = _free(cut, judged, clause, roles, roles_kept, material)
        if backings:
            judged.compared = _compared(span, cut, sound, clause, material, free, keeps=bool(judged.kept))
        elif not judged.quotations:
            judged.manner = _manner(span, cut, clause, material, free, keeps=bool(judged.kept))
    return judged


def _compared(
    span: Span,
    cut: Sequence[Token],
    sound: Sequence[Backing],
    clause: Clause,
    material: Material,
    free: frozenset[int],
    *,
    keeps: bool,
) -> Comparison:
    """The sentence as a whole beside its quotes; else what its claims cover, where the rest is talk."""
    covered, rest = beside(cut, span, sound, material.words)
    whole = compared(cut, span.text, sound, clause, material, free, by_meaning=not rest)
    if whole:
        new = [part for part in rest if any(token.word in whole.unsaid for token in part) and len(part) > SHORT]
        return Comparison() if any(asserts(_text(span, part)) for part in new) else whole
    if not rest and len(covered) < 2:
        return whole
    found = [compared(part, _text(span, part), behind, clause, material, free) for part, behind in covered]
    said = [_text(span, part) for part in rest]
    if not all(found) or not all(
        is_talk(part, text, material, free, keeps=keeps) for part, text in zip(rest, said, strict=True)
    ):
        return Comparison()
    return Comparison(
        backings=tuple(backing for part in found for backing in part.backings),
        unsaid=tuple(word for part in found for word in part.unsaid),
        beside=tuple(said),
    )


def _manner(
    span: Span, cut: Sequence[Token], clause: Clause, material: Material, free: frozenset[int], *, keeps: bool
) -> Manner:
    asks = span.text.rstrip().endswith(("?", "？"))
    if permits(cut) and not asks:
        return ""
    told = manner_of(cut, clause, material.words, material.language, material.known, free=free, asks=asks, keeps=keeps)
    if told:
        return told
    talks = is_talk(cut, span.text, material, free, keeps=keeps)
    return "shown" if talks and not carries_fact(cut, span.text, span.start, material.words) else ""


def _text(span: Span, part: Sequence[Token]) -> str:
    return span.text[part[0].start - span.start : part[-1].end - span.start]


def _before_figure(cut: Sequence[Token], token: Token) -> bool:
    """Whether it says when or how much, or is the end of a verb ("liegt uns nicht vor")."""
    following = [other for other in cut if other.start > token.start]
    return not following or any(other.figure is not None for other in following[:NEAR])


def _bound(token: Token, clause: Clause, material: Material, *, moved: bool, figure_follows: bool) -> bool:
    """Whether a small word is no small word here: it moves an amount, says "all", or is kind about the world."""
    words = material.words
    if token.word in PLACES.get(material.language, ()):
        return clause.states_world_at(token.start) and not figure_follows
    kind = token.word in words.courtesy and token.word not in words.glue and clause.states_world_at(token.start)
    return kind or token.word in STRONG.get(material.language, ()) or (moved and token.word in words.bounds)


def _free(
    cut: Sequence[Token],
    judged: Judgement,
    clause: Clause,
    roles: frozenset[str],
    roles_kept: set[str],
    material: Material,
) -> frozenset[int]:
    """Where the words and figures stand that no source has to say."""
    free = {token.start for token in _heading(cut) if _asked_about(token, material)}
    for index, token in enumerate(cut):
        before = {other.word for other in cut[max(0, index - NEAR) : index]}
        following = cut[index + 1] if index + 1 < len(cut) else None
        if token.figure is not None and following is not None and _counted(token, following):
            free.add(token.start)
        elif token.figure is not None:
            pronoun = token.figure.text.casefold() == "one" and (following is None or _small(following, material))
            if pronoun or _in_actions(token, judged.kept):
                free.add(token.start)
        elif any(
            (token.word, other.word) in IDIOMS or (token.word in EACH and not likenesses(other.word).isdisjoint(TURNS))
            for other in cut[index + 1 : index + 2]
        ) or any(
            (token.word, other.word) in IDIOMS or (other.word, token.word) in IDIOMS for other in _beside(cut, index)
        ):
            free.add(token.start)
        elif token.word in material.words.known:
            continue
        elif (
            _harmless(token, clause, roles, roles_kept, material)
            or _in_actions(token, judged.kept)
            or root(token.word) in material.known.named
            or (before & material.words.second and _theirs(token.word, material))
        ):
            free.add(token.start)
    return frozenset(free)


def _heading(cut: Sequence[Token]) -> Sequence[Token]:
    """The words before a colon near the beginning: "To the parking: ..." names what the rest is about."""
    end = next((index for index, token in enumerate(cut[:LONGEST_HEADING]) if token.word in (":", "：")), 0)
    return cut[:end]


def _counted(token: Token, following: Token) -> bool:
    """Whether it counts what is said: "two times are set aside"."""
    few = (
        token.figure is not None
        and token.figure.kind == "number"
        and all(isinstance(value, Decimal) and 1 < value <= FEW for value in token.figure.values)
    )
    return few and not likenesses(following.word).isdisjoint(SAID) and likenesses(following.word) <= LIGHT | SAID


def _asked_about(token: Token, material: Material) -> bool:
    near = likenesses(token.word)
    return token.figure is None and (
        root(token.word) in material.known.written or not near.isdisjoint(material.known.near)
    )


def _beside(cut: Sequence[Token], index: int) -> Sequence[Token]:
    return cut[max(0, index - 1) : index + 2]


def _small(token: Token, material: Material) -> bool:
    ordinary = root(token.word) in ORDINARY_ROOTS.get(material.language, ())
    return ordinary or token.word in material.words.known or token.word in material.words.breaking


def _theirs(word: str, material: Material) -> bool:
    """Whether the customer wrote of it, or it is one of their people: "your mother", "your dog"."""
    if word in PEOPLE.get(material.language, ()):
        return True
    return root(word) in material.known.written and likenesses(word).isdisjoint(SENSITIVE | DAYS)


def _quotations(span: Span, sources: Sequence[Source]) -> list[Quotation]:
    found = []
    for match in QUOTATION.finditer(span.text):
        quoted = match.group()[1:-1].strip()
        if not any(letter.isalnum() for letter in quoted):
            continue
        standing = [(s, f.name) for s in sources for f in s.fields if places(quoted, f.text)]
        if standing:
            source, field_name = standing[0]
            found.append(Quotation(span.start + match.start(), span.start + match.end(), quoted, source, field_name))
    return found


def _inside(token: Token, quotations: Sequence[Quotation]) -> bool:
    return any(quotation.start <= token.start and token.end <= quotation.end for quotation in quotations)


def _check_quotations(judged: Judgement, clause: Clause) -> None:
    for quotation in judged.quotations:
        if quotation.source.kind == "message" and not (clause.about_reader or clause.acknowledges):
            judged.refuse("These are the customer's words, and the sentence does not say so.")


def _check_promises(
    judged: Judgement,
    cut: Sequence[Token],
    roles: frozenset[str],
    sound: Sequence[Backing],
    material: Material,
    *,
    offered: bool,
) -> None:
    said = {token.word for token in cut if token.word}
    wanted = set(roles)
    booked = said & material.words.booking
    if not said >= PUT_DOWN:
        booked -= PUT_DOWN
    leading = [backing for backing in sound if backing.kind in AUTHORITATIVE]
    if booked and not all(any(_quoted(word, backing) for backing in leading) for word in booked):
        wanted.add("booking")
    else:
        wanted.discard("booking")
    for role in sorted(wanted):
        action = keeper(role, material.actions)
        if action is not None:
            judged.kept.append((role, action))
        elif role == "booking" and "follow_up" in wanted and not _passive(said, material.words):
            continue
        elif role == "booking":
            judged.refuse("It says that somebody is booked, and no action of this proposal does that.")
        else:
            judged.findings.append("It promises something that no action of this proposal does.")
            judged.hard = judged.hard or not offered


def _offered(cut: Sequence[Token], sound: Sequence[Backing], material: Material) -> bool:
    """Whether a source of ours says what we do: "we can arrange a viewing", "we pass further offers on"."""
    leading = [backing for backing in sound if backing.kind in AUTHORITATIVE]
    said = {token.word for token in cut if token.word}
    if said & OFFERING:
        return bool(leading)
    doing = [token for token in cut if token.word in material.words.follow_up]
    claimed = all(any(a <= token.start < b for backing in leading for a, b in backing.spans) for token in doing)
    return claimed and not promises(said, material.words, material.language)


def _quoted(word: str, backing: Backing) -> bool:
    """Whether the quote says it; one who has to "book" something may do so where it speaks of a "booking"."""
    return word in backing.quoted or (word in TO_DO and not likenesses(word).isdisjoint(backing.near))


def _passive(said: set[str], words: Words) -> bool:
    return not said & (words.first | words.always_first)


def _harmless(token: Token, clause: Clause, roles: frozenset[str], roles_kept: set[str], material: Material) -> bool:
    """Words that say nothing by themselves, or that only say what a kept promise will look into."""
    word, words = token.word, material.words
    if word in words.known or word in words.breaking or word in NEGATIONS or word in material.names:
        return True
    if word in material.customer:
        return not clause.states_world_at(token.start)
    if word in words.money and clause.spends:
        return True
    if word in words.booking:
        return "booking" in roles_kept
    if word in words.follow_up:
        return True
    if "follow_up" not in roles:
        return False
    if word in words.staff:
        return True
    if concepts_of(word) & DAYS:
        return False
    known = stem(word) in material.topics or not material.topics.isdisjoint(concepts_of(word))
    return known and not clause.states_world_at(token.start)


def _in_actions(token: Token, kept: Sequence[tuple[str, ActionLike]]) -> bool:
    """Whether a kept promise's action says this word or figure itself ("Call Georgia, today 4:15 pm")."""
    said = [other for _, action in kept for other in tokens(action.summary, None)]
    if token.figure is not None:
        return any(other.figure is not None and agree(token.figure, other.figure) for other in said)
    return any(token.word == other.word for other in said)
