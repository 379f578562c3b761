"""How often a password may be guessed at: counted by account and by address, wherever one is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.internal.ratelimit import consume
from django.core.exceptions import ValidationError
from django.http import HttpRequest

TOO_MANY = "Too many attempts have failed. Wait five minutes, then try again."


@contextmanager
def attempt(request: HttpRequest, account: str) -> Iterator[None]:
    """One attempt, which counts if what is done in it raises. Raises ValidationError after too many that did."""
    counted = consume(request, app="allauth.account", action="login_failed", key=account.strip().lower())
    if counted is None:
        raise ValidationError(TOO_MANY)
    yield
    counted.rollback()
