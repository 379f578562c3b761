"""The input of a failed step as a person sees it, and as they change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from audit.canonical import plain
from workflows.catalogue import KINDS
from workflows.engine.context import RunContext, run_context
from workflows.errors import Fault, InputRefused, fault_of
from workflows.expressions import BadExpression
from workflows.kinds import Kind
from workflows.models import Run, Step, StepStatus


@dataclass(frozen=True)
class InputField:
    """One field: whether it is a plain text rather than any JSON, whether it may be null, and what it holds."""

    name: str
    is_text: bool
    nullable: bool
    value: Any


@dataclass(frozen=True)
class StepInput:
    """A failed step and all that it would be given."""

    step: str
    kind: str
    label: str
    fields: tuple[InputField, ...]


def step_inputs(run: UUID | str) -> list[StepInput]:
    """The failed steps of a run with their inputs; what an expression cannot give is null."""
    found = Run.objects.select_related("version", "version__workflow", "event").filter(pk=run).first()
    if found is None:
        return []
    context = run_context(found)
    return [_input_of(context, step) for step in found.steps.filter(status=StepStatus.FAILED)]


def _input_of(context: RunContext, step: Step) -> StepInput:
    kind = KINDS[step.kind]
    model = kind.given_model()
    given = {name: _value(context, step, kind, name) for name in model.model_fields}
    fields = []
    for name, about in model.model_json_schema()["properties"].items():
        types = {one.get("type") for one in about.get("anyOf", [about])}
        fields.append(InputField(name, types <= {"string", "null"}, "null" in types, given[name]))
    return StepInput(step.key, step.kind, kind.label, tuple(fields))


def _value(context: RunContext, step: Step, kind: Kind, name: str) -> Any:
    """What the step would get for one field; null where its expression fails."""
    try:
        return plain(_given(context, step, kind, only={name}).get(name))
    except (BadExpression, TypeError):
        return None


def _given(context: RunContext, step: Step, kind: Kind, *, only: set[str]) -> dict[str, Any]:
    """What the step would get, leaving aside what the definition says of other fields."""
    written = context.definition.step(step.key)
    kept = {name: value for name, value in written.with_.items() if name in only}
    return context.given(written.model_copy(update={"with_": kept}), kind)


def changed_input(context: RunContext, step: Step, input: Mapping[str, Any]) -> dict[str, Any]:
    """The step's whole input with these fields changed, checked against what its kind takes; raises InputRefused."""
    kind = KINDS[step.kind]
    model = kind.given_model()
    if unknown := sorted(set(input) - set(model.model_fields)):
        told = f"is none of {', '.join(sorted(model.model_fields))}, which {step.kind} takes"
        raise InputRefused([Fault(f"input.{name}", told) for name in unknown])
    try:
        base = _given(context, step, kind, only=set(context.definition.step(step.key).with_) - set(input))
        whole: dict[str, Any] = plain({**base, **input})
        model.model_validate(whole)
    except BadExpression as error:
        raise InputRefused([Fault("input", f"what the definition gives fails: {error}")]) from None
    except TypeError as error:
        raise InputRefused([Fault("input", str(error))]) from None
    except ValidationError as error:
        faults = [fault_of(detail) for detail in error.errors(include_url=False)]
        raise InputRefused([Fault(f"input.{fault.path}", fault.message) for fault in faults]) from None
    return whole
