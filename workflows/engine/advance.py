"""Advance until blocked: do what is ready, one durable step after another, under one lease.

Each commit begins with `lease.hold()`, so that a worker past its lease changes nothing. A step is run
at least once until it has committed, and never again afterwards. No outside call happens inside a
transaction.
"""

import random
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ai.selectors import cost_of_run
from audit.canonical import digest
from audit.errors import MovedMeanwhile
from audit.services import transition
from dispatch.leases import Lease
from dispatch.registry import Again
from workflows.actions import ACTIONS
from workflows.definition import Retry
from workflows.engine.bundles import advance_bundle
from workflows.engine.context import RunContext, run_context
from workflows.engine.holding import actor_of, hold
from workflows.engine.limits import Reached, attempts_spent, limit_reached, ran
from workflows.engine.needs import needs_met
from workflows.engine.stopping import stop_open
from workflows.engine.tries import cause_of, try_keep
from workflows.errors import Retryable, RunMoved, StepError
from workflows.expressions import BadExpression, condition
from workflows.models import MET, RUN_ENDED, RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, Step, StepStatus
from workflows.selectors import people_only
from workflows.steps import AI_KINDS, STEP_KINDS

log = structlog.get_logger(__name__)


def advance(run_id: UUID, lease: Lease) -> Again | None:
    """Take a run as far as it goes now. Again: when it has something to do next by itself."""
    while True:
        run = _load(run_id)
        if run is None or run.status in RUN_ENDED:
            return None
        try:
            if run.status != RunStatus.RUNNING:
                _take_up(run, lease)
                continue
            due = _one_move(run, lease)
        except (RunMoved, MovedMeanwhile):
            continue  # somebody changed the run meanwhile: look again
        if due is not None:
            return due.again


class _Rest:
    """The run rests: it has ended, or waits, until `again` if that is known."""

    def __init__(self, again: datetime | None = None) -> None:
        self.again = Again(again) if again else None


def _load(run_id: UUID) -> Run | None:
    return Run.objects.select_related("version", "version__workflow", "event").filter(pk=run_id).first()


def _take_up(run: Run, lease: Lease) -> None:
    with transaction.atomic():
        lease.hold()
        now = timezone.now()
        changes = {"started_at": run.started_at or now, "running_since": now}
        transition(run, moves=RUN_MOVES, to=RunStatus.RUNNING, actor=actor_of(run), run=run.pk, changes=changes)


def _one_move(run: Run, lease: Lease) -> _Rest | None:
    """Do one thing, or rest."""
    steps = list(run.steps.all())
    if failed := next((step for step in steps if step.status == StepStatus.FAILED), None):
        _end(run, lease, RunStatus.FAILED, failed)
        return _Rest()
    context = run_context(run)
    if reached := limit_reached(run, context.definition.limits, cost=_cost(run)):
        _fail_run(run, lease, reached)
        return None
    now = timezone.now()
    waits: list[datetime] = []
    for step in steps:
        if step.status in MET or step.kind in ACTIONS:
            continue
        if step.status == StepStatus.RETRYING and step.due_at and step.due_at > now:
            waits.append(step.due_at)
        elif step.open_needs == 0 and not (step.kind in AI_KINDS and people_only()):
            if reached := attempts_spent(steps, context.definition.limits):
                _fail_run(run, lease, reached)
            else:
                _do(step, context, lease)
            return None
    for bundle in _bundles(context):
        outcome = advance_bundle(context, bundle, steps, lease)
        if outcome.moved:
            return None
        if outcome.due_at:
            waits.append(outcome.due_at)
    if all(step.status in MET for step in steps):
        _end(run, lease, RunStatus.SUCCEEDED)
        return _Rest()
    with transaction.atomic():
        lease.hold()
        changes = {"ran": ran(run), "running_since": None}
        transition(run, moves=RUN_MOVES, to=RunStatus.WAITING, actor=actor_of(run), run=run.pk, changes=changes)
    return _Rest(min(waits, default=None))


def _bundles(context: RunContext) -> list[str]:
    """The proposals of this run, in the order their first members are written."""
    found = [context.definition.bundle_of(step) for step in context.definition.steps if step.do in ACTIONS]
    return list(dict.fromkeys(found))


def _do(step: Step, context: RunContext, lease: Lease) -> None:
    """One step that is no action: begin, work outside any transaction, commit what came of it."""
    definition = context.definition.step(step.key)
    kind = STEP_KINDS[step.kind]
    with structlog.contextvars.bound_contextvars(run=str(context.run.pk), step=step.key):
        try:
            wanted = condition(definition.when, context.names)
        except BadExpression as error:
            _begin(step, context, lease)
            _fail(step, context, lease, error)
            return
        if not wanted:
            _skip(step, context, lease)
            return
        _begin(step, context, lease)
        try:
            last = step.attempts >= definition.retry.attempts
            given = kind.Input.model_validate(context.given(definition, kind))
            output = kind.output_of(kind.run(given, context.world(step.key, last_attempt=last)))
        except Retryable as error:
            _try_again(step, context, lease, error, definition.retry)
        except (StepError, BadExpression, ValueError) as error:
            _fail(step, context, lease, error)
        else:
            _succeed(step, context, lease, output)


