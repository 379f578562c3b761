"""What a check says: a verdict, and findings in words that the staff understand."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from ai.sources import Frozen


class Verdict(StrEnum):
    """From mild to strict: the strictest of all findings is the verdict of the whole.

    `repairable`: the model may try once more, and what stands there then is shown as a warning. `person`: nothing
    happens by itself, whatever a policy allows. `refuse`: it cannot leave as it is, whoever approves.
    """

    PASS = "pass"  # noqa: S105 - no password
    REPAIRABLE = "repairable"
    PERSON = "person"
    REFUSE = "refuse"


ORDER = tuple(Verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The strictest of them; `pass` of none."""
    return max(verdicts, key=ORDER.index, default=Verdict.PASS)


class Finding(Frozen):
    """One thing that a check has found.

    `text` is the sentence of the reply that it concerns, at `start` to `end`; empty and null where it concerns the
    mail or the reply as a whole. `suggestion` could stand there instead, empty where removing it is the only repair.
    """

    check: str
    verdict: Verdict
    words: str
    text: str = ""
    start: int | None = None
    end: int | None = None
    suggestion: str = ""


class Review(Frozen):
    """What all checks say. `verdict` is the strictest."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return worst(finding.verdict for finding in self.findings)

    def of(self, check: str) -> tuple[Finding, ...]:
        """What one check has found."""
        return tuple(finding for finding in self.findings if finding.check == check)

    @property
    def told(self) -> tuple[str, ...]:
        """The findings as a model is told them, each after its sentence."""
        return tuple(f"{f.text!r}: {f.words}" if f.text else f.words for f in self.findings)

    def as_checks(self) -> list[dict[str, Any]]:
        """What each check found, for the stored call; those that found nothing are left out."""
        names = dict.fromkeys(finding.check for finding in self.findings)
        return [
            {
                "name": name,
                "verdict": str(worst(finding.verdict for finding in self.of(name))),
                "findings": [finding.words for finding in self.of(name)],
            }
            for name in names
        ]

    def as_document(self) -> dict[str, Any]:
        """Plain JSON for a proposal. What grounding finds stands at the sentences of the document already."""
        told = [finding.model_dump(mode="json") for finding in self.findings if finding.check != "grounding"]
        return {"verdict": str(self.verdict), "findings": told}
