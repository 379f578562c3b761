"""The roles that words play in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


def listed(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language. All words are in lower case, with straight apostrophes.

    glue: words that say nothing by themselves (articles, pronouns, prepositions, auxiliaries, names for the
    thing itself such as "property"). courtesy: words of politeness, which say nothing about the world.
    negation: turns a fact into its opposite. affirmation: answers a question with yes. second: the reader.
    first: the writer; together with a word of `follow_up` or `booking` it promises something.
    asserting: verbs that make whatever stands with them a statement. whether: opens a question that is only
    reported. breaking: begins a new clause. asking: names what the reader wrote. wish: what the reader would
    like. money: what the reader has to spend. follow_up: checking, calling, coming back. booking: putting
    somebody down. staff: who is asked when something is checked. bounds: words that move a figure ("more than
    two"). always_first: verbs that hold "I" or "we".
    """

    glue: frozenset[str]
    courtesy: frozenset[str]
    negation: frozenset[str]
    affirmation: frozenset[str]
    second: frozenset[str]
    first: frozenset[str]
    asserting: frozenset[str]
    whether: frozenset[str]
    breaking: frozenset[str]
    asking: frozenset[str]
    wish: frozenset[str]
    money: frozenset[str]
    follow_up: frozenset[str]
    booking: frozenset[str]
    staff: frozenset[str]
    bounds: frozenset[str]
    always_first: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word that has a role, promises apart."""
        return (
            self.glue | self.courtesy | self.affirmation | self.second | self.first | self.asserting
            | self.whether | self.breaking | self.asking | self.wish
        )  # fmt: skip
