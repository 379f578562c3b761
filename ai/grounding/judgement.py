"""One sentence before its judge: is each of its words and figures accounted for?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ai.grounding.authority import AUTHORITATIVE, NEAR, Clause, clause_of, may_support
from ai.grounding.evidence import NEGATIONS, Backing
from ai.grounding.figures import Figure, agree
from ai.grounding.lexicon import ORDINARY_ROOTS, SENSITIVE, Words, concepts_of, likenesses, root
from ai.grounding.lexicon.limits import IDIOMS, PLACES, STRONG
from ai.grounding.lexicon.manners import PEOPLE
from ai.grounding.manner import Known, Manner, manner_of
from ai.grounding.normal import places
from ai.grounding.own_words import beheaded, compared
from ai.grounding.promises import ActionLike, keeper, promised
from ai.grounding.sentences import QUOTATION, Span
from ai.grounding.tokens import Token, stem, tokens
from ai.sources import Source

DAYS = frozenset({"today", "tomorrow"})
AMOUNTS = ("money", "percent", "number")
TO_DO = frozenset({"book", "register", "reserve"})
# With these a source may say what we can do, where no action does it yet: "we can arrange a viewing".
OFFERING = frozenset("can could können könnten kann pouvons pouvez podemos puede possiamo può pode".split())  # noqa: SIM905
LONGEST_HEADING = 9  # words and marks
TEMPORAL = ("date", "weekday", "time")


@dataclass(frozen=True)
class Material:
    """What all sentences of one text share.

    names: words of the tenant's and the signer's names, which need no source. customer: words of the
    customer's name, which they chose themselves. topics: stems and concepts of all that was written about,
    for promises to look into.
    """

    language: str
    words: Words
    sources: tuple[Source, ...]
    actions: tuple[ActionLike, ...]
    names: frozenset[str]
    customer: frozenset[str]
    topics: frozenset[str]
    known: Known


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
    `cut_off`: quotes without what their source says before them, and the sentence does not.
    """

    findings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    content: int = 0
    courteous: bool = False
    kept: list[tuple[str, ActionLike]] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    hard: bool = False
    compared: tuple[Backing, ...] = ()
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
    offered = bool({token.word for token in cut} & OFFERING) and any(b.kind in AUTHORITATIVE for b in sound)
    _check_promises(judged, cut, roles, sound, material, offered=offered)
    roles_kept = {role for role, _ in judged.kept}
    leaning = 0  # tokens that rest on a source with authority
    moved = any(token.figure and token.figure.kind in AMOUNTS for token in cut)
    in_quotes = False
    for token in cut:
        backing = _supporter(token, sound, clause)
        if backing is not None:
            told = token.figure is not None or token.word not in words.known
            judged.content += told
            leaning += backing.kind in AUTHORITATIVE
            in_quotes = in_quotes or (told and _quotes(backing, token))
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
    _check_missing(judged, sound)
    _check_times(judged, cut, sound)
    _check_pairs(judged, cut, sound, clause, words)
    _check_negation(judged, said, sound)
    if said & words.affirmation and not leaning:
        judged.findings.append("It answers yes, and no source with authority stands behind that.")
    stated = clause.asserted_from is not None or said & (words.affirmation | NEGATIONS)
    judged.courteous = bool(said & words.courtesy) and not stated
    judged.cut_off = beheaded(cut, sound)
    judged.hearsay = (
        bool(sound) and not leaning and not judged.kept and not (clause.acknowledges or clause.wishes or clause.spends)
    )
    if not judged.hard and (judged.findings or not judged.content):
        free = _free(cut, judged, clause, roles, roles_kept, material)
        judged.compared = compared(cut, sound, clause, words, material.language, free, material.known.near)
        if not backings and not judged.quotations:
            asks = span.text.rstrip().endswith(("?", "？"))
            judged.manner = manner_of(
                cut, clause, words, material.language, material.known, free=free, asks=asks, keeps=bool(judged.kept)
            )
    return judged


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
        if token.figure is not None:
            pronoun = token.figure.text.casefold() == "one" and (following is None or _small(following, material))
            if pronoun or _in_actions(token, judged.kept):
                free.add(token.start)
        elif any(
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


def _quoted(word: str, backing: Backing) -> bool:
    """Whether the quote says it; one who has to "book" something may do so where it speaks of a "booking"."""
    return word in backing.quoted or (word in TO_DO and not likenesses(word).isdisjoint(backing.near))


def _passive(said: set[str], words: Words) -> bool:
    return not said & (words.first | words.always_first)


def _supporter(token: Token, sound: Sequence[Backing], clause: Clause) -> Backing | None:
    """The first claim of the sentence that supports this word or figure with authority."""
    return next((b for b in sound if _states(b, token) and may_support(b, token, clause)), None)


def _states(backing: Backing, token: Token) -> bool:
    if token.figure is not None:
        return any(agree(token.figure, known) for segment in backing.segments for known in segment)
    return any(
        word in backing.words or stem(word) in backing.words or not concepts_of(word).isdisjoint(backing.concepts)
        for word in {token.word, *(token.word.split("-") if _all_parts(backing, token.word) else ())}
    )


def _quotes(backing: Backing, token: Token) -> bool:
    """Whether the quote itself holds this word or figure, and not only the name of its source or field."""
    if token.figure is not None:
        return any(agree(token.figure, known) for segment in backing.quoted_figures for known in segment)
    named = {token.word, stem(token.word)}
    meant = concepts_of(token.word)
    return any(
        not named.isdisjoint({word, stem(word)}) or not meant.isdisjoint(concepts_of(word)) for word in backing.quoted
    )


def _all_parts(backing: Backing, word: str) -> bool:
    parts = word.split("-")
    return len(parts) > 1 and all(part in backing.words or stem(part) in backing.words for part in parts)


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


def _check_missing(judged: Judgement, sound: Sequence[Backing]) -> None:
    if not judged.missing:
        return
    listed = ", ".join(f"“{word}”" for word in dict.fromkeys(judged.missing))
    in_mail = [b for b in sound if b.kind == "message" and any(word in b.quoted for word in judged.missing)]
    if in_mail:
        judged.findings.append(f"The customer's own email is no source for {listed}.")
    elif sound:
        judged.findings.append(f"Its sources do not say {listed}.")
    else:
        judged.findings.append(f"No source says {listed}.")


def _check_times(judged: Judgement, cut: Sequence[Token], sound: Sequence[Backing]) -> None:
    """A day and the times said with it must stand together in one sentence of a source."""
    groups: list[list[Figure]] = []
    for token in cut:
        if token.figure is None or token.figure.kind not in TEMPORAL:
            continue
        day_after_time = token.figure.kind != "time" and groups and groups[-1][-1].kind == "time"
        if not groups or day_after_time:
            groups.append([])
        groups[-1].append(token.figure)
    known = [segment for backing in sound for segment in backing.segments]
    known += [tuple(t.figure for t in tokens(a.summary, None) if t.figure) for _, a in judged.kept]
    for group in groups:
        together = any(all(any(agree(said, k) for k in segment) for said in group) for segment in known)
        if len(group) > 1 and not together and not judged.missing:
            said = " ".join(figure.text for figure in group)
            judged.findings.append(f"No source says “{said}” in one breath.")


def _check_pairs(
    judged: Judgement, cut: Sequence[Token], sound: Sequence[Backing], clause: Clause, words: Words
) -> None:
    """In each part of a sentence one and the same source says the amounts and what they are amounts of."""
    if judged.missing:
        return
    parts: list[list[Token]] = [[]]
    for token in cut:
        if token.word in words.breaking:
            parts.append([])
        parts[-1].append(token)
    for part in parts:
        amounts = [token for token in part if token.figure and token.figure.kind in AMOUNTS]
        named = [token for token in part if token.word and token.word not in words.known]
        named = [token for token in named if _supporter(token, sound, clause)]
        paired = any(
            all(_states(backing, token) for token in amounts) and any(_states(backing, token) for token in named)
            for backing in sound
        )
        if amounts and named and not paired and not judged.kept:
            said = ", ".join(f"“{token.figure.text}”" for token in amounts if token.figure)
            judged.findings.append(f"No source says {said} of this.")


def _check_negation(judged: Judgement, said: set[str], sound: Sequence[Backing]) -> None:
    leading = [backing for backing in sound if backing.kind in AUTHORITATIVE]
    denies = bool(said & NEGATIONS)
    if leading and denies and not any(backing.negated for backing in leading):
        judged.findings.append("It says no where its source does not.")
    if leading and not denies and any(backing.negated for backing in leading):
        judged.findings.append("Its source says the opposite: there is a “no” in it that is missing here.")
