"""TXT records within a time limit, telling "there is none" from "could not be known"."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dns.resolver import Resolver as System

# Set aside for documentation and local use (RFC 2606, RFC 6761): no mail server publishes anything there.
_RESERVED = {"example", "invalid", "localhost", "local", "example.com", "example.net", "example.org"}

Txt = Callable[[str], list[str]]
"""The TXT records of a name, each joined; [] where there surely is none. Raises DnsUnavailable."""


class DnsUnavailable(Exception):
    """The answer could not be known: no resolver, no reply in time, a failing server."""


class Resolver:
    """Looks TXT records up, all together for at most `seconds`, each name once.

    `nameserver` is (address, port) instead of the system's resolvers. A resolver that denies even the top-level
    domain of a name (one closed off from the world) is not believed when it says that a record does not exist.
    """

    def __init__(self, *, seconds: float, nameserver: tuple[str, int] | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._nameserver = nameserver
        self._known: dict[str, list[str]] = {}
        self._live: set[str] = set()

    def txt(self, name: str) -> list[str]:
        name = name.rstrip(".").lower()
        labels = name.split(".")
        if labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED:
            raise DnsUnavailable("a reserved name")
        if name not in self._known:
            found = self._ask(name, "TXT")
            if not found:
                self._trust(labels[-1])
            self._known[name] = found
        return self._known[name]

    def _trust(self, top: str) -> None:
        if top not in self._live and not self._ask(top, "NS"):
            raise DnsUnavailable(f"the resolver does not know .{top}")
        self._live.add(top)

    def _ask(self, name: str, kind: Literal["TXT", "NS"]) -> list[str]:
        if time.monotonic() >= self._until:
            raise DnsUnavailable("out of time")
        # Only now: a message of which nothing is asked does not wait for the library to load.
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            answer = self._resolver.resolve(name, kind, lifetime=max(0.0, self._until - time.monotonic()), search=False)
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError, ValueError) as error:
            raise DnsUnavailable(type(error).__name__) from error
        return [_joined(record) for record in answer]

    @cached_property
    def _resolver(self) -> System:
        from dns.resolver import Resolver as System

        found = System(configure=self._nameserver is None)
        if self._nameserver:
            address, found.port = self._nameserver
            found.nameservers = [address]
        return found


def _joined(record: object) -> str:
    strings = getattr(record, "strings", None)
    return b"".join(strings).decode("utf-8", "replace") if strings is not None else str(record)
