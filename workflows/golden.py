"""Examples of decisions: what the AI steps of an approved run were given, and what people let stand of it.

The inputs are made once more and held against the digest that their call kept: only what the model has really read
becomes an example. Where records or phrases have changed since so that it cannot be made any more, none is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from ai.evaluation.errors import EvaluationRefused, KnownCase
from ai.evaluation.services import Source as Origin
from ai.evaluation.services import golden_add
from ai.purposes import ActionChoice
from ai.selectors import was_asked
from ai.sources import Source
from approvals.selectors import ApprovalView, approvals, view_of
from audit.services import Actor
from workflows.actions import ACTIONS
from workflows.definition import StepDefinition
from workflows.engine.context import RunContext, run_context
from workflows.errors import NotRetryable
from workflows.models import Run, Step, StepStatus
from workflows.steps import STEP_KINDS, ModelStep

APPROVED = ("approved", "executing", "executed")


@dataclass(frozen=True)
class Kept:
    """The purposes of which an example was kept, of which it was one already, and why of others none could be."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    left: Mapping[str, str]


def examples_keep(*, approval: ApprovalView, actor: Actor) -> Kept:
    """Keep what the AI steps behind an approved proposal were given, with what is right: understood as it was, the
    actions and the words that people approved. Raises EvaluationRefused where it was not approved."""
    if approval.status not in APPROVED or not any(said.decision == "approve" for said in approval.decisions):
        raise EvaluationRefused("Only what people have approved says what is right.")
    run = Run.objects.select_related("version__workflow", "event").filter(pk=approval.run).first()
    if run is None:
        raise EvaluationRefused("Its run is not there any more.")
    added, known, left = list[str](), list[str](), dict[str, str]()
    for step, kind, context in _asked(run):
        inputs = _inputs(step, kind, context)
        expected = _right(kind.purpose, step, inputs, approval.document) if inputs else None
        if inputs is None or expected is None:
            left[kind.purpose] = "What the model has read has changed since." if inputs is None else "Nothing to hold."
            continue
        origin = Origin(run=run.pk, step=step.key, approval=approval.id)
        try:
            golden_add(
                purpose=kind.purpose,
                inputs=inputs.model_dump(mode="json"),
                expected=expected,
                source=origin,
                actor=actor,
            )
            added.append(kind.purpose)
        except KnownCase:
            known.append(kind.purpose)
        except EvaluationRefused as refused:
            left[kind.purpose] = refused.sentence
    return Kept(tuple(added), tuple(known), left)


def approved_of(run: UUID) -> ApprovalView | None:
    """The proposal of a run that people have approved; the newest, where there are several."""
    rows = approvals(run=run).filter(status__in=APPROVED)
    row = rows.first()
    return view_of(row) if row else None


def _asked(run: Run) -> Iterator[tuple[Step, ModelStep, RunContext]]:
    """The run's steps that asked a model and were answered."""
    steps = list(run.steps.all())
    context = run_context(run, steps)
    for step in steps:
        kind = STEP_KINDS.get(step.kind)
        if isinstance(kind, ModelStep) and step.status == StepStatus.SUCCEEDED and step.output:
            yield step, kind, context


def _inputs(step: Step, kind: ModelStep, context: RunContext) -> BaseModel | None:
    """What the model has read, to the letter; None where it cannot be made any more."""
    definition = _definition(step.key, context)
    if definition is None:
        return None
    world = replace(context.world(step.key, last_attempt=True), now=step.tried_at or context.run.created_at)
    try:
        now = kind.inputs(kind.given_model().model_validate(context.given(definition, kind)), world)
    except (NotRetryable, ValidationError):
        return None
    then = _with_sources(now, context)
    for made in (now, then):
        if was_asked(purpose=kind.purpose, inputs=made, run_id=context.run.pk, step=step.key):
            return made
    return None


def _definition(key: str, context: RunContext) -> StepDefinition | None:
    return next((step for step in context.definition.steps if step.key == key), None)


def _with_sources(inputs: BaseModel, context: RunContext) -> BaseModel:
    """The same with the records as they were when the reply was drafted."""
    drafts = [step.key for step in context.definition.steps if step.do == "ai.draft_reply"]
    kept = (context.outputs.get(drafts[-1]) or {}).get("sources") if drafts else None
    if kept is None or "sources" not in type(inputs).model_fields:
        return inputs
    return inputs.model_copy(update={"sources": tuple(Source.model_validate(source) for source in kept)})


def _right(purpose: str, step: Step, inputs: Any, document: Mapping[str, Any]) -> dict[str, Any] | None:
    match purpose:
        case "understand":
            return _understood(step.output or {})
        case "recommend":
            return _approved(inputs, document)
        case "draft":
            text = (document.get("reply") or {}).get("text")
            return {"text": text} if text else None
    return None


def _understood(output: Mapping[str, Any]) -> dict[str, Any]:
    facts = output.get("facts") or {}
    budget = facts.get("budget") or {}
    names = ("name", "phone", "address", "suburb", "party_size")
    return {
        **{name: output[name] for name in ("intent", "language", "wants_person")},
        "facts": {**{name: facts.get(name) for name in names}, "budget": budget.get("amount")},
    }


def _approved(inputs: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    """The actions that people approved, of those that could be recommended; a slot only where they left one of those
    that could be chosen, or chose none."""
    choices: tuple[ActionChoice, ...] = inputs.actions
    done = [action for action in document.get("actions", ()) if action["action"] in {c.name for c in choices}]
    right: dict[str, Any] = {"actions": sorted({action["action"] for action in done})}
    booked = [action for action in done if ACTIONS[action["action"]].role == "booking"]
    begins = (booked[0].get("input") or {}).get("starts_at") if booked else None
    if not booked:
        right["slot"] = None
    elif isinstance(begins, str) and datetime.fromisoformat(begins) in {slot.starts_at for slot in inputs.slots}:
        right["slot"] = begins
    return right
