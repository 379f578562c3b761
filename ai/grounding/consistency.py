"""Whether what the claims of a sentence quote says its words and figures, and says them of the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ai.grounding.authority import AUTHORITATIVE, Clause, may_support
from ai.grounding.evidence import NEGATIONS, Backing
from ai.grounding.figures import Figure, agree
from ai.grounding.lexicon import Words, concepts_of
from ai.grounding.promises import ActionLike
from ai.grounding.tokens import Token, stem, tokens

AMOUNTS = ("money", "percent", "number")
TEMPORAL = ("date", "weekday", "time")


def supporter(token: Token, sound: Sequence[Backing], clause: Clause) -> Backing | None:
    """The first claim of the sentence that supports this word or figure with authority."""
    return next((b for b in sound if states(b, token) and may_support(b, token, clause)), None)


def states(backing: Backing, token: Token) -> bool:
    if token.figure is not None:
        return any(agree(token.figure, known) for segment in backing.segments for known in segment)
    return any(
        word in backing.words or stem(word) in backing.words or not concepts_of(word).isdisjoint(backing.concepts)
        for word in {token.word, *(token.word.split("-") if _all_parts(backing, token.word) else ())}
    )


def quotes(backing: Backing, token: Token) -> bool:
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


def unsaid(missing: Sequence[str], sound: Sequence[Backing]) -> str:
    """What to say of words and figures that no claim of the sentence supports."""
    listed = ", ".join(f"“{word}”" for word in dict.fromkeys(missing))
    if any(b.kind == "message" and any(word in b.quoted for word in missing) for b in sound):
        return f"The customer's own email is no source for {listed}."
    return f"Its sources do not say {listed}." if sound else f"No source says {listed}."


def times_apart(
    cut: Sequence[Token], sound: Sequence[Backing], kept: Sequence[tuple[str, ActionLike]]
) -> Iterator[str]:
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
    known += [tuple(t.figure for t in tokens(a.summary, None) if t.figure) for _, a in kept]
    for group in groups:
        together = any(all(any(agree(said, k) for k in segment) for said in group) for segment in known)
        if len(group) > 1 and not together:
            said = " ".join(figure.text for figure in group)
            yield f"No source says “{said}” in one breath."


def pairs_apart(cut: Sequence[Token], sound: Sequence[Backing], clause: Clause, words: Words) -> Iterator[str]:
    """In each part of a sentence one and the same source says the amounts and what they are amounts of."""
    parts: list[list[Token]] = [[]]
    for token in cut:
        if token.word in words.breaking:
            parts.append([])
        parts[-1].append(token)
    for part in parts:
        amounts = [token for token in part if token.figure and token.figure.kind in AMOUNTS]
        named = [token for token in part if token.word and token.word not in words.known]
        named = [token for token in named if supporter(token, sound, clause)]
        paired = any(
            all(states(backing, token) for token in amounts) and any(states(backing, token) for token in named)
            for backing in sound
        )
        if amounts and named and not paired:
            said = ", ".join(f"“{token.figure.text}”" for token in amounts if token.figure)
            yield f"No source says {said} of this."


def denials_apart(said: set[str], sound: Sequence[Backing]) -> Iterator[str]:
    """A "no" stands on both sides or on neither."""
    leading = [backing for backing in sound if backing.kind in AUTHORITATIVE]
    denies = bool(said & NEGATIONS)
    if leading and denies and not any(backing.negated for backing in leading):
        yield "It says no where its source does not."
    if leading and not denies and any(backing.negated for backing in leading):
        yield "Its source says the opposite: there is a “no” in it that is missing here."
