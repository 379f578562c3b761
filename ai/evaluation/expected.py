"""What is right for an example, as far as somebody has said so; what is left out is not measured."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ai.errors import UnknownPurpose
from ai.evaluation.errors import Fault, InvalidCase
from ai.purposes import PURPOSES, purpose_named

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
FactName = Literal["name", "phone", "address", "suburb", "budget", "party_size"]


class Expected(BaseModel):
    """The base of what is right. A field that is not given is not measured; null is a value: nothing is right there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _says_something(self) -> Expected:
        if not self.model_fields_set:
            raise ValueError("say at least one thing that is right")
        return self


class ExpectedUnderstanding(Expected):
    """`facts` by name, exactly; a budget is its amount as a plain decimal, a party a number."""

    intent: Name = ""
    language: Name = ""
    wants_person: bool = False
    facts: dict[FactName, str | int | None] = Field(default_factory=dict)


class ExpectedRecommendation(Expected):
    """The names of all actions that are right, and the begin of the right slot, null where none is."""

    actions: tuple[Name, ...] = ()
    slot: AwareDatetime | None = None


class ExpectedDraft(Expected):
    """`text` is what was sent in the end; the checks are held against every draft, whatever it says."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


EXPECTED: dict[str, type[Expected]] = {
    "understand": ExpectedUnderstanding,
    "recommend": ExpectedRecommendation,
    "draft": ExpectedDraft,
}


def read_case(purpose: str, inputs: Any, expected: Any) -> tuple[BaseModel, Expected]:
    """Inputs and what is right as their types; raises InvalidCase with every fault."""
    try:
        asked = purpose_named(purpose)
    except UnknownPurpose:
        raise InvalidCase([Fault("purpose", f"choose one of {', '.join(PURPOSES)}")]) from None
    found: list[BaseModel] = []
    faults: list[Fault] = []
    for name, model, value in (("inputs", asked.inputs, inputs), ("expected", EXPECTED[purpose], expected)):
        try:
            found.append(model.model_validate(value))
        except ValidationError as error:
            faults += [
                Fault(".".join([name, *map(str, fault["loc"])]), fault["msg"])
                for fault in error.errors(include_url=False, include_input=False, include_context=False)
            ]
    if faults:
        raise InvalidCase(faults)
    given, right = found
    assert isinstance(right, Expected)
    if beside := _beside(given, right):
        raise InvalidCase([beside])
    return given, right


def _beside(inputs: Any, right: Expected) -> Fault | None:
    """What no answer to these inputs could ever be."""
    if isinstance(right, ExpectedUnderstanding) and "intent" in right.model_fields_set:
        known = [choice.name for choice in inputs.intents]
        if right.intent not in known:
            return Fault("expected.intent", f"choose one of {', '.join(known)}")
    if isinstance(right, ExpectedRecommendation):
        known = [choice.name for choice in inputs.actions]
        if unknown := [name for name in right.actions if name not in known]:
            return Fault("expected.actions", f"{unknown[0]} is none of {', '.join(known) or 'no actions'}")
    return None


def written(right: Expected) -> dict[str, Any]:
    """As it is stored: only what somebody has said."""
    return right.model_dump(mode="json", exclude_unset=True)