def _begin(step: Step, context: RunContext, lease: Lease) -> None:
    now = timezone.now()
    if step.status == StepStatus.RUNNING:
        with transaction.atomic():
            hold(context.run, lease, progress=False)
            if step.attempts:
                # Its worker died before it could commit. (One that a person has retried has no attempt yet.)
                try_keep(step, outcome=AttemptOutcome.LOST, error_class="lost", error="Its worker broke off.")
            Step.objects.filter(pk=step.pk).update(attempts=F("attempts") + 1, tried_at=now)
        step.attempts, step.tried_at = step.attempts + 1, now
        return
    changes = {"attempts": step.attempts + 1, "started_at": step.started_at or now, "tried_at": now}
    _commit(step, context, lease, StepStatus.RUNNING, {"attempt": step.attempts + 1}, changes)


def _succeed(step: Step, context: RunContext, lease: Lease, output: dict[str, Any]) -> None:
    changes = {"output": output, "finished_at": timezone.now(), "error": "", "due_at": None}
    told = {"output": digest({"step": step.pk, "output": output})}
    _commit(step, context, lease, StepStatus.SUCCEEDED, told, changes)


def _skip(step: Step, context: RunContext, lease: Lease) -> None:
    _commit(step, context, lease, StepStatus.SKIPPED, {"reason": "when"}, {"finished_at": timezone.now()})


def _try_again(step: Step, context: RunContext, lease: Lease, error: Retryable, retry: Retry) -> None:
    if step.attempts >= retry.attempts:
        _fail(step, context, lease, type(error)(f"{error.sentence} Tried {step.attempts} times."))
        return
    pause = retry.pause_after(step.attempts) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    changes = {"due_at": timezone.now() + pause, "error": error.sentence[:2000]}
    told = {"attempt": step.attempts, "error": type(error).__name__}
    _commit(step, context, lease, StepStatus.RETRYING, told, changes, failure=error)


def _fail(step: Step, context: RunContext, lease: Lease, error: Exception) -> None:
    sentence = error.sentence if isinstance(error, StepError) else str(error)
    log.warning("step_failed", error=sentence)
    changes = {"error": sentence[:2000], "finished_at": timezone.now()}
    _commit(step, context, lease, StepStatus.FAILED, {"error": type(error).__name__}, changes, failure=error)


def _commit(
    step: Step,
    context: RunContext,
    lease: Lease,
    to: StepStatus,
    told: dict[str, Any],
    changes: dict[str, Any],
    failure: Exception | None = None,
) -> None:
    """Move a step in a transaction of its own, with its entry, its results and what they open."""
    with transaction.atomic():
        hold(context.run, lease)
        if failure is not None:
            outcome = AttemptOutcome.RETRYING if to == StepStatus.RETRYING else AttemptOutcome.FAILED
            try_keep(step, outcome=outcome, error_class=type(failure).__name__, error=changes["error"])
        transition(
            step,
            moves=STEP_MOVES,
            to=to,
            actor=actor_of(context.run),
            run=context.run.pk,
            data={"step": step.key, "kind": step.kind, **told},
            changes=changes,
        )
        if to in MET:
            needs_met(context, step.key)


def _cost(run: Run) -> Decimal:
    """What the run has cost so far, in US dollars; kept with it where that has grown."""
    cost = cost_of_run(run.pk)
    if cost != run.cost_usd:
        Run.objects.filter(pk=run.pk).update(cost_usd=cost)
        run.cost_usd = cost
    return cost


def _fail_run(run: Run, lease: Lease, reached: Reached) -> None:
    with transaction.atomic():
        hold(run, lease)
        _ended(run, RunStatus.FAILED, {"step": None, "error": "limit"}, reached.sentence, reached.cause)


def _end(run: Run, lease: Lease, to: RunStatus, failed: Step | None = None) -> None:
    with transaction.atomic():
        hold(run, lease)
        data = {"step": failed.key, "error": "step"} if failed else None
        _ended(run, to, data, failed.error if failed else "", cause_of(failed) if failed else "")


def _ended(run: Run, to: RunStatus, data: dict[str, Any] | None, error: str, cause: str) -> None:
    if to == RunStatus.FAILED:
        stop_open(run, reason="run_failed", actor=actor_of(run))
    transition(
        run,
        moves=RUN_MOVES,
        to=to,
        actor=actor_of(run),
        run=run.pk,
        data=data,
        changes={"finished_at": timezone.now(), "error": error, "cause": cause, "cost_usd": cost_of_run(run.pk)},
    )
