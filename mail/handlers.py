"""Due work of mail: reading what was received."""

from uuid import UUID

from django.db import transaction

from dispatch.leases import Lease
from dispatch.registry import handler
from mail.models import Message, RawMessage, Status
from mail.parsing.results import Address, Auth, Body, Flag, Head, NewText, Parsed
from mail.parsing.sandbox import message_parse
from mail.services import message_store


def parse_given_up(subject: str, error: str) -> None:
    """Show a message that could not be stored as unreadable, so that a person sees it."""
    flags = (Flag.INCOMPLETE, Flag.UNREADABLE)
    message_id = UUID(subject)
    sender = Message.objects.values_list("from_email", flat=True).get(pk=message_id)
    nothing = Parsed(Head(from_=Address(sender)), Body(), NewText(""), Auth(), flags, error[:500])
    with transaction.atomic():
        message_store(message_id, parsed=nothing)


@handler("mail.parse", on_parked=parse_given_up)
def parse(subject: str, lease: Lease) -> None:
    """Read the message `subject` outside any transaction, then store what was found in one."""
    message_id = UUID(subject)
    if not Message.objects.filter(pk=message_id, status=Status.RECEIVED).exists():
        return
    raw = RawMessage.objects.get(pk=message_id)
    parsed = message_parse(bytes(raw.content), envelope_from=raw.envelope_from)
    with transaction.atomic():
        lease.hold()
        message_store(message_id, parsed=parsed)
