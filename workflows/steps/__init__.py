"""Step kinds: what a step can be besides an action. A new one is a module here and a line below."""

from workflows.steps.base import StepKind, World
from workflows.steps.draft_reply import DraftReply
from workflows.steps.match import Match
from workflows.steps.recommend import Recommend
from workflows.steps.understand import Understand

STEP_KINDS: dict[str, StepKind] = {kind.name: kind for kind in (Understand(), Match(), Recommend(), DraftReply())}

__all__ = ["STEP_KINDS", "StepKind", "World"]
