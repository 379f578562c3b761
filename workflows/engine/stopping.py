"""What a run still asks and holds when it ends before its time."""

from uuid import UUID

from django.utils import timezone

from approvals.services import approvals_withdraw
from audit.services import Actor, transition
from mail.services import Outcome, reply_stop
from workflows.engine.sending import effect_settle
from workflows.models import EFFECT_MOVES, Effect, EffectStatus, Run


def stop_open(run: Run, *, reason: str, actor: Actor) -> None:
    """Withdraw what a run asks and stop what it holds, in the transaction that ends it.

    Otherwise its proposal would wait for people in vain and take its conversation's only place for a
    reply. What was leaving has an unknown outcome. `reason` is a word, such as `newer_message`.
    """
    leaving = Effect.objects.select_related("step").filter(run=run, status=EffectStatus.INTENDED)
    for effect in leaving:
        effect_settle(effect, Outcome("unknown", "Its run ended while it was leaving."), actor=actor)
    approvals_withdraw(run=run.pk, reason=reason, actor=actor)
    for effect in Effect.objects.select_related("step").filter(run=run, status=EffectStatus.HELD):
        transition(
            effect,
            moves=EFFECT_MOVES,
            to=EffectStatus.STOPPED,
            actor=actor,
            run=run.pk,
            data={"step": effect.step.key, "action": effect.action, "reason": reason},
            changes={"settled_at": timezone.now()},
        )
        reply_stop(message_id=UUID(effect.outcome["message"]), actor=actor, run=run.pk)
