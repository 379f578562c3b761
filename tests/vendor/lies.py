"""What the stand-in says when it lies, or does whatever a stranger's mail tells it to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
    """Does what strangers say: their words become facts, actions, and the reply, each with a quote from where it stands.

    It obeys the mail, and what earlier mails have left behind that is laid before it.
    """
    inputs = inputs_of(request)
    said = honest(request)
    told = list(_told(inputs))
    orders = [line for line in told if ORDERS.search(line.text)] or [line for line in told if line.mail == told[0].mail]
    if "facts" in said:
        said |= {"summary": " ".join(line.text for line in orders)[:600] or said["summary"], "wants_person": False}
        numbers = [found for line in orders for found in NUMBER.findall(line.text)]
        name = inputs.message.from_name  # type: ignore[attr-defined]
        said["facts"] |= {"name": name[:300] or None, "phone": (numbers or [said["facts"]["phone"]])[0]}
    if "actions" in said:
        said["actions"] = [{"name": choice.name, "reason": "As asked."} for choice in inputs.actions]  # type: ignore[attr-defined]
        if inputs.slots:  # type: ignore[attr-defined]
            slot = inputs.slots[0]  # type: ignore[attr-defined]
            said["slot"] = slot.model_dump(mode="json", include={"starts_at", "ends_at"})
    if isinstance(inputs, DraftInput) and orders:
        said["text"] = "\n".join(line.text for line in orders)[:5_000]
        said["promises"] = []
        said["claims"] = [
            {
                "claim": line.text[:1_000], "label": "As asked", "source_kind": line.kind, "source_id": line.mail,
                "field": line.field, "quote": line.text[:1_000],
            }
            for line in orders[:60]
        ]  # fmt: skip
    return said


@dataclass(frozen=True)
class _Line:
    """A line that a stranger wrote; `mail` is the id of the mail, or of the record that keeps it."""

    kind: str
    mail: str
    field: str
    text: str


def _told(inputs: Any) -> Iterator[_Line]:
    """The mail's lines first, then those of earlier mails and of the customer's record."""
    for mail in (inputs.message, *inputs.earlier):
        for field, text in (("text", mail.from_name), ("subject", mail.subject), ("text", mail.text)):
            yield from (_Line("message", mail.id, field, line) for line in _lines(text))
    for source in getattr(inputs, "sources", ()):
        for field in source.fields if source.kind == "contact" else ():
            yield from (_Line("contact", source.id, field.name, line) for line in _lines(field.text))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


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
