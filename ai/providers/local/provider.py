"""The provider's class, and the one function that answers any purpose."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from ai.errors import UnknownPurpose
from ai.providers.base import Prepared, Repair, Reply
from ai.providers.local.draft import draft
from ai.providers.local.recommend import recommend
from ai.providers.local.understand import understand
from ai.purposes import DraftInput, Purpose, RecommendInput, UnderstandInput
from ai.routes import Hop
from ai.usage import Usage

LOCAL_MODEL = "local-1"
LOCAL_HOP = Hop(LOCAL_MODEL, "low", provider="local")


def answer_to(inputs: BaseModel) -> BaseModel:
    """The offline answer to the inputs of any purpose; raises UnknownPurpose."""
    match inputs:
        case UnderstandInput():
            return understand(inputs)
        case RecommendInput():
            return recommend(inputs)
        case DraftInput():
            return draft(inputs)
    raise UnknownPurpose(f"The offline provider has no answer to {type(inputs).__name__}.")


class LocalProvider:
    """Answers without a model; see the package."""

    name = "local"
    priced = False
    address = ""

    def prepare(self, *, purpose: Purpose, inputs: BaseModel, repair: Repair | None, warm: bool = False) -> Prepared:
        return Worked(inputs)


@dataclass(frozen=True)
class Worked:
    """Inputs that are worked on here; it costs nothing."""

    inputs: BaseModel
    tokens_at_most: int | None = None
    prompt: str = ""

    def answer(self, *, hop: Hop, max_tokens: int) -> Reply:
        """The answer as JSON, so that it takes the same way as a vendor's."""
        text = answer_to(self.inputs).model_dump_json()
        return Reply(text=text, model_served=hop.model, stop_reason="end_turn", usage=Usage())
