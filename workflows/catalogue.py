"""Everything that `do` may name: the step kinds and the actions, none called like another."""

from workflows.actions import ACTIONS
from workflows.kinds import Kind, by_name
from workflows.steps import STEP_KINDS

KINDS: dict[str, Kind] = by_name([*STEP_KINDS.values(), *ACTIONS.values()])
