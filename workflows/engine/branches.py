"""Parallel branches: steps that ask a model wait for it beside each other, each under a work row of its own.

The run's own worker does one of them, and everything else: what is decided about a run is decided in one
place. A branch does its one step, and wakes the run where that made another step ready, ended badly, or has to
wait: the run waits for it then, and that is no time at work.
Which of two siblings comes last is told by the counter of the step that needs both, decremented by each
commit under the run's lock.
"""

from uuid import UUID

from django.db import transaction

from audit.errors import MovedMeanwhile
from dispatch.leases import Lease
from dispatch.services import work_add
from workflows.engine.segment import Segment, segment_load
from workflows.engine.steps import do_step
from workflows.engine.waking import run_wake
from workflows.errors import RunMoved
from workflows.models import MET, RunStatus, Step, StepStatus
from workflows.selectors import people_only
from workflows.steps import AI_KINDS

BRANCH = "workflows.branch"
ENDED = (*MET, StepStatus.FAILED)


def branch_off(segment: Segment, ready: list[Step]) -> list[Step]:
    """Hand on those of the ready steps that would wait for a model, but for one; gives back the steps handed on.

    Commits it, with all that was decided before.
    """
    asking = [step for step in ready if step.kind in AI_KINDS]
    others = asking[1:] if len(ready) > 1 else []
    if not others:
        return []
    for step in others:
        segment.checkpoint.change_step(step, branch=True)
    with transaction.atomic():
        # Their rows before the run's: the order in which every branch takes its locks.
        for step in others:
            _add(segment, step)
        segment.commit()
    segment.handed_on |= {step.key for step in others}
    return others


def branches_under_way(segment: Segment) -> bool:
    """Whether branches still work for the run as it stands in memory, which stays `running` meanwhile.

    Those that this segment did not hand on are woken: a person may have had one retried.
    """
    under_way = [s for s in segment.steps if s.branch and s.open_needs == 0 and s.status not in ENDED]
    for step in under_way:
        if step.key not in segment.handed_on:
            _add(segment, step)
    return bool(under_way)


def branches_ended(segment: Segment) -> bool:
    """Whether a branch has ended that is under way in memory. It wakes the run only where it opened something,
    and what it opened this worker may have done already."""
    under_way = [step.pk for step in segment.steps if step.branch and step.status not in ENDED]
    return bool(under_way) and Step.objects.filter(pk__in=under_way, status__in=ENDED).exists()


def advance_branch(subject: str, lease: Lease) -> None:
    """Do the one step of a branch. A branch does not wait: a step that has to is given back to the run, which does."""
    run_id, _, key = subject.partition(":")
    while True:
        segment = segment_load(UUID(run_id), lease)
        if segment is None or segment.run.status != RunStatus.RUNNING:
            return
        step = next(step for step in segment.steps if step.key == key)
        if not step.branch or step.status in ENDED:
            run_wake(segment.run.pk)  # the worker that ended it may have died before it could say so
            return
        try:
            if not (step.kind in AI_KINDS and people_only()):
                do_step(step, segment)
            if step.status not in ENDED:
                segment.checkpoint.change_step(step, branch=False)
            segment.commit()
        except (RunMoved, MovedMeanwhile):
            continue
        if step.status not in MET or _opened(segment, step):
            run_wake(segment.run.pk)
        return


def _opened(segment: Segment, step: Step) -> bool:
    """Whether the run has something to do now that `step` has ended."""
    needed_by = segment.context.definition.needed_by[step.key]
    return not needed_by or any(other.open_needs == 0 for other in segment.steps if other.key in needed_by)


def _add(segment: Segment, step: Step) -> None:
    work_add(handler=BRANCH, subject=f"{segment.run.pk}:{step.key}", queue="ai", priority=3)
