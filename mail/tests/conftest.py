"""Mail by itself: floors above do not listen, unless a test lets them."""

from collections.abc import Iterator
from typing import Any

import pytest

from mail.signals import message_received


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """What `message_received` says, to nobody but the test."""
    told: list[dict[str, Any]] = []

    def listen(sender: object, signal: object, **said: Any) -> None:
        told.append(said)

    others, message_received.receivers = message_received.receivers, []
    message_received.sender_receivers_cache.clear()
    message_received.connect(listen)
    yield told
    message_received.receivers = others
    message_received.sender_receivers_cache.clear()
