"""What a proposal is bound to of its run, and whether that is still what would be carried out, or is held."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from approvals.proposals import Changed
from audit.canonical import digest, plain, same
from mail.services import reply_rewritten, reply_sender
from tenants.selectors import current
from workflows.actions.base import MailPlan, Plan, references, resolve
from workflows.engine.context import RunContext
from workflows.models import Effect, EffectStatus, Run, WorkflowVersion

# The tenant's policy: until one is written down, a person is always asked.
POLICY_VERSION = 0


def belongs_to(run: Run, version: str) -> dict[str, Any]:
    """Whose proposal it is: the tenant, the run, the digest of its `version`, the policy that asked."""
    return {"tenant": str(current().id), "run": str(run.pk), "version": version, "policy": POLICY_VERSION}


def outputs_named(context: RunContext, plans: Sequence[tuple[str, Plan]]) -> dict[str, Any]:
    """What steps that are done already have put out, where these plans work on it."""
    members = {step for step, _ in plans}
    named = {name for _, plan in plans for name in references(plan.model_dump(mode="json"))} - members
    return {name: context.outputs.get(name) for name in sorted(named)}


def sender_of(plans: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """From whom the reply among these plans comes, and where an answer to it goes."""
    mail = next((plan["mail"] for plan in plans if plan["mail"]), None)
    return reply_sender(mail["thread"]) if mail else None


def requesters_of(run: Run) -> frozenset[UUID]:
    """Who caused the event, and everybody who has changed an input of the run since."""
    return frozenset(filter(None, (run.event.requester, run.requester, *run.changers)))


def effect_key(run: UUID, step: str, approved: str) -> str:
    """The idempotency key of a step's effect. What was decided is part of it: a renewed proposal may send what a
    stopped one did not."""
    return f"{run}:{step}:{approved[:16]}"


def rewritten(*, run: UUID, approval_id: UUID, approved: str, binding: Mapping[str, Any]) -> list[Changed]:
    """Where the database now says something else than `binding`, which the digest `approved` covers: of the run, of
    what steps have put out, of what is held, and of its reply."""
    found = Run.objects.select_related("event").get(pk=run)
    definition = WorkflowVersion.objects.values_list("definition", flat=True).get(pk=found.version_id)
    outputs = {step.key: step.output for step in found.steps.all() if isinstance(step.output, dict)}
    is_now = belongs_to(found, digest(definition))
    is_now["outputs"] = {name: outputs.get(name) for name in binding["outputs"]}
    if "sender" in binding:  # one that was asked before it was bound has none
        is_now["sender"] = sender_of(item["plan"] for item in binding["plans"])
    changed = [
        Changed(record=f"run:{run}", field=name, was=binding[name], is_=value)
        for name, value in is_now.items()
        if not same(binding[name], value)
    ]
    held = Effect.objects.select_related("step").filter(approval=approval_id, status=EffectStatus.HELD)
    return changed + _rewritten_effects(held, binding, outputs, approved)


def _rewritten_effects(
    effects: Iterable[Effect], binding: Mapping[str, Any], outputs: Mapping[str, Any], approved: str
) -> list[Changed]:
    by_step = {effect.step.key: effect for effect in effects}
    members = {item["step"] for item in binding["plans"]}
    known = {key: output for key, output in outputs.items() if key not in members}
    changed: list[Changed] = []
    for item in binding["plans"]:
        effect = by_step.pop(item["step"], None)
        if effect is not None:
            changed += _rewritten_effect(effect, plain(resolve(item["plan"], known)), approved)
        if item["step"] in outputs:
            known[item["step"]] = outputs[item["step"]]
    return changed + [_changed(effect, "approval", None, effect.approval) for effect in by_step.values()]


def _rewritten_effect(effect: Effect, plan: dict[str, Any], approved: str) -> list[Changed]:
    written = {"plan": plan, "action": plan["action"], "key": effect_key(effect.run_id, effect.step.key, approved)}
    changed = [
        _changed(effect, name, digest(value), None)
        for name, value in written.items()
        if not same(getattr(effect, name), value)
    ]
    if changed or plan["mail"] is None:
        return changed
    mail = MailPlan.model_validate(plan["mail"])
    differing = reply_rewritten(
        effect.outcome.get("message"),
        thread_id=mail.thread,
        in_reply_to=mail.in_reply_to,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        text=mail.text,
        effect_key=effect.key,
        run=effect.run_id,
    )
    return [_changed(effect, f"reply {name}", None, None) for name in differing]


def _changed(effect: Effect, field: str, was: Any, is_now: Any) -> Changed:
    return Changed(record=f"effect:{effect.pk}", field=field, was=was, is_=is_now)
