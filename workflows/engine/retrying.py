"""A failed run goes on from where it failed, or an event is worked on again by a new run, because a person says so.

What has succeeded is not done again. Nothing is sent twice: while nobody knows whether a reply has left, neither
happens. The run's time at work is counted anew, and so are the attempts at what is not done; its cost is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as BadId
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ai.selectors import cost_of_run
from audit.services import Actor, transition
from mail.selectors import last_message_of_thread
from mail.services import thread_silent
from workflows.definition import stored
from workflows.engine.cancelling import run_cancel
from workflows.engine.context import RunContext, message_named, run_context
from workflows.engine.inputs import changed_input
from workflows.engine.limits import attempts_spent, limit_reached
from workflows.engine.starting import Start, run_start
from workflows.engine.waking import run_wake
from workflows.errors import (
    ConversationMoved,
    DoneAgain,
    NoSuchRun,
    NotEnded,
    NotFailed,
    OutcomeUnknown,
    OverLimit,
    PeopleOnly,
    Refused,
)
from workflows.models import MET, RUN_ENDED, RUN_MOVES, STEP_MOVES, EffectStatus, Run, RunStatus, Step, StepStatus
from workflows.selectors import Stop, people_only, run_erased, runs

AT_ONCE = 200
OPEN_OUTCOME = (EffectStatus.INTENDED, EffectStatus.UNKNOWN)


@dataclass(frozen=True)
class Retried:
    """A run that goes on, the steps that are begun again, and whether their input was changed."""

    run: UUID
    steps: tuple[str, ...]
    changed: bool


@transaction.atomic
def run_retry(
    *,
    run: UUID | str,
    actor: Actor,
    from_step: str | None = None,
    input: Mapping[str, Any] | None = None,
    cause: str | None = None,
) -> Retried:
    """Let a failed run go on from its failed steps, with the same input or with changed fields of one step's.

    `from_step` names the failed step that `input` is for, where several have failed. Who changes an input counts among
    the run's requesters, and so cannot approve what comes of it. With `cause`, only a run that failed of it. Raises
    workflows.errors.Refused, of which InputRefused has the path of each fault.
    """
    found = _locked(run, wake=True)
    if found.status != RunStatus.FAILED:
        raise NotFailed(f"Only a failed run can be retried: this one {_words(found)}")
    if cause is not None and found.cause != cause:
        raise NotFailed("It has failed for another reason meanwhile.")
    _check_outcomes(found)
    _check_conversation(found, again=False)
    if found.again.exists():
        raise DoneAgain("It was run again as a new run: go on with that one.")
    context = run_context(found)
    steps = list(found.steps.all())
    failed = [step for step in steps if step.status == StepStatus.FAILED]
    chosen = _chosen(failed, from_step, input)
    changed = changed_input(context, chosen, input) if chosen and input is not None else None
    _check_limits(context, steps)
    for step in steps:
        if step.status == StepStatus.FAILED:
            _begin_again(step, changed if step is chosen else None, actor)
        elif step.status not in MET:
            Step.objects.filter(pk=step.pk).update(**ANEW)
    changers = {*found.changers, actor.person} if changed is not None else found.changers
    changes = {"error": "", "cause": "", "finished_at": None, "changers": sorted(filter(None, changers))}
    clock = {"ran": timedelta(), "running_since": timezone.now()}
    told = {"step": chosen.key if chosen else None, "changed": changed is not None}
    transition(
        found, moves=RUN_MOVES, to=RunStatus.RUNNING, actor=actor, run=found.pk, data=told, changes=changes | clock
    )
    return Retried(found.pk, tuple(step.key for step in failed), changed is not None)


@transaction.atomic
def run_again(*, run: UUID | str, actor: Actor) -> UUID:
    """Work on the event of a run that has ended once more: a new run of the same version, from its beginning.

    As if its message came anew: what this workflow or another event has open in the conversation is cancelled.
    Returns the new run's id. Raises workflows.errors.Refused.
    """
    found = _locked(run, wake=False)
    if found.status not in RUN_ENDED or found.status == RunStatus.UNDOING:
        raise NotEnded(f"Only a run that has ended can be run again: this one {_words(found)}")
    match people_only():
        case Stop.HERE:
            raise PeopleOnly("Everything goes to people now: switch the AI on first.")
        case Stop.EVERYWHERE:
            raise PeopleOnly("The operators have stopped the AI of every workspace: wait until it is on again.")
    _check_outcomes(found)
    _check_conversation(found, again=True)
    if found.again.exclude(status__in=RUN_ENDED).exists():
        raise DoneAgain("It is being run again already: go on with that one.")
    _supersede(found, actor)
    start = Start(found.version, stored(found.version), origin=found)
    return run_start(start, event=found.event, actor=actor, thread=found.thread)


def _supersede(run: Run, actor: Actor) -> None:
    """End what is open in the conversation, but for what another workflow does about the same event."""
    if not run.thread:
        return
    others = Q(event=run.event_id) & ~Q(version__workflow=run.version.workflow_id)
    open_runs = Run.objects.filter(thread=run.thread).exclude(status__in=RUN_ENDED).exclude(others).order_by("pk")
    for one in open_runs.values_list("pk", flat=True):
        if not run_cancel(run=one, reason="again", actor=actor):
            raise ConversationMoved("Another reply of this conversation is leaving right now: look at it first.")


@dataclass(frozen=True)
class Skipped:
    """A run that was left as it is, and why."""

    run: UUID
    reason: str


@dataclass(frozen=True)
class RetriedMany:
    """What became of failed runs: those that go on, those that were left as they are, the last that was looked at,
    and how many were not."""

    retried: tuple[UUID, ...]
    skipped: tuple[Skipped, ...]
    last: UUID | None
    left: int


def runs_retry(
    *, cause: str, since: datetime, actor: Actor, workflow: str | None = None, after: UUID | None = None
) -> RetriedMany:
    """Let the runs go on that have failed of `cause` since then, oldest first and `AT_ONCE` at most.

    Each in a transaction of its own: one that has moved meanwhile is left and told of. `after` is `last` of
    a former call. Doing it again does nothing, but for runs that have failed again.
    """
    failed = runs(cause=cause, failed_since=since, workflow=workflow).order_by("pk")
    if after is not None:
        failed = failed.filter(pk__gt=after)
    chosen = list(failed.values_list("pk", flat=True)[:AT_ONCE])
    retried: list[UUID] = []
    skipped: list[Skipped] = []
    for run in chosen:
        try:
            run_retry(run=run, actor=actor, cause=cause)
        except Refused as error:
            skipped.append(Skipped(run, error.sentence))
        else:
            retried.append(run)
    last = chosen[-1] if chosen else None
    left = failed.filter(pk__gt=last).count() if last else 0
    return RetriedMany(tuple(retried), tuple(skipped), last, left)


def _words(run: Run) -> str:
    return WORDS.get(RunStatus(run.status), "has failed.")


WORDS = {
    RunStatus.QUEUED: "has not begun yet.",
    RunStatus.RUNNING: "is under way.",
    RunStatus.WAITING: "waits. Cancel it first.",
    RunStatus.SUCCEEDED: "has ended well. Run it again as a new run.",
    RunStatus.CANCELLED: "was cancelled. Run it again as a new run.",
    RunStatus.UNDOING: "is being undone.",
    RunStatus.UNDONE: "was undone. Run it again as a new run.",
    RunStatus.UNDO_INCOMPLETE: "was undone in part.",
}


def _locked(run: UUID | str, *, wake: bool) -> Run:
    """The run, locked after its conversation, in which nobody may have taken over.

    With `wake` after its work too, as a worker locks it; that is due after the commit.
    """
    try:
        thread = Run.objects.values_list("thread", flat=True).get(pk=run)
    except (Run.DoesNotExist, ValueError, BadId):
        raise NoSuchRun("There is no such run.") from None
    if wake:
        run_wake(run)
    if run_erased(run):
        raise ConversationMoved("Its customer was erased: nothing is left to work on.")
    if thread and thread_silent(thread):
        raise ConversationMoved("A colleague has taken over the conversation: give it back to the AI first.")
    runs = Run.objects.select_related("version", "version__workflow", "event").select_for_update(of=("self",))
    return runs.get(pk=run)


def _check_outcomes(run: Run) -> None:
    if run.effects.filter(status__in=OPEN_OUTCOME).exists():
        raise OutcomeUnknown(
            "Nobody knows whether its reply has left. Say first what became of it: nothing is sent twice.",
        )


def _check_conversation(run: Run, *, again: bool) -> None:
    """Refuse where the conversation has moved on since the message that the run is about."""
    message = message_named(run.event.data)
    last = last_message_of_thread(run.thread) if run.thread else None
    if message is None or last is None or last.id <= message.id:
        return
    ours = "own_address" in last.flags
    if last.direction == "in" and not ours:
        raise ConversationMoved("The customer has written again since: the newer message is the one to answer.")
    if not again and (ours or last.author is not None):
        raise ConversationMoved(
            "A colleague has answered by hand since. Run it again as a new run if more is to be said.",
        )


def _chosen(failed: list[Step], from_step: str | None, input: Mapping[str, Any] | None) -> Step | None:
    """The failed step that is meant; None where the run failed without one."""
    if from_step is not None:
        step = next((step for step in failed if step.key == from_step), None)
        if step is None:
            those = ", ".join(step.key for step in failed) or "none has"
            raise NotFailed(f"{from_step} is no failed step of this run: {those}.")
        return step
    if input is not None and len(failed) != 1:
        which = "say which one the input is for" if failed else "no step has, so no input can be changed"
        raise NotFailed(f"{len(failed)} steps of this run have failed: {which}.")
    return failed[0] if failed else None


def _check_limits(context: RunContext, steps: list[Step]) -> None:
    """Refuse what would fail at once: cost is not counted anew, nor are attempts at what is done."""
    cost, limits = cost_of_run(context.run.pk), context.definition.limits
    done = [step for step in steps if step.status in MET]
    fresh = Run(ran=timedelta())
    reached = limit_reached(fresh, limits, cost=cost) or attempts_spent(done, limits)
    if reached is not None:
        raise OverLimit(f"{reached.sentence} It would stop at once: run it again as a new run, which begins at 0.")


def _begin_again(step: Step, given: dict[str, Any] | None, actor: Actor) -> None:
    """The failed step is to be done, by the worker that takes up the run."""
    changes: dict[str, Any] = {**ANEW, "tried_at": timezone.now(), "error": "", "finished_at": None, "output": None}
    if given is not None:
        changes["given"] = given
    data = {"step": step.key, "kind": step.kind}
    transition(step, moves=STEP_MOVES, to=StepStatus.RUNNING, actor=actor, run=step.run_id, data=data, changes=changes)


# What is not done is begun by the run's own worker, with all its attempts.
ANEW: dict[str, Any] = {"attempts": 0, "due_at": None, "branch": False}
