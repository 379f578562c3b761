"""Doing one step that is no action: begin, work outside any transaction, and say what came of it."""

import random
from datetime import datetime, timedelta

import structlog
from django.utils import timezone
from pydantic import ValidationError

from audit.canonical import digest
from dispatch.crash_points import reached
from dispatch.services import storable
from workflows.actions import ACTIONS
from workflows.definition import Retry
from workflows.engine.segment import Segment
from workflows.errors import Retryable, StepError, fault_of
from workflows.expressions import BadExpression, condition
from workflows.models import MET, AttemptOutcome, Step, StepStatus
from workflows.selectors import Stop, people_only
from workflows.steps import AI_KINDS, STEP_KINDS

log = structlog.get_logger(__name__)


def ready(segment: Segment) -> list[Step]:
    """The steps that can be done now, in their order; those that ask a model only where that is allowed."""
    found = [step for step in segment.steps if _may_be_done(step)]
    segment.stopped = people_only() if any(step.kind in AI_KINDS for step in found) else Stop.NO
    return [step for step in found if step.kind not in AI_KINDS] if segment.stopped else found


def _may_be_done(step: Step) -> bool:
    if step.branch or step.open_needs or step.kind in ACTIONS or step.status in (*MET, StepStatus.FAILED):
        return False
    return due_at(step) is None


def due_at(step: Step) -> datetime | None:
    """When a step that failed is tried again; None where it does not wait for a time."""
    if step.status != StepStatus.RETRYING or step.due_at is None or step.due_at <= timezone.now():
        return None
    return step.due_at


def do_step(step: Step, segment: Segment) -> None:
    """Begin a step, commit that, do it. What came of it is in the segment's next checkpoint."""
    context = segment.context
    definition = context.definition.step(step.key)
    kind = STEP_KINDS[step.kind]
    with structlog.contextvars.bound_contextvars(run=str(context.run.pk), step=step.key):
        try:
            if not condition(definition.when, context.names):
                if step.status == StepStatus.RETRYING:
                    _begin(step, segment)  # what it asks of the tenant has changed since it was tried
                now = timezone.now()
                segment.met(step, StepStatus.SKIPPED, data={"reason": "when"}, finished_at=now)
                return
        except BadExpression as error:
            _begin(step, segment)
            _fail(step, segment, error)
            return
        _begin(step, segment)
        segment.commit(step.kind)
        reached("before_effect", step.kind)
        try:
            last = step.attempts >= definition.retry.attempts
            given = kind.Input.model_validate(context.given(definition, kind))
            answer = kind.run(given, context.world(step.key, last_attempt=last))
            reached("after_effect", step.kind)
            output = kind.output_of(answer)
        except Retryable as error:
            _try_again(step, segment, error, definition.retry)
        except (StepError, BadExpression, ValueError) as error:
            _fail(step, segment, error)
        else:
            told = {"output": digest({"step": step.pk, "output": output})}
            changes = {"output": output, "finished_at": timezone.now(), "error": "", "due_at": None}
            segment.met(step, StepStatus.SUCCEEDED, data=told, **changes)


def _begin(step: Step, segment: Segment) -> None:
    now = timezone.now()
    changes = {"attempts": step.attempts + 1, "started_at": step.started_at or now, "tried_at": now}
    if step.status != StepStatus.RUNNING:
        told = {"attempt": step.attempts + 1}
        segment.checkpoint.move_step(step, StepStatus.RUNNING, data=told, **changes)
        return
    if step.attempts:
        # Its worker died before it could commit: this is another attempt at the same step.
        segment.checkpoint.try_failed(step, AttemptOutcome.LOST, "lost", "Its worker broke off.")
    segment.checkpoint.change_step(step, **changes)


def _try_again(step: Step, segment: Segment, error: Retryable, retry: Retry) -> None:
    if step.attempts >= retry.attempts:
        _fail(step, segment, type(error)(f"{error.sentence} Tried {step.attempts} times."))
        return
    pause = retry.pause_after(step.attempts) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    pause = max(pause, timedelta(seconds=error.after or 0))
    name, sentence = type(error).__name__, storable(error.sentence)[:2000]
    segment.checkpoint.try_failed(step, AttemptOutcome.RETRYING, name, sentence)
    told = {"attempt": step.attempts, "error": name}
    due = timezone.now() + pause
    segment.checkpoint.move_step(step, StepStatus.RETRYING, data=told, due_at=due, error=sentence)


def _fail(step: Step, segment: Segment, error: Exception) -> None:
    sentence = storable(_sentence(error))[:2000]
    log.warning("step_failed", error=sentence)
    name = type(error).__name__
    segment.checkpoint.try_failed(step, AttemptOutcome.FAILED, name, sentence)
    segment.checkpoint.move_step(
        step, StepStatus.FAILED, data={"error": name}, error=sentence, finished_at=timezone.now()
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        faults = (fault_of(detail) for detail in error.errors(include_url=False))
        return "; ".join(f"{fault.path}: {fault.message}" for fault in faults)
    return error.sentence if isinstance(error, StepError) else str(error)
