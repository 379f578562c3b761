"""Replies that a person writes: held for an undo window, then sent once through the outbox that all replies take."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import person_get
from audit.errors import IllegalMove, MovedMeanwhile
from audit.services import Actor
from dispatch.services import OUTSIDE_QUEUE, work_add
from mail.errors import ReplyAlreadyHeld, ReplyRefused
from mail.models import Message, Status, Thread
from mail.selectors.answering import answering_of
from mail.services.replying import reply_prepare, reply_stop, reply_text
from mail.services.threads import thread_lock
from mail.signals import person_stepped_in

UNDO_WINDOW = timedelta(seconds=30)
TEXT_CHARS = 20_000
WRITE = "mail.add_message"
SEND = "mail.send_reply"


@transaction.atomic
def reply_write(
    *,
    thread_id: UUID | str,
    text: str,
    key: UUID,
    actor: Actor,
    cc: Sequence[str] = (),
    in_reply_to: UUID | None = None,
) -> UUID:
    """Hold a reply to whoever wrote last, and have it sent when its undo window has passed; its message's id.

    `in_reply_to` is the message that its author saw as the last: where another has come since, the reply could go to
    somebody whom they have not seen, and is refused. What the AI has open in the conversation ends in the same
    transaction. The same `key` again is the same reply.
    Raises NoSuchThread, ReplyAlreadyHeld, ReplyRefused.
    """
    thread = thread_lock(thread_id)
    effect_key = f"hand:{thread.pk}:{key}"
    written = Message.objects.filter(effect_key=effect_key).first()
    if written and written.status == Status.STOPPED:
        raise ReplyRefused("This reply was taken back. Send it once more if it shall leave.")
    if written:
        return written.pk
    if actor.person is None:
        raise ReplyRefused("Only a person can write a reply by hand.")
    text = reply_text(text)
    if not text.strip():
        raise ReplyRefused("Write the reply first.")
    if len(text) > TEXT_CHARS:
        raise ReplyRefused(f"A reply has at most {TEXT_CHARS:,} characters; this has {len(text):,}.")
    answering = answering_of(thread.pk)
    if answering is None:
        raise ReplyRefused("There is nobody to answer: no person has written here.")
    if in_reply_to not in (None, answering.message):
        raise ReplyRefused("A newer email has come meanwhile. Read it, and look whom the reply goes to; then send.")
    strangers = {email.lower() for email in cc} - {other.email.lower() for other in answering.others}
    if strangers:
        raise ReplyRefused(f"{min(strangers)} takes no part in this conversation.")
    _make_room(thread, actor)
    release_at = timezone.now() + UNDO_WINDOW
    message_id = reply_prepare(
        thread_id=thread.pk,
        in_reply_to=answering.message,
        to=[answering.to.email],
        cc=cc,
        subject=answering.subject,
        text=text,
        effect_key=effect_key,
        release_at=release_at,
        actor=actor,
        author=actor.person,
    )
    work_add(handler=SEND, subject=str(message_id), queue=OUTSIDE_QUEUE, due_at=release_at)
    return message_id


def _make_room(thread: Thread, actor: Actor) -> None:
    """End what the AI has open; refuse while a colleague's reply is held, or any reply is leaving."""
    mine = Message.objects.filter(thread=thread, status=Status.HELD, author__isnull=False).select_related("author")
    if held := mine.first():
        raise ReplyAlreadyHeld(f"A reply of {held.author} is held already. Take it back, or wait until it has left.")
    person_stepped_in.send(sender=Thread, thread_id=thread.pk, actor=actor, reason="by_hand")
    if Message.objects.filter(thread=thread, status__in=(Status.HELD, Status.SENDING)).exists():
        raise ReplyAlreadyHeld("Another reply is leaving at this moment. Look what it says before you answer.")


@transaction.atomic
def reply_take_back(*, message_id: UUID | str, actor: Actor) -> None:
    """Stop a held reply that a person wrote. Raises NoSuchMessage, ReplyRefused when it has left."""
    if not Message.objects.filter(pk=message_id, author__isnull=False).exists():
        raise ReplyRefused("This reply was not written by hand.")
    try:
        with transaction.atomic():
            reply_stop(message_id, actor=actor)
    except (IllegalMove, MovedMeanwhile):
        raise ReplyRefused("It is too late: the reply is not held any more.") from None


def may_still_write(person: UUID | None) -> bool:
    """Whether the author of a held reply may still send: rights can go while it is held."""
    author = person_get(person) if person else None
    return author is not None and author.active and WRITE in author.rights
