"""What expressions and inputs of a run can see: the event, the steps' outputs, the tenant, the message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from ai.purposes import ActionChoice
from approvals.selectors import outcomes_of_bundles
from mail.errors import NoSuchMessage
from mail.selectors import MessageView, message_view, unanswered_before
from tenants.selectors import TenantInfo, current
from workflows.actions import ACTIONS
from workflows.actions.base import Reader
from workflows.definition import Definition, StepDefinition, stored
from workflows.expressions import fill
from workflows.kinds import Kind
from workflows.models import Event, Run, Step
from workflows.names import TenantNames
from workflows.steps import World

# What a condition may ask of every event: one that says nothing of itself was caused by a person.
PERSONAL = {"auto_generated": False}


@dataclass(frozen=True)
class RunContext:
    """A run with its definition, and everything its steps have put out so far."""

    run: Run
    definition: Definition
    tenant: TenantInfo
    event: Mapping[str, Any]
    message: MessageView | None
    outputs: dict[str, Any] = field(default_factory=dict)
    retried: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    def with_output(self, key: str, output: Mapping[str, Any] | None) -> "RunContext":
        """The same, after a step has put out something more."""
        return replace(self, outputs={**self.outputs, key: output})

    @property
    def names(self) -> dict[str, Any]:
        """What expressions may name."""
        about = TenantNames.of(self.tenant).model_dump()
        every = {step.key: None for step in self.definition.steps}
        decided = outcomes_of_bundles(self.run.pk) if self.definition.names_bundles else {}
        return {"event": dict(self.event), "steps": {**every, **self.outputs}, "tenant": about, "bundles": decided}

    def given(self, step: StepDefinition, kind: Kind) -> dict[str, Any]:
        """The step's input: what a person had it retried with, or else what the definition says, and for the rest
        what the kind takes by itself."""
        if step.key in self.retried:
            return dict(self.retried[step.key])
        written = next((known for known in self.definition.steps if known.key == step.key), None)
        before = self.definition.before(written) if written else set(self.outputs)
        found = {name: self._taken(path, before) for name, path in kind.takes.items() if name not in step.with_}
        found |= {name: fill(value, self.names) for name, value in step.with_.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _taken(self, path: str, before: set[str]) -> Any:
        """An input's value: of steps of that kind, the last one's that is done by then, never one's beside it."""
        source, _, inner = path.partition(":")
        if source == "event":
            root: Any = self.event
        elif source == "message":
            root = self.about_message
        else:
            done = [step for step in self.definition.steps if step.do == source and step.key in before]
            keys = [step.key for step in done if self.outputs.get(step.key)]
            root = self.outputs[keys[-1]] if keys else None
        for part in filter(None, inner.split(".")):
            root = root.get(part) if isinstance(root, Mapping) else None
        return root

    def actions(self) -> tuple[ActionChoice, ...]:
        """The allow-list: what this version may do, and what each keeps of a reply's promises."""
        return tuple(
            ActionChoice(
                name=step.do,
                label=ACTIONS[step.do].label,
                description=(ACTIONS[step.do].__doc__ or "").split("\n")[0],
                role=ACTIONS[step.do].role,
                step=step.key,
            )
            for step in self.definition.steps
            if step.do in ACTIONS
        )

    def world(self, step: str, *, last_attempt: bool) -> World:
        """What a step kind may know."""
        return World(
            tenant=self.tenant,
            now=timezone.now(),
            run=self.run.pk,
            workflow=self.definition.name,
            version=self.run.version.number,
            limit_usd=self.definition.limits.cost_usd,
            step=step,
            last_attempt=last_attempt,
            event=self.event,
            message=self.message,
            earlier=self.earlier(),
            actions=self.actions(),
        )

    def earlier(self) -> tuple[MessageView, ...]:
        """The customer's messages before this one that nobody has answered."""
        return unanswered_before(self.message.id) if self.message else ()

    @property
    def about_message(self) -> dict[str, Any]:
        """What inputs may take from the message; whom an answer goes to is decided here, by the mail's head."""
        message = self.message
        if message is None:
            return {}
        return {
            "id": str(message.id),
            "thread": str(message.thread or ""),
            "from_email": message.from_email,
            "from_name": message.from_name,
            "answer_to": message.answer_to,
            "subject": message.subject,
            "dmarc": message.auth.dmarc,
        }

    def reader(self, step: str) -> Reader:
        """What planning an action may know."""
        return Reader(
            tenant=self.tenant,
            now=timezone.now(),
            run=self.run.pk,
            step=step,
            event=self.event,
            message=self.about_message,
        )


def run_context(run: Run, steps: Sequence[Step] | None = None) -> RunContext:
    """The context of a run as it stands in the database; `steps` are its rows where they are known already."""
    rows = run.steps.all() if steps is None else steps
    return RunContext(
        run=run,
        definition=stored(run.version),
        tenant=current(),
        event=names_of_event(run.event),
        message=message_named(run.event.data),
        outputs={s.key: s.output for s in rows if s.output is not None},
        retried={s.key: s.given for s in rows if s.given is not None},
    )


def names_of_event(event: Event) -> dict[str, Any]:
    """What expressions may ask of an event: its data, its type and its id."""
    return {**PERSONAL, **event.data, "type": event.type, "id": str(event.pk)}


def message_named(data: Mapping[str, Any]) -> MessageView | None:
    """The message that an event's data name; None where they name none of this tenant's."""
    try:
        return message_view(UUID(str(data.get("message"))))
    except (ValueError, NoSuchMessage):
        return None
