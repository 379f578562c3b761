"""What tests of mail ask about the tenant they work in."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from mail.parsing.stages import Options, parsed_of, stages
from mail.selectors import MessageView, message_view
from mail.services import message_receive, message_store
from mail.tests.messages import mail
from tenants.selectors import current


def due(handler: str) -> list[str]:
    """Subjects of the current tenant's work for `handler`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject FROM public.dispatch_work WHERE tenant = %s AND handler = %s ORDER BY id",
            [current().schema, handler],
        )
        return [row[0] for row in cursor.fetchall()]


def arrive(
    text: str = "Is 14 Wattle Street still for sale?\n",
    *,
    tag: str = "",
    sender: str = "Georgia <georgia@customer.test>",
    message_id: str | None = "<first@customer.test>",
    headers: Iterable[str] = (),
    raw: bytes | None = None,
    envelope_from: str = "georgia@customer.test",
) -> MessageView:
    """Receive a mail of the current tenant, read it (here, without DNS) and store what was found."""
    local, _, domain = current().inbound_address.partition("@")
    recipient = f"{local}+{tag}@{domain}" if tag else f"{local}@{domain}"
    raw = raw or mail(text, sender=sender, message_id=message_id, headers=headers, to=recipient)
    received = message_receive(raw=raw, envelope_from=envelope_from, recipient=recipient, peer="192.0.2.1")
    parsed = parsed_of(stages(raw, Options(envelope_from=envelope_from, dns_seconds=0)))
    with transaction.atomic():
        message_store(received.id, parsed=parsed)
    return message_view(received.id)


def thread_of(message: MessageView) -> UUID:
    """The conversation of a message that was read."""
    assert message.thread is not None
    return message.thread
