"""Replies: written and held, stopped or handed over, and what became of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from audit.canonical import same
from audit.services import Actor, record, transition
from mail.conversations import thread_address
from mail.errors import NoSuchMessage, ReplyAlreadyHeld, ReplyRefused
from mail.models import MOVES, Direction, Message, Status, Thread
from mail.parsing.addresses import addresses
from mail.parsing.caps import REFERENCES, SUBJECT_CHARS
from mail.parsing.decode import clean, line
from mail.parsing.results import Address
from mail.selectors.messages import answered_by
from mail.services.threads import thread_answered
from mail.services.transmitting import Outcome
from tenants.selectors import current


def reply_prepare(
    *,
    thread_id: UUID | str,
    in_reply_to: UUID | str,
    to: Sequence[str],
    subject: str,
    text: str,
    effect_key: str,
    release_at: datetime,
    actor: Actor,
    cc: Sequence[str] = (),
    run: UUID | str | None = None,
    author: UUID | None = None,
) -> UUID:
    """Write a reply and hold it until it is handed over or stopped; its message's id.

    `in_reply_to` is the id of the message answered, of the same conversation; `author` who wrote it by hand. The same
    `effect_key` gives the same reply again, with the same Message-ID, and writes nothing. Raises ReplyAlreadyHeld
    while another one of the conversation is held, ReplyRefused for what cannot be sent, NoSuchMessage.
    """
    written = Message.objects.filter(effect_key=effect_key).values_list("pk", flat=True).first()
    if written:
        return written
    columns = _columns(
        thread_id=thread_id,
        in_reply_to=in_reply_to,
        to=to,
        cc=cc,
        subject=subject,
        text=text,
        effect_key=effect_key,
        run=run,
    )
    message = Message(direction=Direction.OUT, status=Status.HELD, release_at=release_at, author_id=author, **columns)
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            record(
                event="reply.held",
                target=f"message:{message.pk}",
                actor=actor,
                run=run,
                data={
                    "thread": str(message.thread_id),
                    "text_sha256": _digest(message.text),
                    # An address alone could be guessed; our own has the conversation's token, and an erasure takes it.
                    "recipients_sha256": _digest(
                        " ".join(a["email"] for a in (*message.reply_to, *message.to, *message.cc))
                    ),
                    "release_at": release_at,
                },
            )
    except IntegrityError as error:
        if "one_held_reply" in str(error):
            raise ReplyAlreadyHeld("another reply of this conversation is held") from error
        raise
    return message.pk


def _columns(
    *,
    thread_id: UUID | str,
    in_reply_to: UUID | str,
    to: Sequence[str],
    cc: Sequence[str],
    subject: str,
    text: str,
    effect_key: str,
    run: UUID | str | None,
) -> dict[str, Any]:
    """Everything of a reply's row that what it says, to whom and in which conversation makes it."""
    answered = Message.objects.select_related("thread").filter(pk=in_reply_to, thread_id=thread_id).first()
    if answered is None or answered.thread is None:
        raise NoSuchMessage("the message to answer is not in this conversation")
    recipients, copies = _addresses(to), _addresses(cc)
    if not recipients:
        raise ReplyRefused("a reply needs a recipient")
    if not text.strip():
        raise ReplyRefused("a reply needs a text")
    return {
        "thread_id": answered.thread.pk,
        "message_id": message_id_for(effect_key),
        "in_reply_to": answered.message_id,
        "references": references_for(answered),
        "to": [asdict(address) for address in recipients],
        "cc": [asdict(address) for address in copies],
        **_sender(answered.thread),
        "subject": subject_for(subject or answered.subject),
        "text": clean(text),
        "new_text": clean(text),
        "effect_key": effect_key,
        "run_id": str(run) if run else "",
    }


def _sender(thread: Thread) -> dict[str, Any]:
    tenant = current()
    name = line(tenant.name)
    return {
        "from_email": tenant.inbound_address,
        "from_name": name,
        "reply_to": [asdict(Address(thread_address(thread), name))],
    }


def reply_sender(thread_id: UUID | str) -> dict[str, Any] | None:
    """From whom a reply in a conversation comes, and where an answer to it goes; None where there is no such one."""
    thread = Thread.objects.filter(pk=thread_id).first()
    return _sender(thread) if thread else None


def reply_rewritten(
    message_id: object,
    *,
    thread_id: UUID | str,
    in_reply_to: UUID | str,
    to: Sequence[str],
    subject: str,
    text: str,
    effect_key: str,
    cc: Sequence[str] = (),
    run: UUID | str | None = None,
) -> list[str]:
    """The columns in which a held reply is not what `reply_prepare` makes of the same; `id` where it is not there."""
    try:
        message = Message.objects.filter(pk=UUID(str(message_id)), direction=Direction.OUT).first()
        columns = _columns(
            thread_id=thread_id,
            in_reply_to=in_reply_to,
            to=to,
            cc=cc,
            subject=subject,
            text=text,
            effect_key=effect_key,
            run=run,
        )
    except (ValueError, NoSuchMessage):
        return ["id"]
    if message is None:
        return ["id"]
    return [name for name, value in columns.items() if not same(getattr(message, name), value)]


