"""What becomes of a row: done, again, failed and tried again, parked, or lost to another."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from dispatch.connection import tenant_connection
from dispatch.leases import Lease
from dispatch.models import Heartbeat, Work
from dispatch.registry import Again, handler, handler_get
from dispatch.services import MAX_ATTEMPTS, heartbeat, heartbeats_clear, living, work_add
from dispatch.worker import beat_until, process_name, run_next

pytestmark = pytest.mark.committed
Add = Callable[..., None]
Handle = Callable[..., None]


def fails(subject: str, lease: Lease) -> None:
    raise ValueError(f"{subject} cannot be done")


def test_nothing_due_is_said_so(committed: None) -> None:
    assert not run_next("runs")


def test_work_is_done_in_its_tenant_outside_any_transaction_and_is_gone(add: Add, handle: Handle) -> None:
    seen: list[Any] = []
    handle(
        "tests.work",
        lambda subject, lease: seen.append(
            (subject, tenant_connection().schema_name, connection.in_atomic_block, lease.attempts)
        ),
    )
    add("acacia")
    assert run_next("runs")
    assert seen == [("one", "acacia", False, 1)]
    assert not Work.objects.exists()
    assert tenant_connection().schema_name == "public"


def test_a_connection_lost_since_the_last_work_costs_a_worker_nothing(add: Add, handle: Handle, app_url: str) -> None:
    handle("tests.work", lambda subject, lease: None)
    assert not run_next("runs")
    add("acacia")
    assert connection.connection is not None
    with psycopg.connect(app_url) as other:
        ended = other.execute("SELECT pg_terminate_backend(%s, 30000)", [connection.connection.info.backend_pid])
        assert ended.fetchone() == (True,)
    assert run_next("runs")
    assert not Work.objects.exists()


def test_work_that_wants_to_be_done_again_waits_until_then(add: Add, handle: Handle, age: Callable[[], None]) -> None:
    at = timezone.now() + timedelta(minutes=5)
    handle("tests.work", lambda subject, lease: Again(at))
    add("acacia")
    assert run_next("runs")
    row = Work.objects.get()
    assert (row.due_at, row.leased_until, row.attempts, row.error) == (at, None, 0, "")
    assert not run_next("runs")
    age()
    assert run_next("runs")


def test_a_worker_whose_clock_is_behind_is_not_given_the_same_work_again_and_again(add: Add, handle: Handle) -> None:
    calls = []

    def says_not_yet(subject: str, lease: Lease) -> Again:
        calls.append(subject)
        return Again(timezone.now() - timedelta(milliseconds=200))  # by its own clock that is still to come

    handle("tests.work", says_not_yet)
    add("acacia")
    began = timezone.now()
    assert run_next("runs")
    assert Work.objects.get().due_at > began + timedelta(seconds=1), "not due at once"
    assert calls == ["one"]


@pytest.mark.parametrize("again", [None, Again(timezone.now() + timedelta(hours=1))])
def test_work_woken_while_it_is_done_is_done_once_more(add: Add, handle: Handle, again: Again | None) -> None:
    calls = []

    def wakes_itself_once(subject: str, lease: Lease) -> Again | None:
        calls.append(subject)
        if len(calls) == 1:
            work_add(handler="tests.work", subject=subject)
        return again

    handle("tests.work", wakes_itself_once)
    add("acacia")
    while run_next("runs"):
        pass
    assert calls == ["one", "one"]
    assert Work.objects.count() == (0 if again is None else 1)


def test_failed_work_is_tried_again_after_a_growing_pause(
    add: Add, handle: Handle, age: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    handle("tests.work", fails)
    add("acacia")
    for attempt, pause in enumerate((2, 4, 8, 16), 1):
        began = timezone.now()
        assert run_next("runs")
        row = Work.objects.get()
        assert (row.attempts, row.error, row.leased_until, row.parked_at) == (
            attempt, "ValueError: one cannot be done", None, None,
        )  # fmt: skip
        assert began < row.due_at - timedelta(seconds=pause) < timezone.now()
        age()


def test_work_that_failed_five_times_is_parked_and_its_tenant_is_told(
    add: Add, handle: Handle, age: Callable[[], None]
) -> None:
    told: list[Any] = []
    handle(
        "tests.work",
        fails,
        on_parked=lambda subject, error: told.append((subject, error, tenant_connection().schema_name)),
    )
    add("acacia")
    for _ in range(MAX_ATTEMPTS):
        age()
        assert run_next("runs")
    row = Work.objects.get()
    assert row.parked_at is not None
    assert told == [("one", "one cannot be done", "acacia")]
    age()
    assert not run_next("runs")


def test_work_woken_while_it_fails_for_the_last_time_is_not_parked_but_begins_anew(
    add: Add, handle: Handle, age: Callable[[], None]
) -> None:
    def fails_while_woken(subject: str, lease: Lease) -> None:
        work_add(handler="tests.work", subject=subject)
        raise ValueError

    handle("tests.work", fails_while_woken)
    add("acacia")
    Work.objects.update(attempts=MAX_ATTEMPTS - 1)
    assert run_next("runs")
    row = Work.objects.get()
    assert (row.parked_at, row.attempts, row.leased_until) == (None, 0, None)
    age()
    assert run_next("runs")


def test_a_telling_that_fails_too_still_parks_the_row(add: Add, handle: Handle) -> None:
    def tell(subject: str, error: str) -> None:
        raise RuntimeError("nobody listens")

    handle("tests.work", fails, on_parked=tell)
    add("acacia")
    Work.objects.update(attempts=MAX_ATTEMPTS - 1)
    assert run_next("runs")
    assert Work.objects.get().parked_at is not None


def test_success_after_failures_starts_counting_afresh(add: Add, handle: Handle) -> None:
    handle("tests.work", lambda subject, lease: Again(timezone.now() + timedelta(hours=1)))
    add("acacia")
    Work.objects.update(attempts=3, error="former")
    assert run_next("runs")
    row = Work.objects.get()
    assert (row.attempts, row.error) == (0, "")


def test_work_over_which_workers_keep_dying_is_parked_without_being_tried(add: Add, handle: Handle) -> None:
    calls: list[str] = []
    told: list[str] = []
    handle("tests.work", lambda s, lease: calls.append(s), on_parked=lambda s, error: told.append(error))
    add("acacia")
    Work.objects.update(attempts=MAX_ATTEMPTS)
    assert run_next("runs")
    assert calls == []
    assert told == ["the worker died 5 times over this"]
    assert Work.objects.get().parked_at is not None


def test_work_that_nobody_knows_how_to_do_fails_like_any_other(add: Add) -> None:
    add("acacia", handler="tests.unheard")
    assert run_next("runs")
    assert "no handler is registered as tests.unheard" in Work.objects.get().error


def test_work_of_a_tenant_that_is_gone_fails_like_any_other(add: Add, handle: Handle, owner: Any) -> None:
    handle("tests.work", fails)
    add("acacia")
    owner.execute("UPDATE dispatch_work SET tenant = 'former'")
    assert run_next("runs")
    assert "NoSuchTenant" in Work.objects.get().error


@pytest.mark.parametrize("words", ["a\x00b", "half \ud83d of it", "x" * 5000])
def test_an_error_that_the_database_cannot_store_as_it_is_still_gives_the_row_back(
    add: Add, handle: Handle, words: str
) -> None:
    def fail_oddly(subject: str, lease: Lease) -> None:
        raise ValueError(words)

    handle("tests.work", fail_oddly)
    add("acacia")
    assert run_next("runs")
    row = Work.objects.get()
    assert row.leased_until is None
    assert row.error.startswith("ValueError: ")


def test_a_worker_that_lost_its_lease_leaves_the_row_to_the_other(
    add: Add, handle: Handle, age: Callable[[], None], at_once: Callable[..., list[Any]]
) -> None:
    done: list[str] = []

    def slow(subject: str, lease: Lease) -> None:
        if lease.fence == 1:
            assert at_once(age) == [None]
            assert at_once(lambda: run_next("runs")) == [True]  # another worker takes over, and finishes
        with transaction.atomic():
            lease.hold()
            done.append(f"fence {lease.fence}")

    handle("tests.work", slow)
    add("acacia")
    assert run_next("runs")
    assert done == ["fence 2"]
    assert not Work.objects.exists()


def test_a_failed_transaction_of_a_handler_leaves_the_connection_usable(add: Add, handle: Handle) -> None:
    def breaks(subject: str, lease: Lease) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            lease.hold()
            cursor.execute("SELECT 1/0")

    handle("tests.work", breaks)
    add("acacia")
    add("harbour", "two")
    assert run_next("runs")
    assert run_next("runs")
    assert {row.error.split(":")[0] for row in Work.objects.all()} == {"DataError"}


def test_a_name_is_registered_once(handle: Handle) -> None:
    handle("tests.work", fails)
    with pytest.raises(ValueError, match="registered already"):
        handler("tests.work")(fails)
    assert handler_get("tests.work").run is fails


# --- heartbeats --------------------------------------------------------------------------------


def test_processes_that_beat_live_and_silent_ones_are_forgotten(committed: None) -> None:
    now = timezone.now()
    heartbeat(process="a", kind="worker")
    heartbeat(process="a", kind="worker")
    heartbeat(process="b", kind="worker")
    heartbeat(process="c", kind="scheduler")
    assert living(since=now) == {"worker": 2, "scheduler": 1}
    Heartbeat.objects.filter(process="b").update(at=now - timedelta(hours=2))
    assert living(since=now) == {"worker": 1, "scheduler": 1}
    heartbeats_clear(before=now - timedelta(hours=1))
    assert set(Heartbeat.objects.values_list("process", flat=True)) == {"a", "c"}


def test_a_process_beats_until_it_is_stopped(committed: None) -> None:
    beaten = threading.Event()

    class Stop(threading.Event):
        """Tells that the first beat is written when its loop begins to wait."""

        def wait(self, timeout: float | None = None) -> bool:
            beaten.set()
            return super().wait(timeout)

    stop = Stop()
    thread = threading.Thread(target=beat_until, args=(stop, "worker"))
    thread.start()
    assert beaten.wait(60)
    assert Heartbeat.objects.get().process == process_name()
    stop.set()
    thread.join(timeout=60)
    assert not thread.is_alive()
