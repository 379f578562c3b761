"""Draft the reply. What it says is held against its sources when the proposal is made, and after each edit."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from ai.purposes import Draft, DraftInput, Recommendation, Understanding
from ai.selectors import phrases_of
from ai.services import Provenance
from ai.sources import Source
from workflows.steps.base import ModelStep, World, ask_model, sources
from workflows.steps.knowledge import knowledge_about


class DraftGiven(BaseModel):
    understanding: dict[str, Any]
    recommendation: dict[str, Any] = {}
    listing: str | None = None
    contact: str | None = None


class DraftedReply(Draft):
    """A reply with its claims and promises, the records it may quote, and who wrote it."""

    model_config = ConfigDict(extra="forbid")

    customer_name: str
    sources: list[Source]
    provenance: Provenance


class DraftReply(ModelStep):
    """Draft a reply in the customer's language, each fact with a literal quote from its source."""

    name = "ai.draft_reply"
    label = "Draft the reply"
    purpose = "draft"
    Input = DraftGiven
    Output = DraftedReply
    takes = {
        "understanding": "ai.understand:",
        "recommendation": "ai.recommend:",
        "listing": "crm.match:listing",
        "contact": "crm.match:contact",
    }

    def inputs(self, input: DraftGiven, world: World) -> DraftInput:
        understanding = Understanding.model_validate(_only(Understanding, input.understanding))
        recommendation = _only(Recommendation, input.recommendation)
        mail = world.mail()
        name = understanding.facts.name or (world.message.from_name if world.message else "")
        # Nothing is booked unless a free time was chosen: then the reply may not say so either.
        booked = recommendation.get("slot") is not None
        return DraftInput(
            message=mail,
            earlier=world.earlier_mails(),
            understanding=understanding,
            recommendation=Recommendation.model_validate(recommendation),
            sources=(
                *sources(listing=input.listing, contact=input.contact, now=world.now),
                *knowledge_about(understanding, mail.subject),
            ),
            actions=tuple(action for action in world.actions if action.role != "booking" or booked),
            phrases=phrases_of(agency=world.tenant.name),
            customer_name=name,
            agency=world.tenant.name,
            timezone=str(world.tenant.timezone),
            now=world.now,
        )

    def run(self, input: DraftGiven, world: World) -> dict[str, Any]:
        inputs = self.inputs(input, world)
        answer = ask_model(self.purpose, inputs, world)
        draft = answer.result.model_dump(mode="json")
        return {
            **draft,
            "customer_name": inputs.customer_name,
            "sources": [source.model_dump(mode="json") for source in inputs.sources],
            "provenance": answer.provenance.model_dump(mode="json"),
        }


def _only(model: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key in model.model_fields}
