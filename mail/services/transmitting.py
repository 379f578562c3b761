"""Handing a reply to the mail server, once. An unclear end is said to be unclear, and never tried again."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mail.composing import compose, recipients_of
from mail.errors import NoSuchMessage, ReplyRefused
from mail.models import Direction, Message, Status
from notify.outgoing import Server

_OK = 250
_START = 354


@dataclass(frozen=True)
class Outcome:
    """What became of a reply. `detail` is for the reader: the server's answer, or what went wrong."""

    status: Literal["sent", "kept", "unknown", "failed"]
    detail: str = ""


def reply_transmit(message_id: UUID | str, *, timeout_seconds: float = 30.0) -> Outcome:
    """Hand a reply that is being sent to the mail server; to be called outside of any transaction, and once.

    `failed`: it was refused, or nothing of it had been handed over. `unknown`: the connection broke or was silent for
    `timeout_seconds` after the text had begun to go out. `kept`: no server is set. Raises NoSuchMessage, and
    ReplyRefused when the reply is not being sent.
    """
    with transaction.atomic(durable=True):
        message = Message.objects.filter(pk=message_id, direction=Direction.OUT).select_related("thread").first()
    if message is None:
        raise NoSuchMessage("there is no such reply")
    if message.status != Status.SENDING:
        raise ReplyRefused(f"the reply is {message.get_status_display().lower()}, not being sent")
    url = settings.COUNTERSIGN.smtp_out_url
    if not url:
        return Outcome("kept", "No mail server is set (SMTP_OUT_URL).")
    try:
        content = compose(message)
    except (UnicodeError, ValueError) as error:
        return Outcome("failed", f"The reply cannot be written as mail: {error}")
    # The return path leads into the conversation, so that a delivery report does too.
    return transmit(
        Server.from_url(url),
        sender=message.reply_to[0]["email"],
        recipients=recipients_of(message),
        content=content,
        timeout_seconds=timeout_seconds,
    )


def transmit(server: Server, *, sender: str, recipients: list[str], content: bytes, timeout_seconds: float) -> Outcome:
    """One SMTP transaction: all recipients or none."""
    try:
        client = _connect(server, timeout_seconds)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("failed", f"The mail server could not be used: {_said(error)}")
    try:
        refusal = _envelope(client, sender, recipients)
        if refusal:
            return Outcome("failed", refusal)
        return _data(client, content)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.close()


def _connect(server: Server, timeout_seconds: float) -> smtplib.SMTP:
    name = settings.COUNTERSIGN.inbound_domain
    client: smtplib.SMTP
    if server.tls == "implicit":
        context = ssl.create_default_context()
        client = smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout_seconds, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, name, timeout=timeout_seconds)
    try:
        client.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if server.user:
            client.login(server.user, server.password)
    except BaseException:
        client.close()
        raise
    return client


def _envelope(client: smtplib.SMTP, sender: str, recipients: list[str]) -> str:
    """Everything up to the text; the refusal in words, or "". Nothing has been handed over yet."""
    try:
        answers = [client.mail(sender), *(client.rcpt(recipient) for recipient in recipients)]
        for code, said in answers:
            if not _OK <= code < 300:
                return _answer(code, said)
        code, said = client.docmd("DATA")
        return "" if code == _START else _answer(code, said)
    except (OSError, smtplib.SMTPException) as error:
        return f"The connection ended before the text was sent: {_said(error)}"


def _data(client: smtplib.SMTP, content: bytes) -> Outcome:
    body = content.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    try:
        client.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
        code, said = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("unknown", f"The connection ended without an answer: {_said(error)}")
    if not _OK <= code < 300:
        return Outcome("failed", _answer(code, said))
    with suppress(OSError, smtplib.SMTPException):
        client.quit()
    return Outcome("sent", _answer(code, said))


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"[:500]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"[:500]
    return str(error)[:500] or type(error).__name__
