"""The outgoing mail server, as SMTP_OUT_URL names it."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings


def is_set() -> bool:
    """Whether there is an outgoing mail server: without one, what would be emailed must reach people otherwise."""
    return bool(settings.COUNTERSIGN.smtp_out_url)


@dataclass(frozen=True)
class Server:
    """smtp://user:password@host:port?starttls, smtps://…"""

    host: str
    port: int
    user: str
    password: str
    tls: Literal["none", "starttls", "implicit"]

    @classmethod
    def from_url(cls, url: str) -> "Server":
        parts = urlsplit(url)
        starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
        tls: Literal["none", "starttls", "implicit"] = "starttls" if starttls else "none"
        if parts.scheme == "smtps":
            tls = "implicit"
        default = {"none": 25, "starttls": 587, "implicit": 465}[tls]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "localhost", parts.port or default, user, password, tls)
