"""Understand: what does the sender of this mail want, and which facts does the mail itself give?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, create_model

from ai.purposes.base import Purpose, Result, one_of
from ai.sources import Frozen, Mail

Short = Annotated[str, StringConstraints(max_length=300)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Amount = Annotated[str, StringConstraints(pattern=r"^\d{1,12}(\.\d{1,2})?$")]


class IntentChoice(Frozen):
    """One thing that a mail can want, as the workflow names and describes it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""


class UnderstandInput(Frozen):
    """`intents` must hold at least one choice; by convention one of them is called `other`."""

    message: Mail
    earlier: tuple[Mail, ...] = ()
    intents: tuple[IntentChoice, ...] = Field(min_length=1)
    agency: str
    timezone: str = "UTC"
    now: AwareDatetime


class Budget(Result):
    """Money that the sender has or offers: `text` as written, `amount` as a plain decimal, ISO 4217 or null."""

    text: Short
    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class PreferredTime(Result):
    """A wish for a time: `text` as written, and the window it means where that can be told."""

    text: Short
    earliest: AwareDatetime | None = None
    latest: AwareDatetime | None = None


class Facts(Result):
    """What the mail says about its sender and their wish. Nothing is guessed: what it does not say is null."""

    name: Short | None = None
    phone: Short | None = None
    address: Short | None = None
    suburb: Short | None = None
    budget: Budget | None = None
    preferred_times: list[PreferredTime] = Field(default_factory=list, max_length=10)
    party_size: int | None = Field(default=None, ge=1, le=1000)
    questions: list[Annotated[str, StringConstraints(max_length=500)]] = Field(default_factory=list, max_length=20)


class Understanding(Result):
    """`summary` is for staff, in English; `language` is the BCP 47 tag of the mail, `und` where none can be
    told.
    """

    intent: str
    summary: Annotated[str, StringConstraints(max_length=600)]
    language: LanguageTag
    facts: Facts = Field(default_factory=Facts)
    wants_person: bool = False


INSTRUCTIONS = """\
You read one email that a customer sent to a company and say what it wants. Somebody else decides and answers.

- intent: the one name from `intents` whose description fits best; `other` when none does.
- summary: at most two plain English sentences for the staff. No greeting, no judgement.
- language: BCP 47 tag of the language that the customer wrote in.
- facts: only what the email itself says. Copy name, phone, address, suburb and the `text` of budget and times
  letter by letter from the email. What it does not say is null or an empty list. `address` is the property or
  place that the email is about, `budget` is money that the sender has, offers or is ready to pay. `earliest`
  and `latest` are date-times with offset in `timezone`, counted from `now`. Each question that the sender
  asks stands once in `questions`, in their own words.
- wants_person: true when the sender asks for a human being, complains, threatens legal steps, or tells of
  danger to people or property."""


def _narrow(inputs: UnderstandInput) -> type[BaseModel]:
    return _of_intents(tuple(choice.name for choice in inputs.intents))


@lru_cache(maxsize=256)  # to make a model takes longer than everything else of a call
def _of_intents(names: tuple[str, ...]) -> type[BaseModel]:
    return create_model("Understanding", __base__=Understanding, intent=(one_of(names), ...))


def _check(inputs: UnderstandInput, result: Understanding) -> tuple[str, ...]:
    """Contact details must stand in the mail: a phone number that the sender never wrote is never stored."""
    findings: list[str] = []
    texts = [inputs.message, *inputs.earlier]
    if result.facts.phone is not None:
        wanted = _digits(result.facts.phone)
        if not wanted or not any(wanted in _digits(f"{mail.subject}\n{mail.text}") for mail in texts):
            findings.append("facts.phone: this number does not stand in the email.")
    for name in ("address", "suburb"):
        value = getattr(result.facts, name)
        if value is not None and not any(_stands_in(value, f"{mail.subject}\n{mail.text}") for mail in texts):
            findings.append(f"facts.{name}: these words do not stand in the email.")
    return tuple(findings)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _stands_in(words: str, text: str) -> bool:
    return " ".join(words.split()).casefold() in " ".join(text.split()).casefold()


UNDERSTAND = Purpose(
    name="understand",
    version=2,
    inputs=UnderstandInput,
    result=Understanding,
    instructions=INSTRUCTIONS,
    trusted=frozenset({"intents", "agency", "timezone", "now"}),
    stable=frozenset({"intents", "agency", "timezone"}),
    max_tokens=8_000,
    narrow=_narrow,
    check=_check,
)
