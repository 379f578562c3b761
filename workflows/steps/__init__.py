"""Step kinds: what a step can be besides an action. A new one is a module here and a name in the line below."""

from workflows.kinds import by_name
from workflows.steps.base import ModelStep, StepKind, World
from workflows.steps.draft_reply import DraftReply
from workflows.steps.match import Match
from workflows.steps.recommend import Recommend
from workflows.steps.understand import Understand

STEP_KINDS: dict[str, StepKind] = by_name([Understand(), Match(), Recommend(), DraftReply()])
# Those that ask a model.
AI_KINDS = frozenset(kind.name for kind in STEP_KINDS.values() if kind.queue == "ai")

__all__ = ["AI_KINDS", "STEP_KINDS", "ModelStep", "StepKind", "World"]
