"""From a bundle's steps to one proposal: planned, checked, and shown as one document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from pydantic import BaseModel, ValidationError

from ai.trust import Verdict
from approvals.errors import InvalidEdit
from approvals.proposals import Proposal, Revision
from approvals.selectors import approvals
from audit.canonical import same
from crm.errors import Invalid, RecordRefused
from workflows.actions import ACTIONS, Action
from workflows.actions.base import RISKS, Plan, dangling, references
from workflows.definition import Definition, StepDefinition
from workflows.engine.asking import asked_of_run
from workflows.engine.binding import belongs_to, outputs_named, requesters_of
from workflows.engine.context import RunContext
from workflows.engine.documents import Drafted, Member, document_of
from workflows.engine.forbidden import touched
from workflows.errors import NotRetryable, Unplannable
from workflows.expressions import BadExpression, condition

ADDED = re.compile(r"added_(\d+)")


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


@dataclass(frozen=True)
class Wanted:
    """A step to plan; `typed` is the input of one that a person adds, at `path`, which is data and no expression."""

    step: StepDefinition
    typed: Mapping[str, Any] | None = None
    path: str = ""


def propose(context: RunContext, bundle: str, *, former: Former | None = None) -> tuple[Proposal | None, list[str]]:
    """The proposal of a bundle, and the keys of its members that are skipped. Reads only.

    None where no member's condition holds, so that there is nothing to propose. With `former`, the proposal
    that a person edited or renewed: their input is kept, facts are read anew. Raises InvalidEdit, NotRetryable.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        members, skipped = _plan(context, bundle, former)
        if not members and former is None:
            return None, skipped
        if not members:
            raise NotRetryable("Nothing is left to propose.")
        if sum(1 for member in members if member.plan.mail) > 1:
            raise NotRetryable("One proposal sends one reply: two of its steps would send one each.")
        drafted = Drafted.of(context, former)
        document = document_of(context, members, drafted, former)
    return _proposal(context, bundle, members, document, drafted), skipped


def _plan(context: RunContext, bundle: str, former: Former | None) -> tuple[list[Member], list[str]]:
    members: list[Member] = []
    skipped: list[str] = []
    for wanted in _steps(context, bundle, former):
        step = wanted.step
        try:
            left_out = former is not None and step.key in former.left_out
            if left_out or not condition(step.when, context.names):
                skipped.append(step.key)
                context = context.with_output(step.key, None)
                continue
            action = ACTIONS[step.do]
            given = _input(context, wanted, action, former)
            plan = action.plan(given, context.reader(step.key))
            planned = action.output_of(plan.output)
            if former is None or not references(plan.input) & set(skipped):
                _check_references(plan, context)
        except NotRetryable as error:
            raise Unplannable(error.sentence, step.key) from None
        except (ValidationError, RecordRefused, BadExpression) as error:
            raise _refusal(wanted, error, former) from None
        if wanted.typed is not None:
            _check_once(wanted, plan, members)
        members.append(Member(step.key, action, given, plan))
        context = context.with_output(step.key, planned)
    _check_left_out(members, skipped, former)
    return members, skipped


def _refusal(wanted: Wanted, error: Exception, former: Former | None) -> Exception:
    """What is said where an input is none: to the person who edits, or of the run that cannot go on."""
    faults = {"": str(error)}
    if isinstance(error, ValidationError):
        faults = {
            ".".join(str(part) for part in fault["loc"]): str(fault["msg"]).removeprefix("Value error, ")
            for fault in error.errors()
        }
    elif isinstance(error, Invalid):
        faults = dict(error.faults)
    if former is not None:
        path = wanted.path or f"edits.{wanted.step.key}"
        told = {f"{path}.{where}".rstrip("."): sentence for where, sentence in faults.items()}
        return InvalidEdit(*next(iter(told.items())), told)
    step, (where, sentence) = wanted.step.key, next(iter(faults.items()))
    return Unplannable(f"{step} lacks what it needs: {where} {sentence}".replace("  ", " "), step)


