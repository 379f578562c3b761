"""The cache's server is asked in every request: one that is away is asked once, and never again and again."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


@dataclass
class HangsUp:
    """A server that hangs up on everybody, and counts them."""

    listening: socket.socket
    came: list[object] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def run(self) -> None:
        while True:
            try:
                client, who = self.listening.accept()
            except OSError:
                return
            self.came.append(who)
            client.close()


@pytest.fixture
def hangs_up() -> Iterator[HangsUp]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = HangsUp(listening)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def cache_at(port: int) -> RedisCache:
    """The cache as the settings make it, at another place, and patient: how slow the machine is, is no matter."""
    chosen: dict[str, Any] = settings.CACHES["default"]
    options = chosen["OPTIONS"] | {"socket_connect_timeout": 60, "socket_timeout": 60}
    return RedisCache(f"redis://127.0.0.1:{port}/1", {"OPTIONS": options})


def test_a_server_that_hangs_up_is_asked_once_for_each_question(hangs_up: HangsUp) -> None:
    cache = cache_at(hangs_up.port)
    for asked in (1, 2):
        with pytest.raises(RedisError):
            cache.get("anything")
        assert len(hangs_up.came) == asked


def test_a_closed_port_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(RedisError):
        cache_at(port).incr("anything")
