"""What is somebody's among the mail, for an erasure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from mail.models import Direction, Message, Status, Thread
from mail.parsing.results import Flag
from tenants.selectors import own_addresses


@dataclass(frozen=True)
class Correspondence:
    """Conversations that are somebody's as a whole, and what they sent, also in those of others."""

    threads: frozenset[UUID]
    messages: frozenset[UUID]


def correspondence_of(*, addresses: Iterable[str], threads: Iterable[UUID]) -> Correspondence:
    """`threads`, and every conversation that began with a mail from one of these addresses; of the conversations of
    others, what they sent, and what was written to them.

    Whom a mail is from is whom an answer goes to: of one that a listing site passes on, the customer's Reply-To.
    An address of the tenant's own is nobody's.
    """
    own = own_addresses()
    theirs = {address.lower() for address in addresses} - own
    sent = {pk: thread for pk, thread in _received(theirs) if pk}
    known = {thread for thread in sent.values() if thread}
    begun = (
        Message.objects.filter(thread__in=known, direction=Direction.IN)
        .exclude(flags__contains=[str(Flag.OWN_ADDRESS)])
        .order_by("thread_id", "pk")
        .distinct("thread_id")
        .values_list("thread_id", "pk")
    )
    whole = {thread for thread, first in begun if thread and first in sent}
    there = Thread.objects.filter(pk__in=list(threads)).values_list("pk", flat=True)
    return Correspondence(frozenset({*whole, *there}), frozenset({*sent, *_written_to(theirs, known - whole)}))


def _written_to(addresses: set[str], threads: set[UUID]) -> set[UUID]:
    """Our replies in these conversations whose first recipient is one of these addresses."""
    replies = Message.objects.filter(thread__in=threads, direction=Direction.OUT).values_list("pk", "to")
    return {pk for pk, to in replies if to and to[0]["email"].lower() in addresses}


def _received(addresses: set[str]) -> list[tuple[UUID, UUID | None]]:
    """The mails from these addresses, with their conversations."""
    named = Q(pk__in=[])
    for address in addresses:
        named |= Q(from_email__iexact=address) | Q(answer__icontains=address)
    found = Message.objects.filter(direction=Direction.IN).annotate(answer=Cast("reply_to", TextField()))
    rows = found.filter(named).values_list("pk", "thread_id", "from_email", "reply_to")
    return [
        (pk, thread)
        for pk, thread, sender, reply_to in rows
        if (reply_to[0]["email"] if reply_to else sender).lower() in addresses
    ]


def replies_held(threads: Iterable[UUID]) -> list[UUID]:
    """Replies of these conversations that have not left, or are leaving."""
    waiting = Message.objects.filter(thread__in=list(threads), status__in=(Status.HELD, Status.SENDING))
    return list(waiting.order_by("pk").values_list("pk", flat=True))
