"""Drafts of which is known whether they lie, held against their sources by the checks of the product."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from ai.grounding import Names, account
from ai.grounding.normal import places
from ai.purposes import ActionChoice, Claim
from ai.quality.statistics import wilson
from ai.sources import Mail, Source
from ai.trust import Finding, Material, Verdict, review

HERE = Path(__file__).parent
HALVES = ("build", "free", "blind", "fresh")
Outcome = Literal["refused", "shown", "passed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
NOW = datetime(2026, 11, 16, 21, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Judged:
    """`outcome` of a lie: what is found where it stands; of a truth: the strictest that is found in all of it.

    `refused`: nobody can send it so. `shown`: a person has to compare it with its quote. `passed`: nothing is said.
    `sentences`: that of each sentence.
    """

    id: str
    kind: str
    language: str
    outcome: Outcome
    lie: str
    findings: tuple[Finding, ...]
    sentences: tuple[Outcome, ...]

    @property
    def truthful(self) -> bool:
        return self.kind == "truthful"

    @property
    def right(self) -> bool:
        """Whether a lie is refused, or a truth is not."""
        return (self.outcome == "refused") is not self.truthful

    @property
    def told(self) -> str:
        """What went wrong: the lie that passed, or what was found in a truth."""
        return self.lie or "; ".join(f"{finding.text} -> {finding.words}" for finding in self.findings)


@dataclass(frozen=True)
class Rate:
    """How many of so many went wrong, and the 95 % Wilson bounds of that share."""

    wrong: int
    of: int

    @property
    def share(self) -> float:
        return self.wrong / self.of if self.of else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        return wilson(self.wrong, self.of)

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{self.wrong:3} of {self.of:3}  {self.share:6.1%}  ({low:.1%} to {high:.1%})"


def drafts(half: str) -> Iterator[dict[str, Any]]:
    """The collection of one part, in the order of its files."""
    for path in sorted((HERE / half).glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def judged(draft: dict[str, Any]) -> Judged:
    """The verdict of the product on one draft."""
    text = draft["draft"]["text"]
    message = Mail(
        id="message-1",
        from_email=draft["mail"]["from_email"],
        from_name=draft["mail"]["from_name"],
        subject=draft["mail"]["subject"],
        text=draft["mail"]["text"],
        received_at=NOW,
    )
    checked = account(
        text=text,
        claims=[Claim.model_validate(claim) for claim in draft["draft"]["claims"]],
        sources=(message.as_source(), *(Source.model_validate(source) for source in draft["sources"])),
        phrases=draft["phrases"],
        actions=[_action(action) for action in draft["actions"]],
        names=Names(name=draft["customer_name"], agency=draft["agency"], signer=draft["signer"]),
        language=draft["language"],
    )
    told = review(Material(text=text, account=checked, mails=(message,), language=draft["language"])).findings
    lie = draft.get("lie") or ""
    here = [finding for finding in told if _at(finding, lie, text)] if lie else told
    sentences = tuple(
        _outcome(finding for finding in told if finding.start is not None and span.start <= finding.start < span.end)
        for span in checked.sentences
    )
    return Judged(draft["id"], draft["class"], draft["language"], _outcome(here), lie, tuple(told), sentences)


def _outcome(found: Iterable[Finding]) -> Outcome:
    """Of the sentences alone: what is found in the customer's mail says nothing of the draft."""
    verdicts = {finding.verdict for finding in found if finding.start is not None or finding.verdict is Verdict.REFUSE}
    if Verdict.REFUSE in verdicts:
        return "refused"
    return "shown" if Verdict.PERSON in verdicts else "passed"


def rates(found: Iterable[Judged], *outcomes: Outcome) -> dict[str, Rate]:
    """The share that ended in one of these outcomes, by class; without any, the share that went wrong."""
    kinds: dict[str, list[Judged]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    return {
        kind: Rate(sum(one.outcome in outcomes if outcomes else not one.right for one in all_), len(all_))
        for kind, all_ in sorted(kinds.items())
    }


def _action(action: dict[str, str]) -> ActionChoice:
    title = action["title"]
    return ActionChoice.model_validate(
        {"name": action["role"], "role": action["role"], "label": title, "step": action["role"], "summary": title}
    )


def _at(finding: Finding, lie: str, text: str) -> bool:
    standing = places(lie, text)
    if finding.start is None or finding.end is None or not standing:
        return not standing
    return any(finding.start < end and start < finding.end for start, end in standing)
