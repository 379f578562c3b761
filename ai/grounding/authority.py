"""Who may say what: which source can support which word or figure of a sentence.

A message proves what its sender wants, has or says of themselves, and nothing about the world: prices, times,
availability, conditions, permissions and rules need a listing, the calendar or the tenant's own knowledge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai.grounding.evidence import Backing
from ai.grounding.lexicon import SENSITIVE, Words, concepts_of, likenesses
from ai.grounding.tokens import Token, stem, tokens
from ai.sources import Source

AUTHORITATIVE = frozenset({"listing", "calendar", "knowledge"})
NEAR = 3  # words between "you" and the verb that still say something about the reader


@dataclass(frozen=True)
class Clause:
    """How a sentence speaks: what decides whether a customer's own words may support a part of it."""

    about_reader: bool
    acknowledges: bool
    wishes: bool
    spends: bool
    asserted_from: int | None
    listings: frozenset[str] | None

    def states_world_at(self, place: int) -> bool:
        """Whether the word at this place stands after a verb that states something about the world."""
        return self.asserted_from is not None and place > self.asserted_from


def clause_of(cut: Sequence[Token], words: Words, sources: Sequence[Source], *, promises: bool) -> Clause:
    """Reads a sentence's manner from its small words. A promise wishes too: "I'll call you after 4 pm"."""
    said = {token.word for token in cut if token.word}
    about_reader = bool(said & words.second)
    return Clause(
        about_reader=about_reader,
        acknowledges=bool(said & words.asking),
        wishes=promises or bool(said & (words.wish | words.asking)),
        spends=about_reader and bool(said & words.money),
        asserted_from=_first_assertion(cut, words),
        listings=_named_listings(cut, sources),
    )


def may_support(backing: Backing, token: Token, clause: Clause) -> bool:
    """Whether this backing has the authority for this word or figure in this sentence."""
    if backing.kind == "listing":
        return clause.listings is None or backing.claim.source_id in clause.listings
    if backing.kind in AUTHORITATIVE:
        return True
    figure = token.figure
    if backing.kind == "contact":
        return figure.kind in ("phone", "email") if figure else not _sensitive(token.word)
    if clause.states_world_at(token.start):
        return False
    if figure is None:
        return not _sensitive(token.word) and (clause.about_reader or clause.acknowledges)
    if figure.kind in ("money", "percent"):
        return clause.spends
    if figure.kind in ("date", "weekday", "time"):
        return clause.about_reader and clause.wishes
    if figure.kind == "link":
        return False
    return figure.kind in ("phone", "email") or clause.about_reader or clause.acknowledges


def _sensitive(word: str) -> bool:
    named = concepts_of(word) | concepts_of(stem(word))
    return bool(named) and named <= SENSITIVE


def _first_assertion(cut: Sequence[Token], words: Words) -> int | None:
    """Where the sentence begins to state something about the world: a verb like "is" without "you" before it.

    A reported question ("whether the studio is approved") states nothing until its clause ends.
    """
    reported = False
    for index, token in enumerate(cut):
        if token.word in words.breaking:
            reported = False
        if token.word in words.whether:
            reported = True
        if token.word in words.asserting and not reported:
            before = {other.word for other in cut[max(0, index - NEAR) : index]}
            if not before & (words.second | words.first):
                return token.start
    return None


def _named_listings(cut: Sequence[Token], sources: Sequence[Source]) -> frozenset[str] | None:
    """The listings that may be quoted here: those that the sentence names, else the main one; None for all."""
    listings = [source for source in sources if source.kind == "listing"]
    if len(listings) < 2:
        return None
    titles = {source.id: _title_words(source.title) for source in listings}
    said = _said(cut)
    named = set()
    for source_id, own in titles.items():
        others = frozenset[str]().union(*(title for other, title in titles.items() if other != source_id))
        if said & (own - others):
            named.add(source_id)
    return frozenset(named or {listings[0].id})


def _title_words(title: str) -> frozenset[str]:
    return frozenset(word for word in _said(tokens(title, None)) if "~street" not in likenesses(word))


def _said(cut: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.word or (token.figure.text.casefold() if token.figure else "") for token in cut)
