"""Entries: registered, allow-listed, standing or falling with what they tell of, and never changed."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege
from uuid_utils.compat import uuid7

from audit import registry
from audit.canonical import canonical
from audit.errors import UnknownEvent
from audit.models import ActorName, Entry
from audit.registry import event_type, register
from audit.selectors import entries, story, views
from audit.services import Actor, record

TESTS = Actor.system("recorders")


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    register("tests.happened", "Something happened", {"count", "ids", "amount"})
    yield
    del registry._known["tests.happened"]


def happen(**given: Any) -> UUID:
    return record(**{"event": "tests.happened", "target": "thing:1", "actor": TESTS, **given}).id


# --- what may be written -----------------------------------------------------------------------


def test_text_is_canonical_and_body_says_the_same(in_acacia: None) -> None:
    run, ident = uuid7(), uuid7()
    written = record(
        event="tests.happened", target=f"thing:{ident}", actor=TESTS, run=run, data={"ids": [ident], "count": 3}
    )
    entry = Entry.objects.get(pk=written.id)
    assert entry.text == written.text == canonical(entry.body)
    assert entry.body | {"at": "then"} == {
        "id": str(written.id),
        "at": "then",
        "event": "tests.happened",
        "target": f"thing:{ident}",
        "actor": "system:recorders",
        "run": str(run),
        "data": {"ids": [str(ident)], "count": 3},
    }
    assert str(entry) == f"tests.happened thing:{ident}"


def test_an_unknown_event_is_refused(in_acacia: None) -> None:
    with pytest.raises(UnknownEvent, match=r"tests\.unheard is not a registered event"):
        happen(event="tests.unheard")
    assert not entries(actor=TESTS.key).exists()


def test_a_field_that_is_not_on_the_events_list_is_refused_by_name(in_acacia: None) -> None:
    with pytest.raises(UnknownEvent, match=r"tests\.happened has no field email, name"):
        happen(data={"count": 1, "name": "Georgia", "email": "georgia@example.com"})
    assert not entries(actor=TESTS.key).exists()


def test_a_value_without_canonical_form_is_refused(in_acacia: None) -> None:
    with pytest.raises(TypeError):
        happen(data={"amount": 1.5})
    assert not entries(actor=TESTS.key).exists()


def test_an_event_registered_twice_must_say_the_same() -> None:
    register("tests.happened", "Something happened", {"count", "ids", "amount"})
    with pytest.raises(ValueError, match="says something else"):
        register("tests.happened", "Something else happened", {"count"})
    assert event_type("tests.happened").sentence == "Something happened"


def test_an_entry_falls_with_its_transaction(in_committed_acacia: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happen()
        raise ZeroDivisionError
    assert not entries(actor=TESTS.key).exists()


# --- names -------------------------------------------------------------------------------------


def test_an_actor_goes_by_the_name_they_have_today(in_acacia: None) -> None:
    ident = str(uuid7())
    happen(actor=Actor("person", ident, "Alice Old"))
    happen(actor=Actor("person", ident, "Alice New"))
    happen(actor=Actor("person", ident))
    shown = views(entries(actor=f"person:{ident}"))
    assert [view.actor_name for view in shown] == ["Alice New"] * 3
    assert "Alice" not in "".join(Entry.objects.values_list("text", flat=True))


def test_a_very_long_name_does_not_stop_the_act(in_acacia: None) -> None:
    ident = str(uuid7())
    happen(actor=Actor("token", ident, "n" * 350))
    assert ActorName.objects.get(key=f"token:{ident}").name == "n" * 200


def test_two_transactions_of_one_actor_do_not_wait_for_each_other(
    in_committed_acacia: None, at_once: Callable[..., list[Any]], enter: Any
) -> None:
    happen()

    def other() -> UUID:
        with enter("acacia"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            return happen()

    with transaction.atomic():
        happen()  # and does not commit before the other has
        [outcome] = at_once(other)
    assert isinstance(outcome, UUID)
    assert entries(actor=TESTS.key).count() == 3


# --- nothing changes ---------------------------------------------------------------------------

CHANGES = ["UPDATE audit_entry SET text = '{}'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_app_may_not_change_an_entry(in_acacia: None, statement: str) -> None:
    happen()
    with pytest.raises(ProgrammingError, match="permission denied") as caught, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)
    assert entries(actor=TESTS.key).count() == 1


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("schema", ["acacia", "public"])
def test_not_even_the_owner_changes_an_entry_by_mistake(
    in_committed_acacia: None, owner: psycopg.Connection[Any], statement: str, schema: str
) -> None:
    owner.execute(f"INSERT INTO {schema}.audit_entry (id, text) VALUES (gen_random_uuid(), '{{}}')")
    with pytest.raises(InsufficientPrivilege, match=rf"append-only: {statement.split()[0]} refused"):
        owner.execute(statement.replace("audit_entry", f"{schema}.audit_entry"))


def test_an_entry_saved_or_deleted_through_django_is_refused_too(in_acacia: None) -> None:
    entry = Entry.objects.get(pk=happen())
    entry.text = "{}"
    with pytest.raises(ProgrammingError), transaction.atomic():
        entry.save()
    with pytest.raises(ProgrammingError), transaction.atomic():
        entry.delete()


# --- reading -----------------------------------------------------------------------------------


def test_filters_join_and_newest_comes_first(in_acacia: None) -> None:
    run = uuid7()
    other = Actor.system("others")
    first = happen(target="thing:2", run=run)
    second = happen(target="thing:2", actor=other)
    third = happen(target="thing:3", run=run)
    ids = lambda **given: [entry.pk for entry in entries(**given)]  # noqa: E731
    assert ids(target="thing:2") == [second, first]
    assert ids(run=str(run)) == [third, first]
    assert ids(target="thing:2", run=str(run)) == [first]
    assert ids(actor="system:others") == [second]
    assert ids(event="tests.happened", target="thing:3") == [third]
    assert ids(target="thing:9") == []
    assert ids(target="thing") == []  # whole values, not beginnings


def test_a_story_is_what_happened_in_a_run_and_to_it_oldest_first(in_acacia: None) -> None:
    run = uuid7()
    inside, about = happen(run=run), happen(target=f"run:{run}")
    happen(run=uuid7())
    assert [entry.pk for entry in story(run)] == [inside, about]
    assert [view.sentence for view in views(story(str(run)))] == ["Something happened"] * 2


def test_an_entry_whose_event_nobody_registers_any_more_stays_readable(in_acacia: None) -> None:
    ident = uuid7()
    body = {"id": ident, "at": "2026-01-01T00:00:00.000000Z", "event": "tests.former", "target": "thing:1"}
    Entry.objects.create(id=ident, text=canonical(body | {"actor": "system:recorders", "run": None, "data": {}}))
    [view] = views(entries(event="tests.former"))
    assert view.sentence == "tests.former"
