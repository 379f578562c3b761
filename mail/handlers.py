"""Due work of mail: reading what was received, sending what a person wrote."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor
from dispatch.crash_points import reached
from dispatch.leases import Lease
from dispatch.registry import Again, handler
from mail.models import Message, RawMessage, Status
from mail.parsing.results import Address, Auth, Body, Flag, Head, NewText, Parsed
from mail.parsing.sandbox import message_parse
from mail.services import Outcome, message_store, reply_sending, reply_settle, reply_stop, reply_transmit
from mail.services.by_hand import SEND, may_still_write
from mail.signals import person_stepped_in


def parse_given_up(subject: str, error: str) -> None:
    """Show a message that could not be stored as unreadable, so that a person sees it."""
    flags = (Flag.INCOMPLETE, Flag.UNREADABLE)
    message_id = UUID(subject)
    sender = Message.objects.values_list("from_email", flat=True).get(pk=message_id)
    nothing = Parsed(Head(from_=Address(sender)), Body(), NewText(""), Auth(), flags, error[:500])
    with transaction.atomic():
        message_store(message_id, parsed=nothing)


# How long a mail waits to be read for one that it answers and that came before it.
WAIT_FOR_FORMER = timedelta(minutes=5)
LOOK_AGAIN = timedelta(seconds=1)


@handler("mail.parse", on_parked=parse_given_up)
def parse(subject: str, lease: Lease) -> Again | None:
    """Read the message `subject` outside any transaction, then store what was found in one.

    After one that it answers: two mails of a conversation that came at once would be two conversations otherwise.
    """
    message_id = UUID(subject)
    if not Message.objects.filter(pk=message_id, status=Status.RECEIVED).exists():
        return None
    raw = RawMessage.objects.get(pk=message_id)
    parsed = message_parse(bytes(raw.content), envelope_from=raw.envelope_from)
    if _former_unread(raw, parsed.head):
        return Again(timezone.now() + LOOK_AGAIN)
    with transaction.atomic():
        lease.hold()
        message_store(message_id, parsed=parsed)
        reached("before_commit", "mail.parse")
    reached("after_commit", "mail.parse")
    return None


def _former_unread(raw: RawMessage, head: Head) -> bool:
    """Whether a mail that this one answers has come before it, and is not read yet."""
    answered = [name for name in (head.in_reply_to, *head.references) if name]
    former = RawMessage.objects.filter(recipient=raw.recipient, dedupe_key__in=answered, message__lt=raw.pk)
    return former.filter(message__status=Status.RECEIVED, received_at__gt=timezone.now() - WAIT_FOR_FORMER).exists()


STOPPED_WHILE_SENDING = Outcome("unknown", "The worker stopped while it was sending.")


def send_given_up(subject: str, error: str) -> None:
    """Leave no reply in between: one that is held will not leave, one that was leaving has an unknown outcome."""
    system = Actor.system("mail")
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=subject)
        if message.status == Status.HELD:
            reply_stop(message.pk, actor=system)
        elif message.status == Status.SENDING:
            reply_settle(message.pk, outcome=STOPPED_WHILE_SENDING, actor=system)


@handler(SEND, on_parked=send_given_up)
def send_reply(subject: str, lease: Lease) -> Again | None:
    """Send the held reply `subject`, which a person wrote, at most once: the intent is committed before."""
    system = Actor.system("mail")
    with transaction.atomic():
        lease.hold()
        message = Message.objects.select_for_update().get(pk=subject)
        if message.status == Status.SENDING:
            # A worker died between intent and outcome: it may have left or not.
            reply_settle(message.pk, outcome=STOPPED_WHILE_SENDING, actor=system)
            return None
        if message.status != Status.HELD:
            return None
        if message.release_at and message.release_at > timezone.now():
            return Again(message.release_at)
        if not may_still_write(message.author_id):
            reply_stop(message.pk, actor=system)
            return None
        reply_sending(message.pk, actor=system)
    outcome = reply_transmit(message.pk)
    with transaction.atomic():
        lease.hold()
        reply_settle(message.pk, outcome=outcome, actor=system)
        person_stepped_in.send(sender=Message, thread_id=message.thread_id, actor=system, reason="answered")
    return None
