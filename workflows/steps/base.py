"""What every step kind is: typed input in, JSON out, run outside any transaction and at least once."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel

from ai.errors import AIError, NeedsPerson
from ai.errors import Retryable as AIRetryable
from ai.purposes import ActionChoice
from ai.services import Answer, ask
from ai.sources import Mail, Source, SourceField
from ai.trust import visible
from crm.selectors import ListingView, contact_view, listing_view
from mail.selectors import MessageView
from tenants.selectors import TenantInfo
from workflows.errors import NeedsAPerson, NotRetryable, Retryable
from workflows.kinds import Kind


@dataclass(frozen=True)
class World:
    """What a step may know of its run, besides its input; `limit_usd`: what the run may cost in all."""

    tenant: TenantInfo
    now: datetime
    run: UUID
    workflow: str
    version: int
    limit_usd: Decimal
    step: str
    last_attempt: bool
    event: Mapping[str, Any]
    message: MessageView | None
    earlier: tuple[MessageView, ...]
    actions: tuple[ActionChoice, ...]

    def mail(self) -> Mail:
        """The customer's message as a model sees it; raises NotRetryable where the event has none."""
        if self.message is None:
            raise NotRetryable("This event carries no message, so there is nothing to read.")
        return mail_of(self.message)

    def earlier_mails(self) -> tuple[Mail, ...]:
        """The customer's unanswered messages before this one."""
        return tuple(mail_of(message) for message in self.earlier)


class StepKind(Kind):
    """One kind of step: it gets an Input and answers an Output."""

    Input: ClassVar[type[BaseModel]]

    @classmethod
    def given_model(cls) -> type[BaseModel]:
        return cls.Input

    @abstractmethod
    def run(self, input: Any, world: World) -> dict[str, Any]:
        """Do the step; its output as JSON, which `output_of` checks. Raises Retryable or NotRetryable."""


class ModelStep(StepKind):
    """A step that asks a model: what it asks with is made apart, so that it can be made once more."""

    purpose: ClassVar[str]
    queue = "ai"

    @abstractmethod
    def inputs(self, input: Any, world: World) -> BaseModel:
        """What the model is to know, as its purpose takes it. Reads only. Raises NotRetryable."""


def mail_of(message: MessageView) -> Mail:
    """A message as a model sees it: what its sender wrote, without quotes and what no reader could see."""
    return Mail(
        id=str(message.id),
        from_email=message.from_email,
        from_name=visible(message.from_name),
        subject=visible(message.subject),
        text=visible(message.own_text),
        received_at=message.received_at or message.created_at,
    )


def sources(*, listing: str | None, contact: str | None, now: datetime) -> tuple[Source, ...]:
    """The records of this enquiry that a draft may quote."""
    found = []
    if listing and (view := listing_view(UUID(listing), now=now)):
        found.append(listing_source(view))
    if contact and (known := contact_view(UUID(contact))):
        fields = [
            SourceField(name=name, label=name.title(), text=text)
            for name, text in (("name", known.name), ("email", known.email), ("phone", known.phone))
            if text
        ]
        found.append(
            Source(kind="contact", id=str(known.id), version=str(known.version), title=known.name, fields=tuple(fields))
        )
    return tuple(found)


def listing_source(view: ListingView) -> Source:
    """A listing as a source: each field as it is shown."""
    fields = tuple(SourceField(name=item.name, label=item.label, text=item.text) for item in view.display)
    return Source(kind="listing", id=str(view.id), version=str(view.version), title=view.title, fields=fields)


def ask_model(purpose: str, inputs: BaseModel, world: World) -> Answer[Any]:
    """Ask the AI gateway; its errors become the engine's."""
    try:
        return ask(
            purpose=purpose,
            inputs=inputs,
            run_id=str(world.run),
            step=world.step,
            last_attempt=world.last_attempt,
            workflow=world.workflow,
            version=world.version,
            limit_usd=world.limit_usd,
        )
    except AIRetryable as error:
        raise Retryable(error.message, after=error.retry_after) from error
    except NeedsPerson as error:
        raise NeedsAPerson(f"A person has to answer this one. {error.message}") from error
    except AIError as error:
        raise NotRetryable(error.message) from error
