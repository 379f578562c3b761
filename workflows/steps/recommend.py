"""Recommend what to do next, out of what this version may do at all."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from ai.purposes import Recommendation, RecommendInput, Slot, Understanding
from ai.services import Provenance
from workflows.steps.base import ModelStep, World, ask_model, sources
from workflows.steps.knowledge import knowledge_about


class RecommendGiven(BaseModel):
    understanding: dict[str, Any]
    listing: str | None = None
    contact: str | None = None
    slots: list[dict[str, Any]] = []


class Recommended(Recommendation):
    """What to do next, and who says so."""

    model_config = ConfigDict(extra="forbid")

    provenance: Provenance


class Recommend(ModelStep):
    """Recommend which of the version's actions fit, a free time, and which questions the records answer."""

    name = "ai.recommend"
    label = "Recommend next actions"
    purpose = "recommend"
    Input = RecommendGiven
    Output = Recommended
    takes = {
        "understanding": "ai.understand:",
        "listing": "crm.match:listing",
        "contact": "crm.match:contact",
        "slots": "crm.match:slots",
    }

    def inputs(self, input: RecommendGiven, world: World) -> RecommendInput:
        mail = world.mail()
        understanding = Understanding.model_validate(
            {k: v for k, v in input.understanding.items() if k in Understanding.model_fields}
        )
        return RecommendInput(
            message=mail,
            earlier=world.earlier_mails(),
            understanding=understanding,
            sources=(
                *sources(listing=input.listing, contact=input.contact, now=world.now),
                *knowledge_about(understanding, mail.subject),
            ),
            actions=world.actions,
            slots=tuple(
                Slot(
                    starts_at=slot["starts_at"],
                    ends_at=slot["ends_at"],
                    source_id=input.listing or "",
                    field=slot["field"],
                )
                for slot in input.slots
            ),
            agency=world.tenant.name,
            timezone=str(world.tenant.timezone),
            now=world.now,
        )

    def run(self, input: RecommendGiven, world: World) -> dict[str, Any]:
        answer = ask_model(self.purpose, self.inputs(input, world), world)
        found = answer.result.model_dump(mode="json")
        return {**found, "provenance": answer.provenance.model_dump(mode="json")}
