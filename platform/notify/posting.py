"""Posting a webhook to an address that somebody else chose: signed, and to no address of our own network."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Timer

from django.conf import settings
from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from requests_hardened import Config, Manager
from standardwebhooks import Webhook
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5
# The longest pause within an answer, and the longest that all of it may take.
ANSWER_SECONDS = 10
LONGEST_SECONDS = 15
ANSWER_BYTES = 500


@dataclass(frozen=True)
class Answer:
    """What came back: the status and the beginning of the body, or no status and why there was no answer."""

    status: int | None
    text: str

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(*, url: str, id: str, body: str, secret: str) -> Answer:
    """Send one webhook (Standard Webhooks). A redirect is not followed: it is an answer like any other."""
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, now, body),
    }
    with _manager().get_session() as session, _hung_up_in_time(session) as line:
        try:
            session.trust_env = False  # a proxy would connect for us, to wherever it likes
            with session.post(url, data=body.encode(), headers=headers, stream=True) as answered:
                answer = Answer(answered.status_code, _readable(answered.raw.read1(ANSWER_BYTES)))
        except (RequestException, HTTPError, OSError, ValueError) as error:
            answer = Answer(None, _reason(error))
    return Answer(None, REASONS["ReadTimeout"]) if line.cut else answer


class _Line:
    """The connection of a post, which can be cut while somebody waits for what comes over it."""

    def __init__(self) -> None:
        self.sock: socket.socket | None = None
        self.cut = False

    def hang_up(self) -> None:
        self.cut = True
        if self.sock is not None:
            with suppress(OSError):  # it has ended by itself
                # Not TLS's own, which would change what the waiting thread reads from.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@contextmanager
def _hung_up_in_time(session: Session) -> Iterator[_Line]:
    """Cut the session's connection after LONGEST_SECONDS: its timeouts limit each pause only, so that a receiver who
    sends a byte now and then would hold the worker for ever."""
    line = _Line()
    for adapter in session.adapters.values():
        assert isinstance(adapter, HTTPAdapter)
        adapter.poolmanager.pool_classes_by_scheme = _pools(line)
    timer = Timer(LONGEST_SECONDS, line.hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()


def _pools(line: _Line) -> dict[str, type[HTTPConnectionPool]]:
    """Pools whose connections make themselves known to `line`."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            line.sock = self.sock

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            line.sock = self.sock

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _manager() -> Manager:
    return Manager(
        Config(
            default_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            never_redirect=True,
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=settings.COUNTERSIGN.webhooks_allow_loopback,
            user_agent_override="Countersign",
        )
    )


REASONS = {
    "InvalidIPAddress": "The address is in a private network.",
    "ConnectTimeout": "It did not answer in time.",
    "ReadTimeout": "It did not answer in time.",
    "SSLError": "Its certificate is not valid.",
    "InvalidURL": "The address cannot be understood.",
    "ConnectionError": "No connection could be made.",
}


def _reason(error: Exception) -> str:
    """A sentence for the owner; what the library says may name addresses of ours."""
    return next((REASONS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in REASONS), "It failed.")


def _readable(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
