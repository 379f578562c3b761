"""Why another model answered than the one that was asked first: in few kinds, for people who count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from ai.errors import AIError
from ai.routes import Hop


class FallbackKind(TextChoices):
    """What kept a model from answering, as a manager tells it apart: what passes, what we set, what it wrote."""

    OVERLOADED = "overloaded", "Overloaded"
    UNREACHABLE = "unreachable", "Too slow or out of reach"
    ANSWER = "answer", "Answer not usable"
    BUDGET = "budget", "Budget"
    ACCOUNT = "account", "Key, account or price"
    OTHER = "other", "Other"


K = FallbackKind
# By the codes of ai.errors.
CODES: Mapping[FallbackKind, tuple[str, ...]] = {
    K.OVERLOADED: ("overloaded", "rate_limit"),
    K.UNREACHABLE: ("connection", "timeout", "too_late", "unreadable", "vendor_failed", "breaker_open"),
    K.ANSWER: (
        "bad_answer", "not_trusted", "not_json", "wrong_shape", "rule_broken", "max_tokens", "answer_too_long",
    ),
    K.BUDGET: ("budget", "soft_limit"),
    K.ACCOUNT: ("account", "bad_key", "billing", "no_key", "spend_limit", "unknown_price"),
    K.OTHER: ("context_window", "request_refused", "stopped", "retryable", "not_retryable"),
}  # fmt: skip
KIND_OF = {code: kind for kind, codes in CODES.items() for code in codes}


def kind_of(code: str) -> FallbackKind:
    """The kind of an error; `other` of what was not kept, or what this release does not know."""
    return KIND_OF.get(code, K.OTHER)


@dataclass(frozen=True)
class FellBack:
    """Which model should have answered, and which ones did not: each with its error, in the order of the route."""

    hop: Hop
    faults: tuple[tuple[str, AIError], ...]

    @property
    def reason(self) -> str:
        """What a person reads; where several did not answer, each by its name."""
        if len(self.faults) == 1:
            return self.faults[0][1].message
        return " ".join(f"{model}: {error.message}" for model, error in self.faults)

    @property
    def code(self) -> str:
        """Why the model that should have answered did not."""
        return self.faults[0][1].code
