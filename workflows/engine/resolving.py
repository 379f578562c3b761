"""A person says what became of a reply of which nobody knew whether it had left.

Nothing is sent by this, whatever is said. A reply that has left counts as sent from when it went out; a run in which
nothing else is open has then ended well. A reply that has not left stays failed, and so does its run: whoever has the
run retried gets it proposed anew.
"""

from typing import Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from approvals.services import approval_settle
from audit.services import Actor, transition
from mail.services import Outcome, reply_settle
from workflows.engine.context import run_context
from workflows.engine.needs import needs_met
from workflows.engine.waking import run_hold
from workflows.errors import NoSuchEffect, NotUnknown, Refused
from workflows.models import (
    EFFECT_MOVES,
    MET,
    RUN_MOVES,
    STEP_MOVES,
    Effect,
    EffectStatus,
    Run,
    RunStatus,
    StepStatus,
)

Said = Literal["done", "failed"]
DID_NOT_LEAVE = "A person says that the reply did not leave."
GOES_ON = "A person says that the reply has left. What comes after it was not done: have the run retried to go on."


@transaction.atomic
def effect_resolve(*, effect: UUID | str, outcome: Said, actor: Actor) -> None:
    """Settle an `unknown` effect as a person says: its mail, step and approval follow, and its run where it can.

    Raises NoSuchEffect, NotUnknown.
    """
    if actor.person is None:
        raise Refused("Only a person can say what became of it.")
    run = _held(effect)
    found = Effect.objects.select_related("step").select_for_update(of=("self",)).get(pk=effect)
    if found.status != EffectStatus.UNKNOWN:
        raise NotUnknown(f"What became of this is known: it is {found.status}. Nothing was changed.")
    _settle(found, outcome, actor)
    if outcome == "done":
        _done(run, found, actor)
    elif run.status == RunStatus.FAILED:
        cause = f"{found.step.kind}:reply_failed"
        Run.objects.filter(pk=run.pk).update(error=DID_NOT_LEAVE, cause=cause)


def _held(effect: UUID | str) -> Run:
    """The run of an effect, locked as a worker locks it."""
    try:
        run = Effect.objects.filter(pk=effect).values_list("run", flat=True).first()
    except (ValueError, ValidationError):
        run = None
    if run is None:
        raise NoSuchEffect("There is no such effect.")
    run_hold(run)
    return (
        Run.objects.select_related("version", "version__workflow", "event").select_for_update(of=("self",)).get(pk=run)
    )


def _settle(effect: Effect, said: Said, actor: Actor) -> None:
    """The effect and its mail. It left, if it did, when it became unknown whether it had."""
    word: Literal["sent", "failed"] = "sent" if said == "done" else "failed"
    detail = "" if said == "done" else DID_NOT_LEAVE
    message = UUID(effect.outcome["message"])
    outcome = Outcome(word, detail)
    reply_settle(message, outcome=outcome, actor=actor, run=effect.run_id, at=effect.settled_at)
    transition(
        effect,
        moves=EFFECT_MOVES,
        to=EffectStatus.DONE if said == "done" else EffectStatus.FAILED,
        actor=actor,
        run=effect.run_id,
        data={"step": effect.step.key, "action": effect.action, "outcome": word},
        changes={"outcome": {**effect.outcome, "status": word, "detail": detail}},
    )
    if said == "failed" and effect.step.status == StepStatus.FAILED:
        type(effect.step).objects.filter(pk=effect.step_id).update(error=DID_NOT_LEAVE)


def _done(run: Run, effect: Effect, actor: Actor) -> None:
    """The reply has left: its step and approval have succeeded, and its run too if nothing else of it is open."""
    step = effect.step
    if effect.approval is not None:
        approval_settle(approval_id=effect.approval, to="executed", actor=actor)
    transition(
        step,
        moves=STEP_MOVES,
        to=StepStatus.SUCCEEDED,
        actor=actor,
        run=run.pk,
        data={"step": step.key, "kind": step.kind, "output": "sent"},
        changes={"output": effect.outcome, "error": "", "finished_at": timezone.now()},
    )
    needs_met(run_context(run), step.key)
    if run.status != RunStatus.FAILED:
        return
    if run.steps.exclude(status__in=MET).exists():
        Run.objects.filter(pk=run.pk).update(error=GOES_ON, cause="rest")
        return
    told = {"step": step.key, "changed": False}
    transition(run, moves=RUN_MOVES, to=RunStatus.RUNNING, actor=actor, run=run.pk, data=told)
    ended = {"finished_at": timezone.now(), "error": "", "cause": ""}
    transition(run, moves=RUN_MOVES, to=RunStatus.SUCCEEDED, actor=actor, run=run.pk, changes=ended)
