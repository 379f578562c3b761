"""Finding entries: what each filter lets through, page by page, against a plain reading of all of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from audit import registry, related
from audit.finding import Filters, Search, event_names
from audit.models import Entry
from audit.registry import register
from audit.related import belonging_to, belongings
from audit.services import Actor, record

EVENTS = ("tests.begun", "tests.ended", "testsuite.ended")
PAGE = 7


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    for name in EVENTS:
        register(name, f"It happened: {name}")
    yield
    for name in EVENTS:
        del registry._known[name]


@pytest.fixture
def owns(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, list[str]]:
    """What belongs to cases and to people, to be filled by the test."""
    owned: dict[UUID, list[str]] = {}
    monkeypatch.setattr(related, "_known", {})
    for kind in ("case", "person"):
        belongings(kind)(lambda ident: owned.get(ident, []))
    return owned


class World:
    """Sixty entries of every mixture, and what is to be found among them."""

    def __init__(self, owns: dict[UUID, list[str]]) -> None:
        self.case, self.other = f"case:{uuid7()}", f"case:{uuid7()}"
        self.paper = f"paper:{uuid7()}"
        self.alice, self.token = Actor("person", str(uuid7())), Actor("token", str(uuid7()))
        self.run, self.elsewhere = str(uuid7()), str(uuid7())
        owns[UUID(self.alice.id)] = [self.token.key]
        owns[UUID(self.case.partition(":")[2])] = [self.paper]
        targets = (self.case, self.paper, self.other)
        actors = (self.alice, self.token, Actor.system("finders"))
        for number in range(60):
            record(
                event=EVENTS[number % 3],
                target=targets[number // 3 % 3],
                actor=actors[number // 9 % 3],
                # What is written in the second run has nothing to do with the case.
                run=(None, self.run, None, self.elsewhere)[number % 4] if targets[number // 3 % 3] != self.other
                else (None, self.elsewhere)[number % 2],
            )  # fmt: skip
        self.entries = list(Entry.objects.order_by("-id")[:60])
        touched = {e.body["run"] for e in self.entries if e.body["target"] in (self.case, self.paper)} - {None}
        self.fits: dict[str, dict[str, Callable[[dict[str, Any]], bool]]] = {
            "event": {
                "tests.ended": lambda body: body["event"] == "tests.ended",
                "tests.*": lambda body: body["event"] in ("tests.begun", "tests.ended"),
                "nothing.*": lambda body: False,
            },
            "actor": {
                self.alice.key: lambda body: body["actor"] in (self.alice.key, self.token.key),
                self.token.key: lambda body: body["actor"] == self.token.key,
            },
            "target": {self.case: lambda body: body["target"] == self.case},
            "about": {
                self.case: lambda body: body["target"] in (self.case, self.paper) or body["run"] in touched,
                f"case:{uuid7()}": lambda body: False,
            },
            "run": {self.run: lambda body: body["run"] == self.run},
        }


@pytest.fixture
def world(in_acacia: None, owns: dict[UUID, list[str]]) -> World:
    return World(owns)


def pages(search: Search, *, within: set[UUID]) -> list[UUID]:
    """All that is found, read page by page from the newest to the oldest."""
    found: list[UUID] = []
    last: UUID | None = None
    while page := search.rows(older_than=last, limit=PAGE):
        assert len(page) <= PAGE
        found += [entry.pk for entry in page]
        last = page[-1].pk
    return [pk for pk in found if pk in within]


def backwards(search: Search, *, within: set[UUID]) -> list[UUID]:
    """The same from the oldest to the newest."""
    found: list[UUID] = []
    last = UUID(int=0)
    while page := search.rows(newer_than=last, limit=PAGE):
        found += [entry.pk for entry in page]
        last = page[-1].pk
    return [pk for pk in found if pk in within]


def test_every_mixture_of_filters_finds_what_a_plain_reading_does_in_both_directions(world: World) -> None:
    ours = {entry.pk for entry in world.entries}
    choices = [[(name, value) for value in ("", *values)] for name, values in world.fits.items()]
    found_some = 0
    for chosen in product(*choices):
        given: dict[str, Any] = {name: value for name, value in chosen if value}
        tests = [world.fits[name][value] for name, value in given.items()]
        expected = [entry.pk for entry in world.entries if all(fits(entry.body) for fits in tests)]
        search = Search(replace(Filters(), **given))
        assert pages(search, within=ours) == expected, given
        assert backwards(search, within=ours) == expected[::-1], given
        found_some += bool(expected and given)
    assert found_some > 20


def test_a_period_begins_with_its_first_microsecond_and_ends_before_its_last(world: World) -> None:
    one = world.entries[30]
    at = datetime.fromisoformat(one.body["at"])
    tick = timedelta(microseconds=1)

    def found(**period: Any) -> bool:
        return one.pk in {
            entry.pk for entry in Search(replace(Filters(target=one.body["target"]), **period)).rows(limit=100)
        }

    assert found(since=at)
    assert not found(since=at + tick)
    assert not found(until=at)
    assert found(until=at + tick)
    assert found(since=at, until=at + tick)


def test_a_period_holds_for_several_keys_too(world: World) -> None:
    middle = datetime.fromisoformat(world.entries[30].body["at"])
    fits = world.fits["actor"][world.alice.key]
    bounds: list[tuple[dict[str, Any], Callable[[datetime], bool]]] = [
        ({"since": middle}, lambda at: at >= middle),
        ({"until": middle}, lambda at: at < middle),
    ]
    for period, inside in bounds:
        found = Search(replace(Filters(actor=world.alice.key), **period)).rows(limit=100)
        expected = [e.pk for e in world.entries if fits(e.body) and inside(datetime.fromisoformat(e.body["at"]))]
        assert [entry.pk for entry in found] == expected


def test_the_names_of_events_are_those_that_stand_in_the_ledger(world: World) -> None:
    assert set(EVENTS) <= set(event_names())
    assert event_names() == sorted(set(event_names()))
    assert "nobody.registers_this" not in event_names()


@pytest.mark.parametrize("key", ["case", "case:", "case:georgia", "", ":", "unheard:0197"])
def test_what_is_no_record_has_no_belongings(in_acacia: None, owns: dict[UUID, list[str]], key: str) -> None:
    assert belonging_to(key) == []
    assert Search(Filters(about=key or "case:x")).rows(limit=5) == []


def test_operators_ledger_asks_no_tenants_table_for_belongings(db: None, cast: Any) -> None:
    """There are none in the public schema: asking would fail."""
    asked: list[UUID] = []
    belongings("tests")(lambda ident: asked.append(ident) or [])  # type: ignore[func-returns-value]
    try:
        assert belonging_to(f"tests:{uuid7()}") == []
        assert asked == []
    finally:
        del related._known["tests"]
