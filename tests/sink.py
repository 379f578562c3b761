"""A mail server to send to, which can take, refuse, hang up and fall silent."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Mood = Literal["take", "refuse sender", "refuse recipient", "refuse text", "refuse for now", "hang up after text",
               "hang up at text", "be silent"]  # fmt: skip


@dataclass
class Sink:
    """What arrived: (return path, recipients, bytes), and who signed in."""

    mood: Mood
    port: int = 0
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "refuse sender":
            return "550 5.7.1 Not you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "refuse recipient" and envelope.rcpt_tos:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes) and envelope.mail_from
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.mood == "hang up after text":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if self.mood == "be silent":
            await self.ended.wait()
        return {"refuse text": "554 5.7.1 Spam", "refuse for now": "451 4.3.0 Later"}.get(
            self.mood, "250 OK queued as 7"
        )


class SinkProtocol(SMTP):
    """Hangs up where a real server would have said 354."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.mood == "hang up at text":
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


@contextmanager
def sink(mood: Mood = "take", *, tls: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[Sink]:
    """A server on a free port. With `tls` it offers STARTTLS and asks for a sign-in, or speaks TLS from the start."""
    serving = Sink(mood)
    ready, loop = threading.Event(), asyncio.new_event_loop()

    def sign_in(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        serving.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    def protocol() -> SinkProtocol:
        secured: dict[str, Any] = {"tls_context": tls, "authenticator": sign_in, "auth_required": True}
        return SinkProtocol(serving, loop=loop, hostname="sink.test", **(secured if tls and not implicit else {}))

    async def serve() -> None:
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)
        serving.port = server.sockets[0].getsockname()[1]
        ready.set()
        await serving.ended.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    try:
        yield serving
    finally:
        loop.call_soon_threadsafe(serving.ended.set)
        thread.join()
        loop.close()