def _check_references(plan: Plan, context: RunContext) -> None:
    if missing := dangling(plan.input, context.outputs):
        raise BadExpression(f"There is no {missing} to work on.")


def _steps(context: RunContext, bundle: str, former: Former | None) -> list[Wanted]:
    steps = [Wanted(step) for step in context.definition.members(bundle) if not _is_done(context, step.key)]
    if former is None:
        return steps
    steps += [Wanted(step) for step in _added_before(context, former)]
    allowed = addable(context.definition)
    number = _last_added(context)
    for index, item in enumerate(former.revision.add):
        name, typed = item.get("action"), item.get("input") or {}
        if not isinstance(name, str) or name not in allowed:
            raise InvalidEdit(f"add[{index}].action", f"{name} cannot be added here.")
        if not isinstance(typed, dict):
            raise InvalidEdit(f"add[{index}].input", "The input is an object of fields.")
        if unknown := sorted(set(typed) - _fields(ACTIONS[name])):
            raise InvalidEdit(f"add[{index}].input.{unknown[0]}", f"{name} takes no {unknown[0]}.")
        step = StepDefinition(key=f"added_{number + index + 1}", do=name, needs=[])
        steps.append(Wanted(step, typed, f"add[{index}].input"))
    known = {wanted.step.key for wanted in steps}
    for key in [*former.revision.edits, *former.revision.leave_out]:
        if key not in known:
            raise InvalidEdit(f"edits.{key}", f"There is no step {key} in this proposal.")
    # Replies come last, so that the promises which an added action keeps are known.
    return sorted(steps, key=lambda wanted: ACTIONS[wanted.step.do].role == "reply")


def addable(definition: Definition) -> set[str]:
    """The actions that a person may add to a proposal: those of the version, but no second reply."""
    return {step.do for step in definition.steps if step.do in ACTIONS and ACTIONS[step.do].role != "reply"}


def _fields(action: Action) -> set[str]:
    """What a person may say of an action that they add: what a step could give it, or its input itself."""
    return {*action.Given.model_fields, *action.Input.model_fields}


def _added_before(context: RunContext, former: Former) -> list[StepDefinition]:
    """What people have added to this proposal so far; each keeps its key."""
    shown = [(action["step"], action["action"]) for action in former.document["actions"]]
    return [
        StepDefinition(key=key, do=action, needs=[])
        for key, action in shown
        if ADDED.fullmatch(key) and not _is_written(context, key) and not _is_done(context, key)
    ]


def _last_added(context: RunContext) -> int:
    """The highest number that an added step of this run has ever had, in any of its proposals."""
    keys = [step.key for step in context.run.steps.all() if not _is_written(context, step.key)]
    for approval in approvals(run=context.run.pk):
        keys += [action["step"] for action in approval.document["actions"]] + approval.document["left_out"]
    return max((int(found[1]) for key in keys if (found := ADDED.fullmatch(key))), default=0)


def _is_written(context: RunContext, key: str) -> bool:
    """Whether the version itself has the step."""
    return any(step.key == key for step in context.definition.steps)


def _is_done(context: RunContext, key: str) -> bool:
    return any(step.key == key and step.status in ("succeeded", "skipped") for step in context.run.steps.all())


def _input(context: RunContext, wanted: Wanted, action: Action, former: Former | None) -> BaseModel:
    step = wanted.step
    shown = former.input_of(step.key) if former and wanted.typed is None else None
    edits = former.revision.edits.get(step.key, {}) if former else {}
    if shown is None:
        shown = _prepared(context, wanted, action)
    if unknown := sorted(set(edits) - action.editable):
        raise InvalidEdit(
            f"edits.{step.key}.{unknown[0]}",
            f"{unknown[0]} of {step.key} cannot be edited; {', '.join(sorted(action.editable))} can.",
        )
    return action.Input.model_validate({**shown, **edits})


