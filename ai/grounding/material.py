"""What the sentences of one text have in common when they are judged."""

from __future__ import annotations

from dataclasses import dataclass

from ai.grounding.lexicon import Words
from ai.grounding.manner import Known
from ai.grounding.promises import ActionLike
from ai.sources import Source


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
