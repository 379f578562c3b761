"""What an undo plan says of an effect, in a sentence."""

from collections.abc import Mapping
from typing import Any

WHY = {
    "sent": "A sent reply cannot be undone. A correction is drafted for a person to send.",
    "corrected": "A sent reply cannot be undone. Its correction was drafted before.",
    "irreversible": "This cannot be undone.",
    "erased": "Its customer was erased, and with them what it was.",
    "leaving": "It is leaving right now.",
    "unknown": "Nobody knows whether it left. Say what became of it first.",
    "stopped": "It was stopped before it left.",
    "failed": "It never happened.",
    "undoing": "It is being undone.",
    "undone": "It was undone before.",
    "changed": "Nothing of it is put back: it was changed since, or others refer to it.",
}
PART = "Some of it stays: it was changed since, or others refer to it."
STOPS = "It is held, and does not leave."


def sentence_of(effect: Mapping[str, Any]) -> str:
    """Why an effect is not undone as a whole, or what else is done about it; empty where it simply is undone."""
    if effect["does"] == "stop":
        return STOPS
    if effect["does"] == "undo":
        return PART if effect["why"] else ""
    return WHY.get(effect["why"], "")


def can_be_undone(effect: Mapping[str, Any]) -> str:
    """yes, part or no."""
    if effect["does"] not in ("undo", "stop"):
        return "no"
    return "part" if effect["why"] else "yes"
