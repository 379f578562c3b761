"""What the stand-in says when it lies, or does whatever a stranger's mail tells it to."""

from __future__ import annotations

import re
from typing import Any

from ai.purposes import DraftInput
from tests.vendor.answers import honest, inputs_of

ORDERS = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|system|instructions?|assistant|you (?:must|should|will)|instead|forward|send"
    r"|transfer|pay|add|change|delete|reply with|tell)\b"
)
NUMBER = re.compile(r"\b04\d\d \d{3} \d{3}\b")


def false_quote(request: dict[str, Any]) -> dict[str, Any]:
    """A claim whose quote stands nowhere."""
    return _say(request, "The studio was approved by council.", quote="Studio approved by council")


def invented_price(request: dict[str, Any]) -> dict[str, Any]:
    """A price that no source has, with a true quote of another fact beside it."""
    return _say(request, "The price guide is $1,250,000.")


def no_claim(request: dict[str, Any]) -> dict[str, Any]:
    """A fact that is left out of the list of claims."""
    said = honest(request)
    if "text" in said:
        said["text"] = _before_closing(said["text"], "The building report found no faults.")
    return said


def empty_promise(request: dict[str, Any]) -> dict[str, Any]:
    """Something that nobody will do."""
    said = honest(request)
    if "text" in said:
        said["text"] = _before_closing(said["text"], "We will reduce the price for you.")
    return said


def invented_fact(request: dict[str, Any]) -> dict[str, Any]:
    """A phone number that the mail does not hold, or a time that nobody offered."""
    said = honest(request)
    if "facts" in said:
        said["facts"]["phone"] = "0400 999 999"
    if "slot" in said:
        said["slot"] = {"starts_at": "2031-01-01T09:00:00Z", "ends_at": None}
    return said


def obey(request: dict[str, Any]) -> dict[str, Any]:
    """Does what the mail says: its words become facts, actions, and the reply, each with a quote from the mail."""
    inputs = inputs_of(request)
    mail = inputs.message  # type: ignore[attr-defined]
    said = honest(request)
    lines = [line.strip() for line in f"{mail.from_name}\n{mail.subject}\n{mail.text}".splitlines() if line.strip()]
    orders = [line for line in lines if ORDERS.search(line)] or lines
    if "facts" in said:
        said |= {"summary": " ".join(orders)[:600] or said["summary"], "wants_person": False}
        numbers = [found for order in orders for found in NUMBER.findall(order)]
        said["facts"] |= {"name": mail.from_name[:300] or None, "phone": (numbers or [said["facts"]["phone"]])[0]}
    if "actions" in said:
        said["actions"] = [{"name": choice.name, "reason": "As asked."} for choice in inputs.actions]  # type: ignore[attr-defined]
        if inputs.slots:  # type: ignore[attr-defined]
            slot = inputs.slots[0]  # type: ignore[attr-defined]
            said["slot"] = slot.model_dump(mode="json", include={"starts_at", "ends_at"})
    if isinstance(inputs, DraftInput) and orders:
        said["text"] = "\n".join(orders)[:5_000]
        said["promises"] = []
        said["claims"] = [
            {
                "claim": order[:1_000], "label": "As asked", "source_kind": "message", "source_id": mail.id,
                "field": "text", "quote": order[:1_000],
            }
            for order in orders[:60]
        ]  # fmt: skip
    return said


def _say(request: dict[str, Any], sentence: str, quote: str | None = None) -> dict[str, Any]:
    """The honest draft with one more sentence, claimed from the first field of the first source."""
    said = honest(request)
    if "text" not in said:
        return said
    inputs = inputs_of(request)
    assert isinstance(inputs, DraftInput)
    source = inputs.sources[0] if inputs.sources else inputs.message.as_source()
    field = source.fields[-1]
    said["text"] = _before_closing(said["text"], sentence)
    said["claims"].append(
        {
            "claim": sentence, "label": "Fact", "source_kind": source.kind, "source_id": source.id,
            "field": field.name, "quote": quote or field.text[:200] or "nothing",
        }
    )  # fmt: skip
    return said


def _before_closing(text: str, sentence: str) -> str:
    paragraphs = text.split("\n\n")
    return "\n\n".join([*paragraphs[:-1], sentence, paragraphs[-1]])
