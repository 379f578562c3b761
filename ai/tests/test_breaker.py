"""The breaker: shared by all, opened by faults in a row, closed by one probe, and no matter where its server is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from ai.breaker import FAILURES, OPEN, WITHIN, Breaker

LONGEST = 60.0
MAY = ("clear", "closed")


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """One that nobody has used."""
    return Breaker("anthropic", "claude-haiku-5-5", uuid4().hex, clock)


def opened(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        breaker.failed(breaker.admit(longest=LONGEST))


def test_it_opens_after_so_many_faults_in_a_row_and_not_before(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        assert breaker.admit(longest=LONGEST) in MAY
        breaker.failed("closed")
    assert breaker.admit(longest=LONGEST) == "open"


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _ in range(FAILURES - 1):
        breaker.failed(breaker.admit(longest=LONGEST))
    breaker.succeeded("closed")
    for _ in range(FAILURES - 1):
        breaker.failed(breaker.admit(longest=LONGEST))
    assert breaker.admit(longest=LONGEST) in MAY


def test_an_answer_is_told_only_where_there_are_faults_to_forget(breaker: Breaker) -> None:
    assert breaker.admit(longest=LONGEST) == "clear"
    breaker.succeeded("clear")
    breaker.failed("clear")
    assert breaker.admit(longest=LONGEST) == "closed"
    breaker.succeeded("closed")
    assert breaker.admit(longest=LONGEST) == "clear"


def test_faults_that_lie_far_apart_do_not_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3 * FAILURES):
        breaker.failed(breaker.admit(longest=LONGEST))
        clock.now += WITHIN / 2
    assert breaker.admit(longest=LONGEST) in MAY


def test_after_its_time_one_may_probe_and_a_success_closes_it(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += OPEN - 0.001
    assert breaker.admit(longest=LONGEST) == "open"
    clock.now += 0.001
    assert [breaker.admit(longest=LONGEST) for _ in range(3)] == ["probe", "open", "open"]
    breaker.succeeded("closed")
    assert breaker.admit(longest=LONGEST) in MAY


def test_a_probe_that_fails_keeps_it_open_as_long_again(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += OPEN
    breaker.failed(breaker.admit(longest=LONGEST))
    clock.now += OPEN - 0.001
    assert breaker.admit(longest=LONGEST) == "open"
    clock.now += 0.001
    assert breaker.admit(longest=LONGEST) == "probe"


def test_a_probe_whose_worker_died_makes_room_for_another(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += OPEN
    assert breaker.admit(longest=LONGEST) == "probe"
    clock.now += LONGEST - 0.001
    assert breaker.admit(longest=LONGEST) == "open"
    clock.now += 0.001
    assert breaker.admit(longest=LONGEST) == "probe"


def test_who_was_let_through_before_it_opened_does_not_keep_it_open(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += OPEN - 1
    breaker.failed("closed")
    clock.now += 1
    assert breaker.admit(longest=LONGEST) == "probe"


def test_of_twenty_at_once_one_probes(breaker: Breaker, clock: Clock, at_once: Callable[..., list[Any]]) -> None:
    opened(breaker)
    clock.now += OPEN
    found = at_once(*[lambda: breaker.admit(longest=LONGEST)] * 20)
    assert sorted(found) == ["open"] * 19 + ["probe"]


def test_each_model_and_each_address_has_its_own(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    assert Breaker("anthropic", "claude-sonnet-5-5", breaker.address, clock).admit(longest=LONGEST) in MAY
    assert Breaker("anthropic", breaker.model, "elsewhere" + breaker.address, clock).admit(longest=LONGEST) in MAY
    assert Breaker("anthropic", breaker.model, breaker.address, clock).admit(longest=LONGEST) == "open"


def test_where_its_server_is_away_it_is_closed_and_nothing_is_raised(
    breaker: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(breaker)
    monkeypatch.setitem(settings.CACHES["default"], "LOCATION", "redis://127.0.0.1:9/1")
    assert breaker.admit(longest=LONGEST) in MAY
    breaker.failed("closed")
    breaker.succeeded("closed")
    monkeypatch.undo()
    assert breaker.admit(longest=LONGEST) == "open", "what it knew is there again"