def _check_chosen(wanted: Wanted, action: Action, by_itself: Mapping[str, Any]) -> None:
    """What a person adds is about the customer and the conversation of this proposal, and nobody else's."""
    for name, value in sorted((wanted.typed or {}).items()):
        if name in action.chosen and value is not None and not same(value, by_itself.get(name)):
            raise InvalidEdit(f"{wanted.path}.{name}", f"The {name} of what is added is the one of this proposal.")


def _check_once(wanted: Wanted, plan: Plan, members: Sequence[Member]) -> None:
    """What a person adds makes or changes nothing that the proposal does already: carried out, one of them would find
    that of the other, and all of it would fail."""
    done = {(fact.record, fact.field): member for member in members for fact in member.plan.basis if fact.writes}
    for fact in plan.basis:
        if fact.writes and (member := done.get((fact.record, fact.field))):
            raise InvalidEdit(
                wanted.path,
                f"This proposal does that already, in “{member.action.label}”: change it there, or leave that out.",
            )


def _prepared(context: RunContext, wanted: Wanted, action: Action) -> dict[str, Any]:
    """The input of a step that nobody has seen yet. What a person typed stands in it exactly, or is refused."""
    typed, by_itself = wanted.typed or {}, context.given(wanted.step, action)
    _check_chosen(wanted, action, by_itself)
    said = {**by_itself, **typed}
    own = {name: value for name, value in said.items() if name in action.Input.model_fields}
    if set(typed) - set(action.Given.model_fields):
        return own
    given = action.Given.model_validate(said)
    prepared = action.prepare(given, context.reader(wanted.step.key)).model_dump(mode="json")
    return {**prepared, **{name: value for name, value in own.items() if name in typed}}


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
    document = {**document, "if_expired": rule.if_expired}
    plans: list[tuple[str, Plan]] = [(member.step, member.plan) for member in members]
    basis = [fact for _, plan in plans for fact in plan.basis]
    basis += [fact for fact in drafted.quoted_facts(document) if fact not in basis]
    frozen = [plan.model_dump(mode="json") for _, plan in plans]
    blocked = [s for s in document["sentences"] if s["verdict"] == "unsupported"]
    refused = [f["words"] for f in document["trust"]["findings"] if f["verdict"] == Verdict.REFUSE]
    risk = max((member.action.risk for member in members), key=RISKS.index)
    reason = "" if not blocked else f"{len(blocked)} sentence{'s have' if len(blocked) > 1 else ' has'} no source"
    reason = " ".join(filter(None, (f"{reason}." if reason else "", *refused))).removesuffix(".")
    return Proposal(
        run=context.run.pk,
        key=bundle,
        thread=str(context.message.thread) if context.message and document["reply"] else "",
        title=document["title"],
        risk=risk,
        document=document,
        binding={
            **belongs_to(context.run, context.run.version.digest),
            "plans": [{"step": step, "plan": plan} for (step, _), plan in zip(plans, frozen, strict=True)],
            "asked": asked_of_run(context, bundle, risk=risk, verdict=document["trust"]["verdict"]),
            "sender": document["reply"]["sender"] if document["reply"] else None,  # the one that is shown
            "forbidden": touched(document, drafted.topics),
            "outputs": outputs_named(context, plans),
            "recipients": sorted({to for _, plan in plans if plan.mail for to in [*plan.mail.to, *plan.mail.cc]}),
            "attachments": [item.sha256 for item in context.message.attachments] if context.message else [],
            "thread_last_message": str(context.message.id) if context.message else None,
        },
        basis=basis,
        drafted_text=drafted.text,
        blocked_reason=f"Approve is off: {reason}." if reason else "",
        approver_role=rule.approvers.role,
        required_approvers=rule.approvers.count,
        lasts=rule.expires,
        escalate_to=rule.escalate_to.role if rule.escalate_to else "",
        escalate_count=rule.escalate_to.count if rule.escalate_to else 1,
        requesters=requesters_of(context.run),
    )
