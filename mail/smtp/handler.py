"""What aiosmtpd asks of us: the tenant at RCPT, the commit before 250, 451 for every fault of ours."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from django.db import close_old_connections

from mail.errors import NotAMessage
from mail.smtp.delivery import Envelope, MailLoop, RecipientRefused, deliver, recipient_check

MAX_RECIPIENTS = 100

log = structlog.get_logger(__name__)
T = TypeVar("T")


class MailHandler:
    """Hooks of one server. Database work runs in `threads`, each with a connection of its own."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self.storing = 0  # messages whose answer is still owed

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, rcpt_options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            await self._in_database(lambda: recipient_check(address))
        except RecipientRefused as refused:
            return refused.refusal.value
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: SmtpEnvelope
    ) -> str:
        raw = envelope.original_content or b""
        came = Envelope(
            sender=(envelope.mail_from or "").strip("<>"),
            recipients=tuple(envelope.rcpt_tos),
            peer=str(session.peer[0]) if session.peer else "",
            helo=session.host_name or "",
        )
        self.storing += 1
        try:
            stored = await self._in_database(lambda: deliver(raw, came))
        except RecipientRefused as refused:
            return refused.refusal.value
        except MailLoop:
            return "554 5.4.6 Too many hops: this message goes round in circles"
        except NotAMessage as refused:
            return f"554 5.6.0 Refused: {refused}"
        except Exception as error:
            # Answered here, not by the protocol, which would keep the envelope and refuse the next MAIL.
            return await self.handle_exception(error)
        finally:
            self.storing -= 1
        return f"250 2.0.0 Stored as {', '.join(stored)}"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours must not cost the sender the message: they try again."""
        log.error("smtp_fault", exc_info=error)
        return "451 4.3.0 A fault of ours; please try again later"

    async def _in_database(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _clean_connection, work)


def _clean_connection(work: Callable[[], T]) -> T:
    """Run `work` on a connection that was checked, as a request would: the database may have been restarted."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
