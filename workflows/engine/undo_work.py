"""Carrying an undo plan out: one effect a transaction, under the lease, newest first.

A worker that dies loses nothing and repeats nothing: what an effect wrote is taken back in the transaction that says
so and that moves the plan on. What somebody writes in between is compared under the records' locks, stays, and is
reported.
"""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, Kind, transition
from dispatch.crash_points import reached
from dispatch.leases import Lease
from mail.services import reply_stop
from workflows.actions import ACTIONS, Plan
from workflows.actions.base import Hands
from workflows.engine.corrections import correction_draft, promises_undone
from workflows.engine.undo_documents import CORRECT, STOP, kept_in, overwritten, things_to_do
from workflows.engine.undo_plans import may_undo, undo_rest
from workflows.models import (
    EFFECT_MOVES,
    RUN_MOVES,
    UNDO_MOVES,
    Effect,
    EffectStatus,
    Run,
    RunStatus,
    UndoPlan,
    UndoStatus,
)

# Nothing of an effect in one of these states is in the world.
_GONE = (EffectStatus.UNDONE, EffectStatus.STOPPED, EffectStatus.FAILED)
_COLUMNS = ("document", "results")


def undo_advance(plan: UUID, lease: Lease) -> None:
    """Undo what is left of a plan, until it is through or paused."""
    found = UndoPlan.objects.filter(pk=plan).first()
    if found is None:
        return
    things = things_to_do(found.document)
    while _one(found, things, lease):
        pass


def undo_give_up(plan: str, error: str) -> None:
    """A plan whose workers broke off again and again rests, so that people see it."""
    with transaction.atomic():
        found = UndoPlan.objects.select_for_update().filter(pk=plan, status=UndoStatus.RUNNING).first()
        if found is not None:
            actor = Actor.system("dispatch")
            undo_rest(found, actor=actor, reason="worker", error=f"It broke off again and again: {error}")


def _one(read: UndoPlan, things: list[dict[str, Any]], lease: Lease) -> bool:
    """Undo the next thing; False when there is none any more, or the plan rests."""
    with transaction.atomic():
        lease.hold()
        plan = UndoPlan.objects.select_for_update().defer(*_COLUMNS).get(pk=read.pk)
        if plan.status != UndoStatus.RUNNING:
            return False
        actor = _starter(plan)
        if not may_undo(plan.starter):
            undo_rest(plan, actor=actor, reason="rights", error="Whoever started it may not undo runs any more.")
            return False
        if plan.position == len(things):
            _end(plan, actor)
            return False
        thing = things[plan.position]
        run = Run.objects.select_for_update().get(pk=thing["run"])
        effect = Effect.objects.select_related("step").get(pk=thing["effect"])
        reached("before_effect", "undo")
        stayed = _take_back(plan, read.document, thing, effect, actor)
        reached("after_effect", "undo")
        plan.position += 1
        changes = ["position"]
        if stayed:
            plan.results = [*plan.results, *stayed]
            changes.append("results")
        plan.save(update_fields=changes)
        if all(later["run"] != thing["run"] for later in things[plan.position :]):
            _end_run(plan, run, actor)
        reached("before_commit", "undo")
    reached("after_commit", "undo")
    return True


def _starter(plan: UndoPlan) -> Actor:
    """Whoever started the plan, as the one who acts."""
    kind, _, ident = plan.started_by.partition(":")
    return Actor(cast(Kind, kind), ident, person=plan.starter)


def _take_back(
    plan: UndoPlan, document: dict[str, Any], thing: dict[str, Any], effect: Effect, actor: Actor
) -> list[dict[str, Any]]:
    """Do one thing; returns what stayed although the plan had said that it would not."""
    if effect.status != thing["status"]:
        return [{"effect": thing["effect"], "record": "", "field": "", "why": effect.status}]
    if thing["does"] == STOP:
        _stop(effect, actor)
        return []
    if thing["does"] == CORRECT:
        promises = promises_undone(document, thing["run"])
        correction_draft(effect, plan=plan.pk, undone=promises, actor=actor)
        return []
    told: dict[str, Any] = {"step": effect.step.key, "action": effect.action, "plan": str(plan.pk)}
    transition(effect, moves=EFFECT_MOVES, to=EffectStatus.UNDOING, actor=actor, run=effect.run_id, data=told)
    hands = Hands(actor, effect.run_id, f"undo:{plan.pk}:{effect.pk}", timezone.now())
    action, applied = ACTIONS[effect.action], Plan.model_validate(effect.plan)
    reached("before_effect", f"undo.{effect.action}")
    kept = [
        {"record": f"{each.kind}:{each.id}", "field": each.field, "why": each.why}
        for each in action.undo(applied, effect.outcome, hands, overwritten(thing))
    ]
    reached("after_effect", f"undo.{effect.action}")
    transition(
        effect,
        moves=EFFECT_MOVES,
        to=EffectStatus.UNDO_FAILED if kept else EffectStatus.UNDONE,
        actor=actor,
        run=effect.run_id,
        data={**told, "outcome": "part" if kept else "whole"},
        changes={
            "outcome": {**effect.outcome, "undo": {"plan": str(plan.pk), "kept": kept}},
            "undone_at": None if kept else timezone.now(),
        },
    )
    foreseen = kept_in(thing)
    return [{"effect": thing["effect"], **each} for each in kept if each not in foreseen]


def _stop(effect: Effect, actor: Actor) -> None:
    transition(
        effect,
        moves=EFFECT_MOVES,
        to=EffectStatus.STOPPED,
        actor=actor,
        run=effect.run_id,
        data={"step": effect.step.key, "action": effect.action, "reason": "undone"},
        changes={"settled_at": timezone.now()},
    )
    reply_stop(message_id=UUID(effect.outcome["message"]), actor=actor, run=effect.run_id)


def _end_run(plan: UndoPlan, run: Run, actor: Actor) -> None:
    """Undone when nothing that the run did is in the world any more."""
    left = Effect.objects.filter(run=run).exclude(status__in=_GONE).exists()
    to = RunStatus.UNDO_INCOMPLETE if left else RunStatus.UNDONE
    transition(run, moves=RUN_MOVES, to=to, actor=actor, run=run.pk, data={"plan": str(plan.pk)})


def _end(plan: UndoPlan, actor: Actor) -> None:
    data: dict[str, Any] = {"digest": plan.digest}
    if plan.results:
        data["stayed"] = len(plan.results)
    transition(
        plan,
        moves=UNDO_MOVES,
        to=UndoStatus.INCOMPLETE if plan.results else UndoStatus.DONE,
        actor=actor,
        run=plan.runs[0] if len(plan.runs) == 1 else None,
        data=data,
        changes={"finished_at": timezone.now()},
    )
