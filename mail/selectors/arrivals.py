"""What came, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from mail.models import Direction, Message, Status
from mail.parsing.results import Flag
from mail.selectors.messages import AUTOMATIC


@dataclass(frozen=True)
class Arrival:
    """A received email by what became of it: read as far as it could be; `run_id` is empty where no run was started."""

    id: UUID
    thread: UUID | None
    subject: str
    sender: str
    at: datetime
    run_id: str
    read: bool
    automatic: bool
    unreadable: bool


def arrivals(*, since: datetime) -> list[Arrival]:
    """What came from outside since then, newest first; mail of the tenant's own addresses is left out."""
    found = _outside().filter(received_at__gte=since).order_by("-received_at")
    rows = found.values_list(
        "pk", "thread", "subject", "from_email", "received_at", "created_at", "run_id", "status", "flags"
    )
    return [
        Arrival(
            id=pk,
            thread=thread,
            subject=subject,
            sender=sender,
            at=at or made,
            run_id=run_id,
            read=status != Status.RECEIVED,
            automatic=bool(AUTOMATIC & set(flags)),
            unreadable=status == Status.UNREADABLE or Flag.UNREADABLE in flags,
        )
        for pk, thread, subject, sender, at, made, run_id, status, flags in rows
    ]


def last_arrival() -> datetime | None:
    """When the last email came from outside; None before the first."""
    last: datetime | None = _outside().aggregate(last=Max("received_at"))["last"]
    return last


def _outside() -> QuerySet[Message]:
    return Message.objects.filter(direction=Direction.IN).exclude(flags__contains=[str(Flag.OWN_ADDRESS)])
