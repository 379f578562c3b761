"""The SMTP server: a listening socket, the protocol within our limits, a quiet end."""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import connections

from mail.parsing.caps import MESSAGE_BYTES
from mail.smtp.handler import MailHandler

THREADS = 8
LAST_ANSWERS_SECONDS = 10.0


class TolerantProtocol(SMTP):
    """Takes lines of any length: real mail has them. What is no address is refused, not a fault of ours."""

    line_length_limit = MESSAGE_BYTES

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        try:
            return super()._getaddr(arg)
        except Exception:  # the standard library's parser raises IndexError and more on garbage
            return None, None


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError, as for a port in use."""
    # The protocol number is inherited by each connection, and asyncio sets TCP_NODELAY only where it reads TCP:
    # without it each EHLO waits 40 ms for a delayed acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


async def serve(listening: socket.socket, stop: asyncio.Event, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve on `listening` until `stop` is set; messages being stored then still get their answer."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="smtp")
    handler = MailHandler(threads)
    loop = asyncio.get_running_loop()

    def protocol() -> TolerantProtocol:
        return TolerantProtocol(
            handler,
            data_size_limit=MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            hostname=settings.COUNTERSIGN.inbound_domain,
            ident="Countersign",
            loop=loop,
        )

    server = await loop.create_server(protocol, sock=listening)
    ready()
    await stop.wait()
    server.close()
    await _last_answers(handler)
    clients = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in clients:
        task.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    await asyncio.to_thread(_end, threads)


async def _last_answers(handler: MailHandler) -> None:
    until = asyncio.get_running_loop().time() + LAST_ANSWERS_SECONDS
    while handler.storing and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.02)


def _end(threads: ThreadPoolExecutor) -> None:
    """Have each thread close its own database connection, then end the threads."""
    all_here = threading.Barrier(THREADS)

    def close() -> None:
        with suppress(threading.BrokenBarrierError):
            all_here.wait(LAST_ANSWERS_SECONDS)  # so that no thread takes two of these and another none
        connections.close_all()

    for _ in range(THREADS):
        threads.submit(close)
    threads.shutdown(wait=True)


def serve_until(listening: socket.socket, on_loop: Callable[[asyncio.AbstractEventLoop, asyncio.Event], Any], *,
                ready: Callable[[], None] = lambda: None) -> None:  # fmt: skip
    """Serve in this thread. `on_loop` gets the loop and the event that ends it, before anything is served."""

    async def run() -> None:
        stop = asyncio.Event()
        on_loop(asyncio.get_running_loop(), stop)
        await serve(listening, stop, ready=ready)

    asyncio.run(run())
