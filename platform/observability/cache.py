"""The cache's server itself, for what is shared by all processes and may be lost."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

AWAY = 0.25  # seconds


def server() -> Redis:
    """The cache's server. One that does not answer at once is asked no second time: who asks goes on without it."""
    return _connected(str(settings.CACHES["default"]["LOCATION"]))


@lru_cache(maxsize=2)
def _connected(location: str) -> Redis:
    return Redis.from_url(
        location, socket_connect_timeout=AWAY, socket_timeout=AWAY, retry=Retry(NoBackoff(), 0), decode_responses=True
    )
