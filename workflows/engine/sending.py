"""A held message leaves: compared once more, intended in writing, sent once, its outcome recorded.

Mail cannot be sent exactly once. It is sent at most once: the intent is committed before, and when
nobody knows what became of it, a person is asked instead of sending again.
"""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from approvals.selectors import ApprovalView
from approvals.services import approval_recheck, approval_settle
from audit.services import Actor, transition
from dispatch.crash_points import reached
from dispatch.leases import Lease
from mail.selectors import mail_unread
from mail.services import Outcome, arrivals_wait, replies_stop, reply_sending, reply_settle, reply_transmit
from workflows.engine.context import RunContext
from workflows.engine.holding import actor_of, hold
from workflows.engine.needs import needs_met
from workflows.engine.tries import try_keep
from workflows.models import (
    EFFECT_MOVES,
    STEP_MOVES,
    AttemptOutcome,
    Effect,
    EffectStatus,
    StepStatus,
)

LOOK_AGAIN = timedelta(seconds=1)
ENDS = {
    "sent": EffectStatus.DONE,
    "kept": EffectStatus.DONE,
    "failed": EffectStatus.FAILED,
    "unknown": EffectStatus.UNKNOWN,
}


def send_due(context: RunContext, approval: ApprovalView, lease: Lease) -> tuple[bool, datetime | None]:
    """Send what is held and due. Returns whether something was done, and when something will be due."""
    effect = (
        Effect.objects.select_related("step")
        .filter(run=context.run, approval=approval.id, status__in=(EffectStatus.HELD, EffectStatus.INTENDED))
        .order_by("due_at")
        .first()
    )
    if effect is None:
        return False, None
    if effect.status == EffectStatus.INTENDED:
        # A worker died between intent and outcome: it may have left or not.
        outcome = Outcome(status="unknown", detail="The worker stopped while it was sending.")
        _settle(context, effect, outcome, lease)
        return True, None
    if effect.due_at and effect.due_at > timezone.now():
        return False, effect.due_at
    if mail_unread():
        # It may be the customer's, and then this reply is outdated.
        return False, timezone.now() + LOOK_AGAIN
    match _intend(context, approval, effect, lease):
        case "stale":
            return True, None
        case "unread":
            return False, timezone.now() + LOOK_AGAIN
    reached("before_effect", "smtp")
    outcome = reply_transmit(message_id=_message(effect))
    reached("after_effect", "smtp")
    _settle(context, effect, outcome, lease)
    return True, None


def _message(effect: Effect) -> UUID:
    return UUID(effect.outcome["message"])


def _intend(
    context: RunContext, approval: ApprovalView, effect: Effect, lease: Lease
) -> Literal["intended", "stale", "unread"]:
    """Commit that it is about to leave; it may not where the facts have changed, nor where mail has come since."""
    actor = actor_of(context.run)
    data: dict[str, Any] = {"step": effect.step.key, "action": effect.action}
    with transaction.atomic():
        hold(context.run, lease)
        if not approval_recheck(approval_id=approval.id, actor=actor):
            transition(
                effect,
                moves=EFFECT_MOVES,
                to=EffectStatus.STOPPED,
                actor=actor,
                run=context.run.pk,
                data={**data, "reason": "stale"},
                changes={"settled_at": timezone.now()},
            )
            replies_stop(run=context.run.pk, effect_key=effect.key, actor=actor)
            return "stale"
        arrivals_wait()
        if mail_unread():
            return "unread"
        transition(effect, moves=EFFECT_MOVES, to=EffectStatus.INTENDED, actor=actor, run=context.run.pk, data=data)
        reply_sending(message_id=_message(effect), actor=actor, run=context.run.pk)
        reached("before_commit", "intent")
    reached("after_commit", "intent")
    return "intended"


def _settle(context: RunContext, effect: Effect, outcome: Outcome, lease: Lease) -> None:
    with transaction.atomic():
        lease.hold()  # a run that was cancelled meanwhile still gets the outcome of what has left
        effect_settle(effect, outcome, actor=actor_of(context.run))
        if effect.status == EffectStatus.DONE:
            needs_met(context, effect.step.key)
        reached("before_commit", "outcome")
    reached("after_commit", "outcome")


def effect_settle(effect: Effect, outcome: Outcome, *, actor: Actor) -> None:
    """Record what became of an intended message, for its effect, step, approval and mail, in one transaction."""
    run, to = effect.run_id, ENDS[outcome.status]
    ok = to == EffectStatus.DONE
    told: dict[str, Any] = {"step": effect.step.key, "action": effect.action, "outcome": outcome.status}
    reply_settle(message_id=_message(effect), outcome=outcome, actor=actor, run=run)
    settled = {**effect.outcome, "status": outcome.status, "detail": outcome.detail}
    changes = {"outcome": settled, "settled_at": timezone.now()}
    transition(effect, moves=EFFECT_MOVES, to=to, actor=actor, run=run, data=told, changes=changes)
    if effect.approval is not None:
        approval_settle(approval_id=effect.approval, to="executed" if ok else "failed", actor=actor)
    if not ok:
        sentence = _sentence(outcome)
        try_keep(effect.step, outcome=AttemptOutcome.FAILED, error_class=f"reply_{outcome.status}", error=sentence)
    transition(
        effect.step,
        moves=STEP_MOVES,
        to=StepStatus.SUCCEEDED if ok else StepStatus.FAILED,
        actor=actor,
        run=run,
        data={"step": effect.step.key, "kind": effect.step.kind, ("output" if ok else "error"): outcome.status},
        changes={
            "output": settled if ok else None,
            "error": "" if ok else _sentence(outcome)[:2000],
            "finished_at": timezone.now(),
        },
    )


def _sentence(outcome: Outcome) -> str:
    if outcome.status == "unknown":
        return f"Nobody knows whether the reply has left: {outcome.detail} It is never sent twice by itself."
    return f"The reply could not be sent: {outcome.detail}"