def message_id_for(effect_key: str) -> str:
    """The one Message-ID of an effect's mail: known before it is sent, the same on each try."""
    digest = hashlib.sha256(f"{current().id}:{effect_key}".encode()).hexdigest()
    return f"<{digest[:40]}@{settings.COUNTERSIGN.inbound_domain}>"


def references_for(answered: Message) -> list[str]:
    """The References of an answer: those of the answered message and its own id, oldest first (RFC 5322, 3.6.4)."""
    former = answered.references or ([answered.in_reply_to] if answered.in_reply_to else [])
    return list(dict.fromkeys([*former, *([answered.message_id] if answered.message_id else [])]))[-REFERENCES:]


def reply_text(text: str) -> str:
    """`text` as it leaves: LF as its line end, no control characters."""
    return clean(text)


def reply_subject(subject: str) -> str:
    """The subject of an answer as it leaves: one line with one `Re:`, as the standard asks; raises ValueError."""
    if not line(subject):
        raise ValueError("a reply needs a subject")
    return subject_for(subject)


def subject_for(subject: str) -> str:
    """The subject of an answer: one `Re:`, as the standard asks."""
    bare = line(subject)
    return (bare if bare[:3].lower() == "re:" else f"Re: {bare}")[:SUBJECT_CHARS].strip()


def _addresses(given: Sequence[str]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for text in given:
        parsed = addresses(line(text))
        if len(parsed) != 1:
            raise ReplyRefused(f"{line(text)[:100]!r} is not one address")
        found.setdefault(parsed[0].email, parsed[0])
    return tuple(found.values())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _reply(message_id: UUID | str) -> Message:
    message = Message.objects.filter(pk=message_id, direction=Direction.OUT).first()
    if message is None:
        raise NoSuchMessage("there is no such reply")
    return message


def reply_stop(message_id: UUID | str, *, actor: Actor, run: UUID | str | None = None) -> None:
    """Stop a held reply for good. Raises IllegalMove or MovedMeanwhile when it is not held any more."""
    _move(_reply(message_id), Status.STOPPED, actor, run)


def replies_stop(*, run: UUID | str, effect_key: str, actor: Actor) -> None:
    """Stop what is held of a run, or under this key, whatever else of it somebody has rewritten."""
    theirs = Q(run_id=str(run)) | Q(effect_key=effect_key)
    for message in Message.objects.filter(theirs, direction=Direction.OUT, status=Status.HELD):
        _move(message, Status.STOPPED, actor, run)


def reply_sending(message_id: UUID | str, *, actor: Actor, run: UUID | str | None = None) -> None:
    """Say, before it is done, that a held reply is now handed over. Raises IllegalMove or MovedMeanwhile."""
    _move(_reply(message_id), Status.SENDING, actor, run)


def reply_settle(
    message_id: UUID | str,
    *,
    outcome: Outcome,
    actor: Actor,
    run: UUID | str | None = None,
    at: datetime | None = None,
) -> None:
    """Record what became of a reply that was being sent, or of which nobody knew whether it was.

    `at`: when it left, where that is not now. Raises IllegalMove or MovedMeanwhile.
    """
    changes: dict[str, object] = {"error": clean(outcome.detail)[:2000]}
    message = _reply(message_id)
    if outcome.status in (Status.SENT, Status.KEPT):
        left = at or timezone.now()
        changes = {"error": "", "sent_at": left}
        assert message.thread_id is not None
        thread_answered(message.thread_id, by=answered_by(message), at=left)
    _move(message, Status(outcome.status), actor, run, changes)


def _move(
    message: Message, to: Status, actor: Actor, run: UUID | str | None, changes: dict[str, object] | None = None
) -> None:
    transition(
        message, moves=MOVES, to=to, actor=actor, run=run, data={"thread": str(message.thread_id)}, changes=changes
    )


def annotate(message_id: UUID | str, *, intent: str | None = None, run_id: UUID | str | None = None) -> None:
    """Note what an upper floor makes of a message; None leaves what stands. Raises NoSuchMessage."""
    given = {"intent": intent and line(intent)[:64], "run_id": run_id and str(run_id)}
    changes = {name: value for name, value in given.items() if value is not None}
    if changes and not Message.objects.filter(pk=message_id).update(**changes):
        raise NoSuchMessage("there is no such message")
