"""The hot path's way to the database."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from dispatch.connection import row_locked, row_prepared
from dispatch.models import Heartbeat
from dispatch.statements import Fragment

pytestmark = pytest.mark.usefixtures("committed")


def test_a_statement_of_the_hot_path_is_planned_once_a_connection() -> None:
    for number in (1, 2):
        assert row_prepared("SELECT %(number)s::int + 41", {"number": number}) == (41 + number,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%+ 41'")
        assert cursor.fetchall() == [(2,)]


LOCK = 4_711  # any number
SHARED = Fragment("SELECT pg_advisory_xact_lock_shared(%(lock)s::int)", {"lock": LOCK})
HELD = (
    "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = %s"
)
COUNT = Fragment("SELECT count(*), %(more)s::text FROM public.dispatch_heartbeat", {"more": "ü"})
KEEP = Fragment(
    "INSERT INTO public.dispatch_heartbeat (process, kind, at) VALUES (%(process)s::text, 'tests', now())"
    " RETURNING process",
    {"process": "one"},
)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends


def test_a_locked_statement_sees_what_was_committed_while_it_waited(
    owner: psycopg.Connection[Any], owner_url: str, at_once: Callable[..., list[Any]]
) -> None:
    """In one statement it would count what was there when it began to wait."""

    def waits() -> bool:
        return owner.execute(f"{HELD} AND NOT granted", [LOCK]).fetchone() is not None

    def other() -> None:
        with psycopg.connect(owner_url) as holder:
            holder.execute("SELECT pg_advisory_xact_lock(%s::int)", [LOCK])
            until(waits)
            holder.execute("INSERT INTO public.dispatch_heartbeat (process, kind, at) VALUES ('other', 'tests', now())")

    def counts() -> Any:
        until(lambda: owner_holds() or Heartbeat.objects.exists())
        return row_locked(SHARED, COUNT)

    def owner_holds() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"{HELD} AND granted", [LOCK])
            return cursor.fetchone() is not None

    assert at_once(other, counts) == [None, (1, "ü")]


def test_both_are_committed_together_or_not_at_all() -> None:
    assert row_locked(SHARED, KEEP) == ("one",)
    assert connection.get_autocommit()
    assert not connection.in_atomic_block
    assert Heartbeat.objects.filter(process="one").count() == 1
    again = Fragment("INSERT INTO public.dispatch_heartbeat (process, kind, at) VALUES ('two', 'tests', now())", {})
    with pytest.raises(IntegrityError):
        row_locked(again, KEEP)
    assert not Heartbeat.objects.filter(process="two").exists(), "the first one's row is not kept without the second's"
    assert row_locked(SHARED, COUNT) == (1, "ü"), "the connection works on"


def test_inside_a_transaction_they_are_a_part_of_it() -> None:
    with transaction.atomic():
        assert row_locked(SHARED, KEEP) == ("one",)
        transaction.set_rollback(True)
    assert not Heartbeat.objects.exists()
