"""Looks whether services that we do not start ourselves can be reached."""

import psycopg

from stack.environment import StackSettings
from stack.errors import StackError

_SECONDS = 5


def databases_check(settings: StackSettings) -> None:
    """Connect with both logins. Raises StackError that names the variable and the reason."""
    for name, url in (
        ("DATABASE_URL", settings.database_url),
        ("DATABASE_OWNER_URL", settings.database_owner_url),
    ):
        try:
            psycopg.connect(url, connect_timeout=_SECONDS).close()
        except psycopg.Error as error:
            raise StackError(f"{name}: {str(error).splitlines()[0]}") from error


def broker_check(settings: StackSettings) -> None:
    """Ping the broker. Raises StackError with the reason."""
    import redis  # takes longer to import than everything else here, and is not needed as a rule

    try:
        url = settings.redis_url.replace("redis+socket://", "unix://", 1)
        client = redis.Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as error:
        raise StackError(f"REDIS_URL: {error}") from error
