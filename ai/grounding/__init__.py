"""Holding each sentence of a draft against its sources, by code. The door is `account`."""

from ai.grounding.account import Names, PersonSpan, account, edited_spans
from ai.grounding.results import Account, Evidence, EvidenceSource, Sentence, Verdict

__all__ = [
    "Account",
    "Evidence",
    "EvidenceSource",
    "Names",
    "PersonSpan",
    "Sentence",
    "Verdict",
    "account",
    "edited_spans",
]
