"""Read the customer's message: what it wants, and the facts it gives."""

from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel, ConfigDict

from ai.purposes import IntentChoice, Understanding, UnderstandInput
from ai.services import Provenance
from mail.services import annotate
from workflows.steps.base import ModelStep, World, ask_model

# What a message can want when the definition does not say.
INTENTS = {
    "inspection": "wants to see a place, or asks when it can be seen",
    "question": "asks something",
    "search": "looks for a place and names none",
    "appraisal": "wants to know what something is worth",
    "cancellation": "calls off an appointment",
    "offer": "offers a price or makes another offer",
    "application": "applies for something, or asks how to",
    "maintenance": "reports something broken",
    "complaint": "is unhappy about something or somebody",
    "other": "none of these",
}


class UnderstandGiven(BaseModel):
    """`intents`: name -> what it means."""

    message: str
    intents: dict[str, str] = INTENTS


class Understood(Understanding):
    """What the message wants and says, and who read it."""

    model_config = ConfigDict(extra="forbid")

    provenance: Provenance


class Understand(ModelStep):
    """Read the customer's message: what it wants, in which language, and the facts it gives."""

    name = "ai.understand"
    label = "Understand the message"
    purpose = "understand"
    Input = UnderstandGiven
    Output = Understood
    takes = {"message": "event:message"}

    def inputs(self, input: UnderstandGiven, world: World) -> UnderstandInput:
        return UnderstandInput(
            message=world.mail(),
            earlier=world.earlier_mails(),
            intents=tuple(IntentChoice(name=name, description=text) for name, text in input.intents.items()),
            agency=world.tenant.name,
            timezone=str(world.tenant.timezone),
            now=world.now,
        )

    def run(self, input: UnderstandGiven, world: World) -> dict[str, Any]:
        answer = ask_model(self.purpose, self.inputs(input, world), world)
        found = answer.result.model_dump(mode="json")
        with transaction.atomic():
            annotate(message_id=UUID(world.mail().id), intent=found["intent"], run_id=world.run)
        return {**found, "provenance": answer.provenance.model_dump(mode="json")}
