"""Recommend: which of the allowed actions fit, which free time, and which questions can be answered from
sources.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, create_model

from ai.purposes.base import Purpose, Result, one_of
from ai.purposes.understand import Short, Understanding
from ai.sources import Frozen, Mail, Source, SourceKind

Role = Literal["record", "follow_up", "booking", "reply", "other"]


class ActionChoice(Frozen):
    """An action of the workflow's allow-list.

    `role` says what it does for the customer, and so which words in a reply it keeps: `follow_up` keeps "I'll
    check and come back", `booking` keeps "I have put you down", `record` and `reply` promise nothing.
    `summary` says what exactly it will do once that is known ("Call Georgia, Sat 21 Nov, 4:15 pm"); its dates
    count as a source.
    """

    name: str = Field(min_length=1, max_length=100)
    label: str = ""
    description: str = ""
    role: Role = "other"
    step: str = ""
    summary: str = ""


class Slot(Frozen):
    """A time that can be booked. `source_id` and `field` name the record whose text says so."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    source_kind: SourceKind = "listing"
    source_id: str = ""
    field: str = ""


class RecommendInput(Frozen):
    """`actions` is the allow-list, `slots` the free times, `sources` the records of this enquiry, main one
    first.
    """

    message: Mail
    earlier: tuple[Mail, ...] = ()
    understanding: Understanding
    sources: tuple[Source, ...] = ()
    actions: tuple[ActionChoice, ...] = ()
    slots: tuple[Slot, ...] = ()
    agency: str
    timezone: str = "UTC"
    now: AwareDatetime


class RecommendedAction(Result):
    """An action of the allow-list, by its name, and why it fits, for the staff."""

    name: str
    reason: Short


class SlotChoice(Result):
    """One of the slots that were given, by its start and end."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None


class QuestionAnswer(Result):
    """Whether a source answers one of the customer's questions, and which field of which source."""

    question: Annotated[str, StringConstraints(max_length=500)]
    answered: bool
    source_kind: SourceKind | None = None
    source_id: str | None = None
    field: str | None = None


class Recommendation(Result):
    """What to do next. `slot` is null where nothing is to be booked."""

    actions: list[RecommendedAction] = Field(default_factory=list, max_length=20)
    slot: SlotChoice | None = None
    questions: list[QuestionAnswer] = Field(default_factory=list, max_length=20)


INSTRUCTIONS = """\
A customer wrote to a company, and the email was understood. You recommend what the company does next. A
person or a policy decides about it.

- actions: names from `actions` only, each at most once, each with a reason of one short sentence for the
  staff.
- slot: one of `slots`, copied exactly, when the customer wishes a time and this slot lies within the wish;
  else null.
- questions: each question of the customer once. `answered` is true only when a field of one of `sources`
  plainly holds the answer; then source_kind, source_id and field name it, else they are null. The customer's
  own email answers nothing."""


def _narrow(inputs: RecommendInput) -> type[BaseModel]:
    return _of_actions(tuple(dict.fromkeys(choice.name for choice in inputs.actions)))


@lru_cache(maxsize=256)  # to make a model takes longer than everything else of a call
def _of_actions(names: tuple[str, ...]) -> type[BaseModel]:
    if not names:
        return Recommendation
    action = create_model("RecommendedAction", __base__=RecommendedAction, name=(one_of(names), ...))
    actions = Annotated[list[action], Field(max_length=20)]
    return create_model("Recommendation", __base__=Recommendation, actions=(actions, ...))


def _check(inputs: RecommendInput, result: Recommendation) -> tuple[str, ...]:
    allowed = {choice.name for choice in inputs.actions}
    findings = [
        f"actions: {action.name} is not on the list of allowed actions."
        for action in result.actions
        if action.name not in allowed
    ]
    if result.slot is not None and not any(
        slot.starts_at == result.slot.starts_at and slot.ends_at == result.slot.ends_at for slot in inputs.slots
    ):
        findings.append("slot: this is none of the slots that were given.")
    known = {(source.kind, source.id, field.name) for source in inputs.sources for field in source.fields}
    for answer in result.questions:
        place = (answer.source_kind, answer.source_id, answer.field)
        if answer.answered and place not in known:
            findings.append("questions: an answered question names a field that no source has.")
    return tuple(findings)


RECOMMEND = Purpose(
    name="recommend",
    version=2,
    inputs=RecommendInput,
    result=Recommendation,
    instructions=INSTRUCTIONS,
    trusted=frozenset({"actions", "slots", "agency", "timezone", "now"}),
    stable=frozenset({"actions", "agency", "timezone"}),
    max_tokens=8_000,
    narrow=_narrow,
    check=_check,
)
