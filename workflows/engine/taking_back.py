"""A person takes back what was approved, while its reply is still held.

The reply does not leave. What else the proposal did (records, task, appointment) has happened and stays; the reply's
step is skipped, and the run goes on to its end.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.quality.services import judgement_taken_back
from approvals.errors import NothingHeld, TooLate
from approvals.selectors import ApprovalView, approval_get
from approvals.services import approval_recall, decider
from audit.services import Actor, transition
from mail.services import reply_stop
from tenants.selectors import current
from workflows.engine.context import run_context
from workflows.engine.needs import needs_met
from workflows.engine.waking import run_wake
from workflows.models import EFFECT_MOVES, STEP_MOVES, Effect, EffectStatus, Run, StepStatus

REASON = "taken_back"


def take_back(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Stop the held reply of an approval that is being carried out. Exactly one happens: this, or the reply leaves.

    Locks are taken in the one order of all: work, conversation, run, approval. Raises NoSuchApproval, NotAllowed,
    TooLate, NothingHeld.
    """
    approval = approval_get(approval_id)
    decider(approval=approval, actor=actor)
    if approval.status != "executing":
        raise _refusal(approval)
    with transaction.atomic():
        run_wake(approval.run)  # its work is ours until the commit, and goes on at once after it
        runs = Run.objects.select_related("version", "version__workflow", "event").select_for_update(of=("self",))
        run = runs.get(pk=approval.run)
        held = (
            Effect.objects.select_related("step")
            .filter(run=run, approval=approval.id, status=EffectStatus.HELD)
            .first()
        )
        if held is None:
            raise _refusal(approval_get(approval.id))
        approval_recall(approval_id=approval.id, actor=actor)
        judgement_taken_back(approval=approval.id)
        _stop(run, held, actor)
    return approval_get(approval.id)


def _stop(run: Run, effect: Effect, actor: Actor) -> None:
    now, step = timezone.now(), effect.step
    transition(
        effect,
        moves=EFFECT_MOVES,
        to=EffectStatus.STOPPED,
        actor=actor,
        run=run.pk,
        data={"step": step.key, "action": effect.action, "reason": REASON},
        changes={"settled_at": now},
    )
    reply_stop(message_id=UUID(effect.outcome["message"]), actor=actor, run=run.pk)
    transition(
        step,
        moves=STEP_MOVES,
        to=StepStatus.SKIPPED,
        actor=actor,
        run=run.pk,
        data={"step": step.key, "kind": step.kind, "reason": REASON},
        changes={"finished_at": now},
    )
    needs_met(run_context(run), step.key)


def _refusal(approval: ApprovalView) -> TooLate | NothingHeld:
    """Why nothing can be taken back any more, or yet."""
    match approval.status:
        case "pending" | "asked" | "stale":
            return NothingHeld("This waits for a decision: there is nothing to take back.")
        case "approved":
            return NothingHeld("This is about to be carried out. Its reply can be taken back once it is held.")
        case "taken_back":
            return TooLate("This was taken back already. Nothing was done twice.")
        case "rejected" | "expired" | "withdrawn":
            return NothingHeld("No reply of this is held: there is nothing to take back.")
    reply = Effect.objects.filter(run=approval.run, approval=approval.id, due_at__isnull=False).order_by("-id").first()
    if reply is None:
        return NothingHeld("It sends no reply: there is nothing to take back.")
    match reply.status:
        case EffectStatus.INTENDED:
            return TooLate("It is leaving right now. A sent reply cannot be taken back.")
        case EffectStatus.DONE:
            return TooLate(f"It left {_when(reply)}. A sent reply cannot be taken back.")
        case EffectStatus.UNKNOWN:
            return TooLate("Nobody knows whether it left. A sent reply cannot be taken back.")
        case EffectStatus.FAILED:
            return TooLate("The mail server refused it: nothing left, and nothing is held any more.")
    return NothingHeld("Its reply was stopped already: there is nothing to take back.")


def _when(reply: Effect) -> str:
    """at 8:47 am; with its day where that is not today, and the outbox where no mail server is set up."""
    zone = current().timezone
    now = timezone.now().astimezone(zone)
    left = (reply.settled_at or now).astimezone(zone)
    clock = f"at {left.hour % 12 or 12}:{left.minute:02} {'am' if left.hour < 12 else 'pm'}"
    told = clock if left.date() == now.date() else f"on {left.day} {left:%B} {clock}"
    return f"{told}, into the outbox" if reply.outcome.get("status") == "kept" else told
