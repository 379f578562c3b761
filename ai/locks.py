"""Locks of the current tenant that a transaction holds until it ends."""

from __future__ import annotations

from django.db import connection

# Any numbers: with the schema's hash they tell our advisory locks from others.
COUNTING = 5_203_117
ROUTING = 5_203_118
FORBIDDING = 5_203_119


def hold_alone(what: int) -> None:
    """Waits until nobody else holds it, and lets nobody else have it."""
    _hold("pg_advisory_xact_lock", what)


def hold_together(what: int) -> None:
    """Waits until nobody holds it alone, and lets nobody have it alone."""
    _hold("pg_advisory_xact_lock_shared", what)


def _hold(function: str, what: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(current_schema()))", [what])
