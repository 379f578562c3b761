"""A bundle's way: proposed, decided, carried out, and its held reply sent.

What is carried out is the plan that was approved, byte for byte. Its local changes commit in one
transaction together with the held message; the message is compared with the facts once more when
it leaves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from approvals.errors import InvalidEdit
from approvals.proposals import Revision
from approvals.selectors import ApprovalView, approval_of_bundle, plans_of, reply_open_in_thread
from approvals.services import (
    approval_execute,
    approval_expire,
    approval_settle,
    approval_unanswered,
    proposal_open,
)
from audit.canonical import digest
from audit.services import Actor, record, transition
from crm.errors import RecordRefused
from dispatch.crash_points import reached
from dispatch.leases import Lease
from mail.errors import MailRefused
from mail.selectors import reply_held
from workflows.actions import ACTIONS, Plan
from workflows.actions.base import Hands, resolve
from workflows.engine.binding import effect_key
from workflows.engine.context import RunContext
from workflows.engine.holding import actor_of, hold
from workflows.engine.needs import needs_met
from workflows.engine.proposals import Former, propose
from workflows.engine.sending import send_due
from workflows.engine.tries import try_keep
from workflows.errors import NotRetryable, Unplannable
from workflows.models import MET, STEP_MOVES, AttemptOutcome, Effect, EffectStatus, Step, StepStatus


@dataclass(frozen=True)
class Outcome:
    """Whether something was done; if not, when there will be something to do by itself."""

    moved: bool
    due_at: datetime | None = None


THREAD_PAUSE = timedelta(seconds=5)
THREAD_LOOKS = 50  # in the time that the run has been there
MOVED = Outcome(True)
NOTHING = Outcome(False)
REFUSED = (RecordRefused, MailRefused, NotRetryable)


def advance_bundle(context: RunContext, bundle: str, steps: list[Step], lease: Lease) -> Outcome:
    """Do the next thing that a bundle is ready for."""
    keys = {step.key for step in context.definition.members(bundle)}
    members = [step for step in steps if step.key in keys or (step.position >= 1000 and step.kind in ACTIONS)]
    if all(step.status in MET for step in members):
        return NOTHING
    approval = approval_of_bundle(run=context.run.pk, key=bundle)
    if approval is None or _is_over(approval, members):
        if not _outside_needs_met(context, keys, steps):
            return NOTHING
        if context.message and _replies(context, bundle) and _reply_open(str(context.message.thread)):
            # A thread has one reply at a time. Each look is told in the ledger: the longer it takes, the fewer.
            now = timezone.now()
            return Outcome(False, now + max(THREAD_PAUSE, (now - context.run.created_at) / THREAD_LOOKS))
        _put_forward(context, bundle, members, approval, lease)
        return MOVED
    return _after(approval, context, bundle, members, lease)


def _is_over(approval: ApprovalView, members: list[Step]) -> bool:
    """Whether a person had the run retried since: then what is not done is put forward anew.

    Their retry begins the failed member again. A run withdraws its proposals only when it ends, so one that goes on
    and finds one withdrawn has been retried.
    """
    retried = any(step.status == StepStatus.RUNNING for step in members)
    return approval.status == "withdrawn" or (retried and approval.status in ("expired", "failed"))


def _after(approval: ApprovalView, context: RunContext, bundle: str, members: list[Step], lease: Lease) -> Outcome:
    match approval.status:
        case "pending":
            if approval.expires_at > timezone.now():
                return Outcome(False, approval.expires_at)
            with transaction.atomic():
                hold(context.run, lease)
                approval_expire(approval_id=approval.id, actor=Actor.system("approvals"))
            return MOVED
        case "asked":
            with transaction.atomic():
                hold(context.run, lease)
                until = approval_unanswered(approval_id=approval.id, actor=Actor.system("approvals"))
            return Outcome(False, until) if until else MOVED
        case "approved":
            _carry_out(approval, context, members, lease)
            return MOVED
        case "executing":
            moved, due_at = send_due(context, approval, lease)
            return Outcome(moved, due_at)
        case "rejected" | "expired":
            _drop(approval, context, bundle, members, lease)
            return MOVED
    return NOTHING  # stale: people are asked


def _reply_open(thread: str) -> bool:
    """Whether another reply of the conversation waits for people, is held or leaves; a person may have written it."""
    return reply_open_in_thread(thread) or reply_held(thread)


def _replies(context: RunContext, bundle: str) -> bool:
    return any(ACTIONS[step.do].role == "reply" for step in context.definition.members(bundle))


def _outside_needs_met(context: RunContext, keys: set[str], steps: list[Step]) -> bool:
    status = {step.key: step.status for step in steps}
    needs = {need for key in keys for need in context.definition.needs_of(context.definition.step(key))} - keys
    return all(status[need] in MET for need in needs)


def _put_forward(
    context: RunContext, bundle: str, members: list[Step], over: ApprovalView | None, lease: Lease
) -> None:
    """Plan what is not done of the bundle and ask people. Members whose condition does not hold are skipped at once.

    What people had edited in the proposal that is `over` is kept.
    """
    undone = [step for step in members if step.status not in MET]
    former = _edited(over, undone)
    try:
        try:
            proposal, skipped = propose(context, bundle, former=former)
        except InvalidEdit:  # on the facts as they are now
            former = None
            proposal, skipped = propose(context, bundle)
    except NotRetryable as error:
        at_fault = error.step if isinstance(error, Unplannable) else ""
        with transaction.atomic():
            hold(context.run, lease)
            step = next((step for step in undone if step.key == at_fault), undone[0])
            _wait(context, step)
            _fail(context, step, type(error).__name__, error.sentence)
        return
    with transaction.atomic():
        hold(context.run, lease)
        for step in undone:
            if step.key in skipped and not (former and step.key in former.left_out):
                if step.status != StepStatus.PENDING:
                    _wait(context, step)
                _move(context, step, StepStatus.SKIPPED, {"reason": "when"})
            else:
                _wait(context, step)
        if proposal is not None:
            edits_of = over.id if former and over else None
            proposal_open(proposal=proposal, actor=actor_of(context.run), edits_of=edits_of)
        reached("before_commit", "proposal")
    reached("after_commit", "proposal")


def _edited(over: ApprovalView | None, undone: list[Step]) -> Former | None:
    """The proposal that is over as people had edited it; None where they had not, or an input was changed since."""
    if over is None or not over.edited_by or any(step.given for step in undone):
        return None
    return Former(over.document, Revision(), over.edited_by)


def _wait(context: RunContext, step: Step) -> None:
    if step.status != StepStatus.WAITING:
        _move(context, step, StepStatus.WAITING, {})


def _fail(context: RunContext, step: Step, error_class: str, sentence: str) -> None:
    try_keep(step, outcome=AttemptOutcome.FAILED, error_class=error_class, error=sentence)
    _move(context, step, StepStatus.FAILED, {"error": error_class}, error=sentence)


def _move(
    context: RunContext,
    step: Step,
    to: StepStatus,
    data: dict[str, Any],
    *,
    output: dict[str, Any] | None = None,
    error: str = "",
) -> None:
    changes: dict[str, Any] = {"error": error[:2000]}
    if to in (StepStatus.SUCCEEDED, StepStatus.SKIPPED, StepStatus.FAILED):
        changes |= {"finished_at": timezone.now(), "output": output}
    elif step.started_at is None:
        changes["started_at"] = timezone.now()
    transition(
        step,
        moves=STEP_MOVES,
        to=to,
        actor=actor_of(context.run),
        run=context.run.pk,
        data={"step": step.key, "kind": step.kind, **data},
        changes=changes,
    )
    if to in MET:
        needs_met(context, step.key)


def _carry_out(approval: ApprovalView, context: RunContext, members: list[Step], lease: Lease) -> None:
    """Apply exactly the approved plans, all or none."""
    asked = [step for step in members if step.status == StepStatus.WAITING]
    try:
        with transaction.atomic():
            hold(context.run, lease)
            if approval_execute(approval_id=approval.id, actor=actor_of(context.run)):
                _apply_plans(approval, context, members)
            reached("before_commit", "actions")
        reached("after_commit", "actions")
    except REFUSED as error:
        # The records or the mail refused under the lock what the comparison had let through.
        with transaction.atomic():
            hold(context.run, lease)
            if not approval_execute(approval_id=approval.id, actor=actor_of(context.run)):
                return
            approval_settle(approval_id=approval.id, to="failed", actor=actor_of(context.run))
            # What went well before it was rolled back, though not in memory; a step that a person added is gone.
            refused = next((step for step in asked if step.status == StepStatus.WAITING), asked[-1])
            refused.status = StepStatus.WAITING
            _fail(context, refused, type(error).__name__, str(error))


def _apply_plans(approval: ApprovalView, context: RunContext, members: list[Step]) -> None:
    by_key = {step.key: step for step in members}
    outputs: dict[str, dict[str, Any]] = {
        key: output for key, output in context.outputs.items() if isinstance(output, dict)
    }
    planned = plans_of(approval.id)
    for number, item in enumerate(planned):
        step = by_key.get(item["step"]) or _added(context, item, number)
        by_key[step.key] = step
        plan = Plan.model_validate(resolve(item["plan"], outputs))
        outputs[step.key] = _apply_one(approval, context, step, plan)
    left = [s for s in members if s.status == StepStatus.WAITING and s.key not in {i["step"] for i in planned}]
    for step in left:
        _move(context, step, StepStatus.SKIPPED, {"reason": "left_out"})
    if not Effect.objects.filter(run=context.run, approval=approval.id, status=EffectStatus.HELD).exists():
        approval_settle(approval_id=approval.id, to="executed", actor=actor_of(context.run))


def _apply_one(approval: ApprovalView, context: RunContext, step: Step, plan: Plan) -> dict[str, Any]:
    action = ACTIONS[plan.action]
    held = plan.mail is not None
    now = timezone.now()
    release_at = now + timedelta(seconds=plan.mail.hold_seconds if plan.mail else 0)
    key = effect_key(context.run.pk, step.key, approval.digest)
    reached("before_effect", plan.action)
    output = action.output_of(action.apply(plan, Hands(actor_of(context.run), context.run.pk, key, release_at)))
    reached("after_effect", plan.action)
    effect = Effect.objects.create(
        run=context.run,
        step=step,
        key=key,
        action=plan.action,
        status=EffectStatus.HELD if held else EffectStatus.DONE,
        risk=action.risk,
        reversible=action.reversible,
        plan=plan.model_dump(mode="json"),
        outcome=output,
        approval=approval.id,
        due_at=release_at if held else None,
        settled_at=None if held else now,
    )
    told = {"step": step.key, "action": plan.action, "plan": digest({"effect": effect.pk, "plan": effect.plan})}
    record(
        event="effect.held" if held else "effect.done",
        target=f"effect:{effect.pk}",
        actor=actor_of(context.run),
        run=context.run.pk,
        data=told,
    )
    if not held:
        _move(context, step, StepStatus.SUCCEEDED, {"output": digest({"o": output})}, output=output)
    return output


def _added(context: RunContext, item: dict[str, Any], number: int) -> Step:
    """The step of an action that a person added: the version did not have it, the run has it now."""
    return Step.objects.create(
        run=context.run,
        key=item["step"],
        kind=item["plan"]["action"],
        position=1000 + number,
        status=StepStatus.WAITING,
        started_at=timezone.now(),
    )


def _drop(approval: ApprovalView, context: RunContext, bundle: str, members: list[Step], lease: Lease) -> None:
    """People said no: what was proposed is skipped. Nobody said anything: so it is, or the run has failed."""
    fails = approval.status == "expired" and context.definition.rule_of(bundle).if_expired == "fail"
    with transaction.atomic():
        hold(context.run, lease)
        for step in members:
            if step.status != StepStatus.WAITING:
                continue
            if fails:
                sentence = f"Nobody decided before {approval.expires_at:%Y-%m-%d %H:%M} UTC."
                _fail(context, step, "expired", sentence)
                return
            _move(context, step, StepStatus.SKIPPED, {"reason": approval.status})
