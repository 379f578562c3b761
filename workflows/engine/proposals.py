"""From a bundle's steps to one proposal: planned, checked, and shown as one document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from pydantic import BaseModel, ValidationError

from approvals.errors import InvalidEdit
from approvals.proposals import Proposal, Revision
from workflows.actions import ACTIONS, Action
from workflows.actions.base import Plan, references
from workflows.definition import StepDefinition
from workflows.engine.context import RunContext
from workflows.engine.documents import Drafted, Member, document_of
from workflows.errors import NotRetryable
from workflows.expressions import condition

# The tenant's policy: until one is written down, a person is always asked.
POLICY_VERSION = 0
RISKS = ("low", "medium", "high")


@dataclass(frozen=True)
class Former:
    """What a person has already seen and may have changed: it is kept when a proposal is planned anew."""

    document: Mapping[str, Any]
    revision: Revision
    editor: str

    @property
    def left_out(self) -> set[str]:
        return {*self.document.get("left_out", []), *self.revision.leave_out}

    def input_of(self, step: str) -> dict[str, Any] | None:
        """The input that was shown for a step."""
        return next((a["input"] for a in self.document["actions"] if a["step"] == step), None)


def propose(context: RunContext, bundle: str, *, former: Former | None = None) -> tuple[Proposal, list[str]]:
    """The proposal of a bundle, and the keys of its members that are skipped. Reads only.

    With `former`, the proposal that a person edited or renewed: their input is kept, facts are read anew.
    Raises InvalidEdit, NotRetryable.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        members, skipped = _plan(context, bundle, former)
        if not members:
            raise NotRetryable("Nothing is left to propose.")
        drafted = Drafted.of(context, former)
        document = document_of(context, members, drafted, former)
    return _proposal(context, bundle, members, document, drafted), skipped


def _plan(context: RunContext, bundle: str, former: Former | None) -> tuple[list[Member], list[str]]:
    steps = _steps(context, bundle, former)
    members: list[Member] = []
    skipped: list[str] = []
    for step in steps:
        left_out = former is not None and step.key in former.left_out
        if left_out or not condition(step.when, context.names):
            skipped.append(step.key)
            context = context.with_output(step.key, None)
            continue
        action = ACTIONS[step.do]
        given = _input(context, step, action, former)
        try:
            plan = action.plan(given, context.reader(step.key))
        except ValidationError as error:
            raise InvalidEdit(f"edits.{step.key}", _first(error)) from None
        members.append(Member(step.key, action, given, plan))
        context = context.with_output(step.key, plan.output)
    _check_left_out(members, skipped, former)
    return members, skipped


def _steps(context: RunContext, bundle: str, former: Former | None) -> list[StepDefinition]:
    steps = [step for step in context.definition.members(bundle) if not _is_done(context, step.key)]
    if former is None:
        return steps
    known = {step.key for step in steps}
    for key in [*former.revision.edits, *former.revision.leave_out]:
        if key not in known and former.input_of(key) is None:
            raise InvalidEdit(f"edits.{key}", f"There is no step {key} in this proposal.")
    allowed = {step.do for step in context.definition.steps if step.do in ACTIONS}
    written = {step.key for step in context.definition.steps}
    added = [a for a in former.document["actions"] if a["step"] not in written and not _is_done(context, a["step"])]
    wanted = [{"action": a["action"], "input": a["input"]} for a in added] + former.revision.add
    for number, item in enumerate(wanted, start=1):
        name = str(item.get("action"))
        if name not in allowed or ACTIONS[name].role == "reply":
            raise InvalidEdit(f"add[{number - 1}].action", f"{name} cannot be added here.")
        # Before the reply, so that the promises which an added action keeps are known.
        step = StepDefinition(key=f"added_{number}", do=name, **{"with": dict(item.get("input") or {})}, needs=[])
        replies = [i for i, s in enumerate(steps) if ACTIONS[s.do].role == "reply"]
        steps.insert(replies[0] if replies else len(steps), step)
    return steps


def _is_done(context: RunContext, key: str) -> bool:
    return any(step.key == key and step.status in ("succeeded", "skipped") for step in context.run.steps.all())


def _input(context: RunContext, step: StepDefinition, action: Action, former: Former | None) -> BaseModel:
    shown = former.input_of(step.key) if former else None
    edits = former.revision.edits.get(step.key, {}) if former else {}
    try:
        if shown is None:
            given = action.Given.model_validate(context.given(step, action))
            shown = action.prepare(given, context.reader(step.key)).model_dump(mode="json")
        if unknown := sorted(set(edits) - action.editable):
            raise InvalidEdit(
                f"edits.{step.key}.{unknown[0]}",
                f"{unknown[0]} of {step.key} cannot be edited; {', '.join(sorted(action.editable))} can.",
            )
        return action.Input.model_validate({**shown, **edits})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        if former is not None:
            raise InvalidEdit(f"edits.{step.key}.{where}", _first(error)) from None
        raise NotRetryable(f"{step.key} lacks what it needs: {where} {_first(error)}") from None


def _first(error: ValidationError) -> str:
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")


def _check_left_out(members: list[Member], skipped: list[str], former: Former | None) -> None:
    """A kept member that works on a record which a left-out one would have made is named, not broken."""
    if former is None:
        return
    for member in members:
        shown = former.input_of(member.step) or {}
        if missing := references(shown) & set(skipped):
            missing_step = min(missing)
            raise InvalidEdit(
                f"leave_out.{missing_step}", f"{member.step} needs {missing_step}: leave both out, or neither."
            )


def _proposal(
    context: RunContext, bundle: str, members: list[Member], document: dict[str, Any], drafted: Drafted
) -> Proposal:
    rule = context.definition.rule_of(bundle)
    plans: list[tuple[str, Plan]] = [(member.step, member.plan) for member in members]
    basis = [fact for _, plan in plans for fact in plan.basis]
    basis += [fact for fact in drafted.quoted_facts(document) if fact not in basis]
    blocked = [s for s in document["sentences"] if s["verdict"] == "unsupported"]
    reason = "" if not blocked else f"{len(blocked)} sentence{'s have' if len(blocked) > 1 else ' has'} no source"
    return Proposal(
        run=context.run.pk,
        key=bundle,
        thread=str(context.message.thread) if context.message and document["reply"] else "",
        title=document["title"],
        risk=max((member.action.risk for member in members), key=RISKS.index),
        document=document,
        binding={
            "tenant": str(context.tenant.id),
            "run": str(context.run.pk),
            "version": context.run.version.digest,
            "plans": [{"step": step, "plan": plan.model_dump(mode="json")} for step, plan in plans],
            "recipients": sorted({to for _, plan in plans if plan.mail for to in [*plan.mail.to, *plan.mail.cc]}),
            "attachments": [],
            "thread_last_message": str(context.message.id) if context.message else None,
            "policy": POLICY_VERSION,
        },
        basis=basis,
        drafted_text=drafted.text,
        blocked_reason=f"Approve is off: {reason}." if reason else "",
        approver_role=rule.approvers.role,
        required_approvers=rule.approvers.count,
        lasts=rule.expires,
        escalate_to=rule.escalate_to.role if rule.escalate_to else "",
        requester=context.run.requester,
    )
