"""Who is looking at the workspace just now: they see what waits on every page, and need no email about it.

It is kept in the cache alone. Where that does not answer, nobody is taken to be looking: an email too many is better
than none.
"""

from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

# For so long after their last page a person is taken to be there.
STAYS = timedelta(minutes=2)


def saw(person: UUID) -> None:
    """Note that a person was shown a page."""
    try:
        cache.set(_key(person), True, timeout=STAYS.total_seconds())
    except RedisError:
        return


def left(person: UUID) -> None:
    """Note that a person has signed out."""
    try:
        cache.delete(_key(person))
    except RedisError:
        return


def looks(person: UUID) -> bool:
    """Whether a person was shown a page a moment ago."""
    try:
        return bool(cache.get(_key(person)))
    except RedisError:
        return False


def _key(person: UUID) -> str:
    return f"looking:{person}"
