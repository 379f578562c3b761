"""The checks in their order. Shape and business rules of an answer come before: `ai.purposes` reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ai.grounding import Sentence
from ai.trust.checks import Check, Grounding, Humans, Injection, Language, OthersData, Recipients, Topics
from ai.trust.findings import Finding, Review, Verdict
from ai.trust.material import Material

# Of the text alone: a model is told of these, and may try once more.
TEXT_CHECKS: tuple[Check, ...] = (Grounding(), Topics(), Language())
CHECKS: tuple[Check, ...] = (Grounding(), Recipients(), Topics(), OthersData(), Language(), Humans(), Injection())


def review(material: Material, checks: Sequence[Check] = CHECKS) -> Review:
    """Runs all checks. What a person wrote is theirs: there a check warns, and refuses nothing."""
    return Review(findings=tuple(_softened(material, checks)))


def _softened(material: Material, checks: Sequence[Check]) -> Iterator[Finding]:
    written = [s for s in material.account.sentences if s.verdict == "person"] if material.account else []
    for check in checks:
        for finding in check.find(material):
            theirs = finding.start is not None and any(_reaches(finding, sentence) for sentence in written)
            if theirs and finding.verdict is Verdict.REFUSE:
                yield finding.model_copy(update={"verdict": Verdict.PERSON})
            else:
                yield finding


def _reaches(finding: Finding, sentence: Sentence) -> bool:
    return finding.start is not None and sentence.start <= finding.start < sentence.end
