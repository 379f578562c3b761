"""The outcome of holding a draft against its sources, in the shape that a proposal stores and shows."""

from __future__ import annotations

from typing import Any, Literal

from ai.sources import Frozen

Verdict = Literal["phrase", "supported", "own_words", "unsupported", "person"]


class EvidenceSource(Frozen):
    """Where a quote stands. Kinds are those of sources, and `action`, `person` and `none`."""

    kind: str
    id: str = ""
    version: str = ""
    field: str = ""


class Evidence(Frozen):
    """One claim of the text, numbered from 1 in the order of the text."""

    n: int
    claim: str
    label: str
    source: EvidenceSource
    quote: str
    supported: bool


class Sentence(Frozen):
    """One sentence: `text[start:end]`, its verdict, the numbers of its evidence.

    `own_words`: it says what its evidence says in other words, or what needs none, so a person has to read it.
    `finding` says in plain words what is wrong (empty where nothing is); `suggestion` is a sentence that
    could stand instead, empty where removing it is the only repair.
    """

    start: int
    end: int
    text: str
    verdict: Verdict
    evidence: tuple[int, ...] = ()
    finding: str = ""
    suggestion: str = ""


class Account(Frozen):
    """Every sentence of a text, and everything that it rests on."""

    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]

    @property
    def unsupported(self) -> tuple[Sentence, ...]:
        """The sentences that cannot be sent."""
        return tuple(sentence for sentence in self.sentences if sentence.verdict == "unsupported")

    @property
    def in_own_words(self) -> tuple[Sentence, ...]:
        """The sentences that a person has to compare with their quotes before they are sent."""
        return tuple(sentence for sentence in self.sentences if sentence.verdict == "own_words")

    def as_document(self) -> dict[str, list[dict[str, Any]]]:
        """`sentences` and `evidence` as plain JSON values, as they stand in an approval's document."""
        shown = self.model_dump(mode="json")
        return {"sentences": shown["sentences"], "evidence": shown["evidence"]}
