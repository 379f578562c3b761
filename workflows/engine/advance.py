"""Advance until blocked: do what is ready, one durable step after another, under one lease.

What a step came to and what is begun next are committed together, in one statement that fails where the
lease is lost. A step is run at least once until it has committed, and never again afterwards. No outside
call happens inside a transaction.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.selectors import cost_of_run
from audit.errors import MovedMeanwhile
from audit.services import transition
from dispatch.leases import Lease
from dispatch.registry import Again, GivenBack
from tenants.services import pulse_soon
from workflows.actions import ACTIONS
from workflows.engine.branches import branch_off, branches_ended, branches_under_way
from workflows.engine.bundles import advance_bundle
from workflows.engine.context import RunContext
from workflows.engine.holding import actor_of, hold
from workflows.engine.limits import Reached, attempts_spent, limit_reached, ran
from workflows.engine.resting import rest_until_on
from workflows.engine.segment import Segment, segment_load
from workflows.engine.steps import do_step, due_at, ready
from workflows.engine.stopping import stop_open
from workflows.engine.tries import cause_of
from workflows.errors import RunMoved
from workflows.models import RUN_MOVES, RunStatus, Step, StepStatus
from workflows.selectors import Stop
from workflows.steps import AI_KINDS

Rest = Again | GivenBack | None


def advance(run_id: UUID, lease: Lease) -> Rest:
    """Take a run as far as it goes now. Again: when it has something to do next by itself."""
    while True:
        segment = segment_load(run_id, lease)
        if segment is None:
            return None
        try:
            rest = _drive(segment)
        except (RunMoved, MovedMeanwhile):
            continue  # somebody changed the run meanwhile: look again
        if not isinstance(rest, LookAnew):
            return rest


class LookAnew:
    """Something has changed that is not in memory."""


def _drive(segment: Segment) -> Rest | LookAnew:
    """Do steps until none is ready, then what bundles are ready for."""
    run, limits = segment.run, segment.context.definition.limits
    if run.status != RunStatus.RUNNING:
        now = timezone.now()
        segment.checkpoint.move_run(RunStatus.RUNNING, started_at=run.started_at or now, running_since=now)
    if any(step.kind in AI_KINDS for step in segment.steps):
        _count_cost(segment)
    while True:
        if failed := segment.first(StepStatus.FAILED):
            _fail(segment, failed)
            return None
        if reached := limit_reached(run, limits, cost=run.cost_usd):
            _fail(segment, reached)
            return None
        steps = ready(segment)
        if not steps and not segment.all_met:
            segment.commit()  # a sibling's branch may have ended meanwhile: then a step has become ready
            steps = ready(segment)
        if not steps:
            break
        if reached := attempts_spent(segment.steps, limits):
            _fail(segment, reached)
            return None
        for step in branch_off(segment, steps):
            steps.remove(step)
        do_step(steps[0], segment)
        if steps[0].kind in AI_KINDS:
            _count_cost(segment)
    return _wait(segment)


def _count_cost(segment: Segment) -> None:
    """Take into the run what its calls have cost so far."""
    cost = cost_of_run(segment.run.pk)
    if cost != segment.run.cost_usd:
        segment.checkpoint.change_run(cost_usd=cost)
        pulse_soon()


def _wait(segment: Segment) -> Rest | LookAnew:
    """Let bundles do what they are ready for; where none is, end the run or let it rest."""
    waits = [due for step in segment.steps if (due := due_at(step))]
    for bundle in _bundles(segment.context):
        outcome = advance_bundle(segment.context, bundle, segment.steps, segment.lease)
        if outcome.moved:
            return LookAnew()
        if outcome.due_at:
            waits.append(outcome.due_at)
    if ready(segment):
        return LookAnew()  # its time has come just now
    rest: dict[str, Any] = {"ran": ran(segment.run), "running_since": None}
    if segment.all_met:
        segment.checkpoint.move_run(RunStatus.SUCCEEDED, finished_at=timezone.now(), **rest)
        return segment.commit_last()
    again = min(waits, default=None)
    if branches_ended(segment):
        return LookAnew()
    if branches_under_way(segment):
        return Again(again) if again else None
    if segment.stopped == Stop.EVERYWHERE:
        rest_until_on(run=segment.run.pk)
    segment.checkpoint.move_run(RunStatus.WAITING, **rest)
    return segment.commit_last(again)


def _bundles(context: RunContext) -> list[str]:
    """The proposals of this run, in the order their first members are written."""
    found = [context.definition.bundle_of(step) for step in context.definition.steps if step.do in ACTIONS]
    return list(dict.fromkeys(found))


def _fail(segment: Segment, why: Step | Reached) -> None:
    """End the run as failed, by a step or over a limit: what it asks is withdrawn, and what it holds is stopped."""
    segment.commit()
    run = segment.run
    with transaction.atomic():
        hold(run, segment.lease)
        stop_open(run, reason="run_failed", actor=actor_of(run))
        transition(
            run,
            moves=RUN_MOVES,
            to=RunStatus.FAILED,
            actor=actor_of(run),
            run=run.pk,
            data={"step": why.key, "error": "step"} if isinstance(why, Step) else {"step": None, "error": "limit"},
            changes={
                "finished_at": timezone.now(),
                "error": why.error if isinstance(why, Step) else why.sentence,
                "cause": cause_of(why) if isinstance(why, Step) else why.cause,
                "cost_usd": run.cost_usd,
                "ran": ran(run),
                "running_since": None,
            },
        )
    pulse_soon()
