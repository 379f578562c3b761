"""What a model may be asked for: each purpose has typed inputs, a typed result, instructions with a version,
and rules that its result must keep. A new purpose is a module beside these and a line in PURPOSES."""

from ai.errors import UnknownPurpose
from ai.purposes.base import Purpose
from ai.purposes.draft import DRAFT, Claim, Draft, DraftInput, Promise
from ai.purposes.recommend import (
    RECOMMEND,
    ActionChoice,
    QuestionAnswer,
    Recommendation,
    RecommendedAction,
    RecommendInput,
    Slot,
)
from ai.purposes.understand import (
    UNDERSTAND,
    Budget,
    Facts,
    IntentChoice,
    PreferredTime,
    Understanding,
    UnderstandInput,
)

__all__ = [
    "DRAFT",
    "PURPOSES",
    "RECOMMEND",
    "UNDERSTAND",
    "ActionChoice",
    "Budget",
    "Claim",
    "Draft",
    "DraftInput",
    "Facts",
    "IntentChoice",
    "PreferredTime",
    "Promise",
    "Purpose",
    "QuestionAnswer",
    "RecommendInput",
    "Recommendation",
    "RecommendedAction",
    "Slot",
    "UnderstandInput",
    "Understanding",
    "purpose_named",
]

PURPOSES: dict[str, Purpose] = {purpose.name: purpose for purpose in (UNDERSTAND, RECOMMEND, DRAFT)}


def purpose_named(name: str) -> Purpose:
    """The purpose of that name; raises UnknownPurpose."""
    try:
        return PURPOSES[name]
    except KeyError:
        raise UnknownPurpose(f"There is no purpose called {name!r}.") from None
