"""Taking a message in: its bytes and envelope are committed first, reading comes later."""

import hashlib
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from audit.services import Actor, record
from dispatch.services import work_add
from mail.errors import NotAMessage
from mail.models import Direction, Message, RawMessage, Status
from mail.parsing.addresses import email_clean
from mail.parsing.caps import ADDRESS_CHARS, MESSAGE_BYTES
from mail.parsing.decode import line
from mail.parsing.glance import dedupe_key

# Any number: with the schema's hash it tells our advisory lock from others.
ARRIVING = 7_301_431


@dataclass(frozen=True)
class Received:
    """The message's id; of a duplicate, the id of the one that was stored before."""

    id: UUID
    duplicate: bool


def message_receive(*, raw: bytes, envelope_from: str, recipient: str, peer: str, helo: str = "") -> Received:
    """Store a message of the current tenant and have it read; committed when this returns outside a transaction.

    `envelope_from` is the MAIL FROM ("" the null return path), `recipient` the RCPT TO with its +tag, `peer` the
    address that handed it over. The same Message-ID (or, without one, the same bytes) to the same recipient is stored
    once and triggers nothing again. Raises NotAMessage for nothing or for more than 35 MiB.
    """
    if not raw.strip():
        raise NotAMessage("the message is empty")
    if len(raw) > MESSAGE_BYTES:
        raise NotAMessage(f"the message is larger than {MESSAGE_BYTES // 1024 // 1024} MiB")
    now = timezone.now()
    digest = hashlib.sha256(raw).hexdigest()
    address, tag = _address_split(recipient)
    sender = "" if envelope_from == "<>" else envelope_from
    stored = RawMessage(
        message_id=uuid7(),
        recipient=address,
        tag=tag,
        dedupe_key=dedupe_key(raw) or digest,
        envelope_from=line(sender)[:ADDRESS_CHARS],
        peer=line(peer)[:255],
        helo=line(helo)[:255],
        received_at=now,
        size=len(raw),
        sha256=digest,
        content=raw,
    )
    with transaction.atomic():
        _lock("pg_advisory_xact_lock_shared")
        # The row that would be a second one is left out, also when the first is being committed just now.
        RawMessage.objects.bulk_create([stored], ignore_conflicts=True)
        there = RawMessage.objects.filter(recipient=address, dedupe_key=stored.dedupe_key)
        first = there.values_list("message_id", flat=True).get()
        if first != stored.message_id:
            return Received(first, duplicate=True)
        Message.objects.create(
            id=first, direction=Direction.IN, status=Status.RECEIVED, received_at=now, from_email=email_clean(sender)
        )
        work_add(handler="mail.parse", subject=str(first))
        record(
            event="mail.received",
            target=f"message:{first}",
            actor=Actor.system("mail"),
            data={"size": len(raw), "sha256": digest},
        )
    return Received(first, duplicate=False)


def arrivals_wait() -> None:
    """Let no mail be taken in until the commit: what has come can be seen now, what comes is acknowledged after it."""
    _lock("pg_advisory_xact_lock")


def _lock(kind: Literal["pg_advisory_xact_lock", "pg_advisory_xact_lock_shared"]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kind}(%s, hashtext(current_schema()))", [ARRIVING])


def _address_split(recipient: str) -> tuple[str, str]:
    local, _, domain = line(recipient).lower()[:ADDRESS_CHARS].rpartition("@")
    name, _, tag = local.partition("+")
    return f"{name}@{domain}", tag[:128]
