"""Moves: legal or refused, one of two at once, and never without their entry."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from audit import registry
from audit.errors import IllegalMove, MovedMeanwhile, UnknownEvent
from audit.models import ActorName
from audit.registry import register
from audit.selectors import entries
from audit.services import Actor, Moves, transition

TESTS = Actor.system("movers")
# Any table with a text column will do: this one has no states of its own.
MOVES = Moves(
    {("shut", "open"): "tests.opened", ("open", "shut"): "tests.closed", ("open", "gone"): "tests.unheard"},
    field="name",
)
TARGET = "actorname:thing"


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    register("tests.opened", "A thing was opened", {"why"})
    register("tests.closed", "A thing was closed")
    yield
    del registry._known["tests.opened"], registry._known["tests.closed"]


@pytest.fixture
def thing(in_committed_acacia: None) -> Iterator[ActorName]:
    yield ActorName.objects.create(key="thing", name="shut")
    ActorName.objects.filter(key="thing").delete()


def state() -> str:
    return ActorName.objects.get(key="thing").name


def told() -> list[str]:
    return [entry.body["event"] for entry in entries(target=TARGET)]


def test_a_move_changes_the_row_the_object_and_the_ledger(thing: ActorName) -> None:
    with transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS, data={"why": "morning"})
    assert thing.name == state() == "open"
    assert told() == ["tests.opened"]
    assert MOVES.targets("open") == {"shut", "gone"}
    assert MOVES.targets("gone") == set()


@pytest.mark.parametrize("to", ["shut", "gone", "", "elsewhere"])
def test_an_arrow_that_is_not_in_the_table_is_refused(thing: ActorName, to: str) -> None:
    with pytest.raises(IllegalMove, match="cannot go from shut to"), transaction.atomic():
        transition(thing, moves=MOVES, to=to, actor=TESTS)
    assert thing.name == state() == "shut"
    assert told() == []


def test_a_row_that_moved_meanwhile_is_not_moved_again(thing: ActorName) -> None:
    stale = ActorName.objects.get(key="thing")
    with transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS)
    with pytest.raises(MovedMeanwhile, match="no longer shut"), transaction.atomic():
        transition(stale, moves=MOVES, to="open", actor=TESTS)
    assert told() == ["tests.opened"]


def test_a_row_that_is_gone_is_not_moved(thing: ActorName) -> None:
    ActorName.objects.filter(key="thing").delete()
    with pytest.raises(MovedMeanwhile), transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS)


def test_a_move_needs_a_transaction(thing: ActorName) -> None:
    with pytest.raises(RuntimeError, match="one transaction"):
        transition(thing, moves=MOVES, to="open", actor=TESTS)
    assert state() == "shut"


@pytest.mark.parametrize("given", [{"to": "open", "data": {"secret": 1}}, {"to": "open", "data": {"why": 1.5}}])
def test_a_move_falls_with_its_entry(thing: ActorName, given: dict[str, Any]) -> None:
    with pytest.raises((UnknownEvent, TypeError)), transaction.atomic():
        transition(thing, moves=MOVES, actor=TESTS, **given)
    assert state() == "shut"
    assert told() == []


def test_a_move_whose_event_is_not_registered_changes_nothing(thing: ActorName) -> None:
    with transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS)
    with pytest.raises(UnknownEvent), transaction.atomic():
        transition(thing, moves=MOVES, to="gone", actor=TESTS)
    assert state() == "open"


def test_an_entry_falls_with_its_move(thing: ActorName) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS)
        raise ZeroDivisionError
    assert state() == "shut"
    assert told() == []


def test_of_two_transactions_that_move_at_once_one_waits_and_is_told(thing: ActorName, enter: Any) -> None:
    """The second begins its UPDATE while the first has not committed: it must not win twice."""
    begun, seen = threading.Event(), ActorName.objects.get(key="thing")

    def second() -> None:
        with enter("acacia"), transaction.atomic():
            begun.set()
            transition(seen, moves=MOVES, to="open", actor=TESTS)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            transition(thing, moves=MOVES, to="open", actor=TESTS)
            outcome = pool.submit(closing(second))
            assert begun.wait(10)
            waits_for_us()
        assert isinstance(outcome.exception(timeout=20), MovedMeanwhile)
    assert state() == "open"
    assert told() == ["tests.opened"]


def test_of_many_that_move_at_once_exactly_one_does(
    thing: ActorName, at_once: Callable[..., list[Any]], enter: Any
) -> None:
    def move() -> str:
        with enter("acacia"), transaction.atomic():
            mine = ActorName(key="thing", name="shut")
            transition(mine, moves=MOVES, to="open", actor=TESTS)
        return "moved"

    outcomes = at_once(*[move] * 6)
    assert outcomes.count("moved") == 1
    assert sum(isinstance(outcome, MovedMeanwhile) for outcome in outcomes) == 5
    assert told() == ["tests.opened"]


def closing(act: Callable[[], None]) -> Callable[[], None]:
    def whole() -> None:
        try:
            act()
        finally:
            connection.close()

    return whole


def waits_for_us() -> None:
    """Return once another session waits for a lock of this one; the statement's time-out is the limit."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20s'")
        cursor.execute(
            "DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_locks l WHERE NOT l.granted"
            " AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))) LOOP PERFORM pg_stat_clear_snapshot(); END LOOP; END $$"
        )


def test_other_columns_change_with_the_move_and_only_then(thing: ActorName) -> None:
    with pytest.raises(IllegalMove), transaction.atomic():
        transition(thing, moves=MOVES, to="gone", actor=TESTS, changes={"key": "other"})
    assert thing.key == "thing"
    with transaction.atomic():
        transition(thing, moves=MOVES, to="open", actor=TESTS, changes={"key": "other"})
    assert thing.key == "other"
    assert ActorName.objects.get(key="other").name == "open"
    ActorName.objects.filter(key="other").delete()
