"""Posting a webhook to an address that somebody else chose: signed, and to no address of our own network."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from requests import RequestException
from requests_hardened import Config, Manager
from standardwebhooks import Webhook
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
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
    try:
        with _manager().get_session() as session:
            session.trust_env = False  # a proxy would connect for us, to wherever it likes
            with session.post(url, data=body.encode(), headers=headers, stream=True) as answered:
                return Answer(answered.status_code, _readable(answered.raw.read1(ANSWER_BYTES)))
    except (RequestException, HTTPError, OSError, ValueError) as error:
        return Answer(None, _reason(error))


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
