"""A stretch of a run that one worker drives: loaded once, kept in step with what is committed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.crash_points import reached
from dispatch.leases import Lease
from dispatch.registry import GIVEN_BACK, GivenBack
from workflows.engine.checkpoint import Checkpoint
from workflows.engine.context import RunContext, run_context
from workflows.engine.holding import actor_of
from workflows.engine.loading import run_load
from workflows.models import MET, RUN_ENDED, Step, StepStatus
from workflows.selectors.automation import Stop


class Segment:
    """A run and its steps as this worker knows them.

    Moves gather in `checkpoint` and change what is in memory at once; `commit` makes them durable, all
    together. After an exception of it the segment is no longer true, and another is loaded. `handed_on` are the
    keys of the steps that it gave to branches, `stopped` whose switch holds back a step that asks a model.
    """

    def __init__(self, context: RunContext, steps: Sequence[Step], lease: Lease) -> None:
        self.context = context
        self.run = context.run
        self.steps = list(steps)
        self.lease = lease
        self.checkpoint = Checkpoint(self.run, actor_of(self.run))
        self.handed_on: set[str] = set()
        self.stopped = Stop.NO
        self._by_key = {step.key: step for step in self.steps}

    def commit(self, name: str = "run") -> None:
        """Make durable what was decided, if anything was. Raises LeaseLost, RunMoved, MovedMeanwhile."""
        if self.checkpoint.is_empty:
            return
        reached("before_commit", name)
        self.checkpoint.commit(self.lease)
        reached("after_commit", name)

    def commit_last(self, again: datetime | None = None) -> GivenBack:
        """Make durable what was decided, and give the work back in the same commit, to be due `again`."""
        reached("before_commit", "rest")
        self.checkpoint.commit(self.lease, finish=True, again=again)
        reached("after_commit", "rest")
        return GIVEN_BACK

    def met(self, step: Step, to: StepStatus, *, data: dict[str, Any], **changes: Any) -> list[Step]:
        """Move a step to succeeded or skipped, and tell those that need it; gives them back."""
        self.checkpoint.move_step(step, to, data=data, **changes)
        if step.output is not None:
            self.context = self.context.with_output(step.key, step.output)
        dependents = [self._by_key[key] for key in self.context.definition.needed_by[step.key]]
        for dependent in dependents:
            self.checkpoint.need_met(dependent)
        return dependents

    def first(self, status: StepStatus) -> Step | None:
        """The first step in this state."""
        return next((step for step in self.steps if step.status == status), None)

    @property
    def all_met(self) -> bool:
        """Whether nothing is left to do."""
        return all(step.status in MET for step in self.steps)


def segment_load(run_id: UUID, lease: Lease) -> Segment | None:
    """The run as it stands in the database; None where there is none, or it has ended."""
    found = run_load(run_id)
    if found is None or found[0].status in RUN_ENDED:
        return None
    run, steps = found
    return Segment(run_context(run, steps), steps, lease)
