"""Examples of decisions and steps: what AI steps were given, and what people let stand of it or say was right.

The inputs are made once more and held against the digest that their call kept: only what the model has really read
becomes an example. Where records or phrases have changed since so that it cannot be made any more, none is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from ai.evaluation.errors import EvaluationRefused, KnownCase
from ai.evaluation.services import Source as Origin
from ai.evaluation.services import golden_add
from ai.purposes import DraftInput, RecommendInput
from ai.selectors import was_asked
from ai.sources import Source
from approvals.selectors import ApprovalView
from audit.services import Actor
from workflows.actions import ACTIONS
from workflows.definition import StepDefinition
from workflows.engine.context import RunContext, run_context
from workflows.errors import NotRetryable
from workflows.models import Run, Step, StepStatus
from workflows.steps import STEP_KINDS, ModelStep

APPROVED = ("approved", "executing", "executed")
CHANGED = "What the model has read has changed since, and cannot be put together any more."


@dataclass(frozen=True)
class Asked:
    """A step that a model has answered."""

    step: Step
    kind: ModelStep
    definition: StepDefinition
    context: RunContext


Right = Callable[[Asked, BaseModel], dict[str, Any] | None]


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

    def right(asked: Asked, inputs: BaseModel) -> dict[str, Any] | None:
        return _approved(asked, inputs, approval.document)

    return _kept(_asked(approval.run), right, actor, approval=approval.id)


def step_keep(*, run: UUID, step: str, actor: Actor) -> Kept:
    """Keep what one step of a run was given, and its answer as it is: somebody says that it was right. Raises
    EvaluationRefused where it asked no model."""
    asked = [found for found in _asked(run) if found.step.key == step]
    if not asked:
        raise EvaluationRefused("This step has no answer of a model.")
    return _kept(asked, lambda found, inputs: _answered(found), actor)


def _kept(asked: Iterable[Asked], right: Right, actor: Actor, *, approval: UUID | None = None) -> Kept:
    added, known, left = list[str](), list[str](), dict[str, str]()
    for found in asked:
        purpose, inputs = found.kind.purpose, _inputs(found)
        expected = right(found, inputs) if inputs else None
        if inputs is None or expected is None:
            left[purpose] = CHANGED if inputs is None else "No reply was approved."
            continue
        source = Origin(run=found.context.run.pk, step=found.step.key, approval=approval)
        given = inputs.model_dump(mode="json")
        try:
            golden_add(purpose=purpose, inputs=given, expected=expected, source=source, actor=actor)
            added.append(purpose)
        except KnownCase:
            known.append(purpose)
        except EvaluationRefused as refused:
            left[purpose] = refused.sentence
    return Kept(tuple(added), tuple(known), left)


def _asked(run: UUID) -> Iterator[Asked]:
    """The run's steps that asked a model and were answered."""
    row = Run.objects.select_related("version__workflow", "event").filter(pk=run).first()
    if row is None:
        return
    steps = list(row.steps.all())
    context = run_context(row, steps)
    for step in steps:
        kind = STEP_KINDS.get(step.kind)
        definition = next((known for known in context.definition.steps if known.key == step.key), None)
        if isinstance(kind, ModelStep) and definition and step.status == StepStatus.SUCCEEDED and step.output:
            yield Asked(step, kind, definition, context)


def _inputs(asked: Asked) -> BaseModel | None:
    """What the model has read, to the letter; None where it cannot be made any more."""
    step, kind, context = asked.step, asked.kind, asked.context
    world = replace(context.world(step.key, last_attempt=True), now=step.tried_at or context.run.created_at)
    try:
        now = kind.inputs(kind.given_model().model_validate(context.given(asked.definition, kind)), world)
    except (NotRetryable, ValidationError):
        return None
    for made in (now, _with_sources(now, context)):
        if was_asked(purpose=kind.purpose, inputs=made, run_id=context.run.pk, step=step.key):
            return made
    return None


def _with_sources(inputs: BaseModel, context: RunContext) -> BaseModel:
    """The same with the records as they were when the reply was drafted."""
    drafts = [step.key for step in context.definition.steps if step.do == "ai.draft_reply"]
    kept = (context.outputs.get(drafts[-1]) or {}).get("sources") if drafts else None
    if kept is None or "sources" not in type(inputs).model_fields:
        return inputs
    return inputs.model_copy(update={"sources": tuple(Source.model_validate(source) for source in kept)})


def _approved(asked: Asked, inputs: BaseModel, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What people have let stand of a step's answer; None where there is nothing to hold another one against."""
    match inputs:
        case RecommendInput():
            return _approved_actions(inputs, document)
        case DraftInput():
            text = (document.get("reply") or {}).get("text")
            return {"text": text} if text else None
    return _answered(asked)


def _answered(asked: Asked) -> dict[str, Any]:
    """What a step has put out, as what is right."""
    purpose, output = asked.kind.purpose, asked.step.output or {}
    if purpose == "recommend":
        slot = output.get("slot")
        actions = sorted({action["name"] for action in output.get("actions", ())})
        return {"actions": actions, "slot": slot["starts_at"] if slot else None}
    return {"text": output.get("text", "")} if purpose == "draft" else _understood(output)


def _understood(output: Mapping[str, Any]) -> dict[str, Any]:
    facts = output.get("facts") or {}
    budget = facts.get("budget") or {}
    names = ("name", "phone", "address", "suburb", "party_size")
    return {
        **{name: output[name] for name in ("intent", "language", "wants_person")},
        "facts": {**{name: facts.get(name) for name in names}, "budget": budget.get("amount")},
    }


def _approved_actions(inputs: RecommendInput, document: Mapping[str, Any]) -> dict[str, Any]:
    """The actions that people approved, of those that could be recommended; a slot only where they left one of those
    that could be chosen, or chose none."""
    choices = {choice.name for choice in inputs.actions}
    done = [action for action in document.get("actions", ()) if action["action"] in choices]
    right: dict[str, Any] = {"actions": sorted({action["action"] for action in done})}
    booked = [action for action in done if ACTIONS[action["action"]].role == "booking"]
    begins = (booked[0].get("input") or {}).get("starts_at") if booked else None
    if not booked:
        right["slot"] = None
    elif isinstance(begins, str) and datetime.fromisoformat(begins) in {slot.starts_at for slot in inputs.slots}:
        right["slot"] = begins
    return right
