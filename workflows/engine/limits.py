"""What a run may cost, how long it may be at work, and how many attempts its steps may make in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from workflows.definition import Limits
from workflows.models import Run, Step


@dataclass(frozen=True)
class Reached:
    """The limit that a run is over: its cause of failure, and the sentence that people read."""

    cause: str
    sentence: str


def limit_reached(run: Run, limits: Limits, *, cost: Decimal) -> Reached | None:
    """The limit that a run is over after what it has done; None while it is within all. `cost` is in US dollars."""
    if cost > limits.cost_usd:
        return Reached("limit:cost", f"The run has cost US${cost}, its limit is US${limits.cost_usd}.")
    if ran(run) > limits.running:
        return Reached("limit:running", f"The run was at work for {ran(run)}, its limit is {limits.running}.")
    return None


def attempts_spent(steps: Iterable[Step], limits: Limits) -> Reached | None:
    """Says that a run may begin no further attempt at any of its steps; None while it may."""
    made = sum(step.attempts for step in steps)
    if made < limits.steps:
        return None
    return Reached("limit:steps", f"The run has made {made} attempts at its steps, its limit is {limits.steps}.")


def ran(run: Run) -> timedelta:
    """How long a run has been at work; waiting does not count."""
    since = timezone.now() - run.running_since if run.running_since else timedelta()
    return run.ran + since
