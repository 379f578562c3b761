"""Storing what was read of a message, in the conversation it belongs to."""

from base64 import b64decode
from dataclasses import asdict
from uuid import UUID

from audit.services import Actor, transition
from mail.conversations import is_colleagues_answer, is_echo, is_forged_colleague, own_address, thread_for
from mail.models import MOVES, Attachment, Message, RawMessage, Status
from mail.parsing.results import Address, Flag, Parsed
from mail.services.threads import thread_heard
from mail.signals import message_received
from tenants.selectors import own_addresses


def message_store(message_id: UUID, *, parsed: Parsed) -> bool:
    """Store what was read of a received message and tell other floors; False when that was done before.

    Runs inside the caller's transaction: when a receiver of `message_received` fails, nothing is stored.
    """
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.status != Status.RECEIVED:
        return False
    assert message.received_at is not None
    raw = RawMessage.objects.defer("content").get(pk=message_id)
    head, body = parsed.head, parsed.body
    believed = Flag.SUSPICIOUS not in parsed.flags
    bounce = Flag.BOUNCE in parsed.flags
    thread = thread_for(head, tag=raw.tag, bounce=bounce, believed=believed, at=message.received_at)
    echo = is_echo(head)
    ours = own_address(head.from_.email, own_addresses()) or is_colleagues_answer(thread, head)
    own = echo or ours or (not believed and is_forged_colleague(thread, head))
    automatic = parsed.automatic or echo
    flags = sorted({*parsed.flags, *({Flag.OWN_ADDRESS} if own else ()), *({Flag.ECHO} if echo else ())})
    if not automatic and (believed or not own):
        thread_heard(thread.pk, own=own, at=message.received_at)
    auth = {name: str(value) for name, value in asdict(parsed.auth).items()}
    Attachment.objects.bulk_create(
        Attachment(message=message, number=number, **(asdict(found) | {"content": b64decode(found.content)}))
        for number, found in enumerate(body.attachments, start=1)
    )
    transition(
        message,
        moves=MOVES,
        to=Status.UNREADABLE if parsed.unreadable else Status.PARSED,
        actor=Actor.system("mail"),
        data={
            "thread": str(thread.pk),
            "flags": [str(flag) for flag in flags],
            "attachments": len(body.attachments),
            **{name: auth[name] for name in ("spf", "dkim", "dmarc")},
        },
        changes={
            "thread": thread,
            "sent_at": head.sent_at,
            "message_id": head.message_id,
            "in_reply_to": head.in_reply_to,
            "references": list(head.references),
            "from_email": head.from_.email,
            "from_name": head.from_.name,
            "to": _plain(head.to),
            "cc": _plain(head.cc),
            "reply_to": _plain(head.reply_to),
            "subject": head.subject,
            "text": body.text,
            "new_text": parsed.new_text.text,
            "quotes": [asdict(quote) for quote in parsed.new_text.ranges],
            "html": body.html,
            "hidden_text": body.hidden_text,
            "remote_images": body.remote_images,
            "auth": auth,
            "flags": [str(flag) for flag in flags],
            "error": parsed.error,
        },
    )
    message_received.send(
        sender=Message,
        message_id=message.pk,
        thread_id=thread.pk,
        automatic=automatic,
        own=own,
        unreadable=parsed.unreadable,
    )
    return True


def _plain(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    return [asdict(address) for address in addresses]
