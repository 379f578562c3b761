"""Who wrote, and about what: for lists and pages that show no more of a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from mail.errors import NoSuchMessage
from mail.models import Direction, Message
from mail.selectors.messages import own_text, ranges


@dataclass(frozen=True)
class Head:
    """Who wrote a message, and about what."""

    id: UUID
    subject: str
    from_name: str
    from_email: str


@dataclass(frozen=True)
class Brief(Head):
    """A message as a page about something else tells of it: no headers, no attachments."""

    thread: UUID | None
    status: str
    received_at: datetime | None
    sent_at: datetime | None
    error: str
    own_text: str


def brief(message_id: UUID | str) -> Brief:
    """The brief of one message, in one query; raises NoSuchMessage."""
    found = Message.objects.filter(pk=message_id).first()
    if found is None:
        raise NoSuchMessage("there is no such message")
    return Brief(
        found.pk,
        found.subject,
        found.from_name,
        found.from_email,
        found.thread_id,
        found.status,
        found.received_at,
        found.sent_at,
        found.error,
        own_text(found.text, ranges(found.quotes)),
    )


def heads(ids: Iterable[UUID]) -> dict[UUID, Head]:
    """The heads of these messages, by id."""
    found = Message.objects.filter(pk__in=list(ids)).values_list("pk", "subject", "from_name", "from_email")
    return {head.id: head for head in (Head(*row) for row in found)}


def ids_about(words: str) -> "QuerySet[Message, str]":
    """The ids, as text, of received messages whose sender or subject has all these words; a subquery."""
    found = Message.objects.filter(direction=Direction.IN)
    for word in words.split():
        found = found.filter(Q(subject__icontains=word) | Q(from_email__icontains=word) | Q(from_name__icontains=word))
    return found.annotate(text_id=Cast("pk", CharField())).values_list("text_id", flat=True)
