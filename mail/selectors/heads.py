"""Who wrote, and about what: for lists that show no more of a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from mail.models import Direction, Message


@dataclass(frozen=True)
class Head:
    """Who wrote a message, and about what."""

    id: UUID
    subject: str
    from_name: str
    from_email: str


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
