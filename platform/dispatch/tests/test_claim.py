"""Claiming: fair between tenants, by priority and age, never one row twice."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from dispatch.models import Work
from dispatch.services import TENANT_CONCURRENCY, Claim, claim, due_by_queue, finish

pytestmark = pytest.mark.committed
Add = Callable[..., None]


def take(queue: str = "runs") -> Claim | None:
    return claim(queue=queue, worker="me")


def take_and_finish() -> Claim | None:
    taken = take()
    if taken:
        finish(taken.lease)
    return taken


def test_nothing_is_claimed_where_nothing_is_due(add: Add) -> None:
    assert take() is None
    add("acacia", queue="ai")
    add("acacia", "later", due_at=timezone.now() + timedelta(minutes=1))
    assert take() is None
    assert due_by_queue() == {"ai": 1}


def test_a_claim_says_what_for_whom_and_leases_the_row(add: Add) -> None:
    add("acacia")
    taken = take()
    assert taken is not None
    assert (taken.tenant, taken.handler, taken.subject) == ("acacia", "tests.work", "one")
    assert (taken.lease.fence, taken.lease.wakes, taken.lease.attempts) == (1, 1, 1)
    row = Work.objects.get()
    assert row.worker == "me"
    assert row.leased_until is not None
    assert timedelta(seconds=15) < row.leased_until - timezone.now() <= timedelta(seconds=21)
    assert take() is None


def test_a_flood_of_one_tenant_does_not_delay_another(add: Add) -> None:
    for number in range(30):
        add("acacia", f"flood {number}")
    assert take_and_finish() is not None
    add("harbour")
    taken = take_and_finish()
    assert taken is not None
    assert taken.tenant == "harbour"


def test_tenants_take_turns(add: Add) -> None:
    for number in range(12):
        add("acacia", f"a {number}")
    for number in range(6):
        add("harbour", f"h {number}")
    order = [taken.tenant for taken in iter(take_and_finish, None)]
    assert len(order) == 18
    turns = order[:12]
    assert all(first != second for first, second in pairwise(turns))
    assert order[12:] == ["acacia"] * 6


def test_within_a_tenant_what_is_urgent_goes_first_until_the_other_is_old(add: Add, age: Callable[..., None]) -> None:
    add("acacia", "usual", priority=5)
    add("acacia", "urgent", priority=3)
    add("acacia", "old", priority=5)
    age("old", seconds=180)
    order = [taken.subject for taken in iter(take_and_finish, None)]
    assert order == ["old", "urgent", "usual"]


def test_of_the_same_priority_the_one_due_first_goes_first(add: Add, age: Callable[..., None]) -> None:
    for subject, seconds in (("b", 20), ("a", 30), ("c", 10)):
        add("acacia", subject)
        age(subject, seconds=seconds)
    assert [taken.subject for taken in iter(take_and_finish, None)] == ["a", "b", "c"]


def test_a_tenant_has_so_many_rows_worked_on_at_once_and_no_more(add: Add) -> None:
    for number in range(TENANT_CONCURRENCY + 2):
        add("acacia", f"a {number}")
    add("acacia", "elsewhere", queue="ai")
    taken = [take() for _ in range(TENANT_CONCURRENCY)]
    assert all(taken)
    assert take() is None
    assert take("ai") is not None  # each queue counts for itself
    add("harbour")
    other = take()
    assert other is not None
    assert other.tenant == "harbour"
    assert taken[0] is not None
    finish(taken[0].lease)
    assert take() is not None
    assert take() is None


def test_leases_that_ran_out_do_not_count_as_being_worked_on(add: Add, age: Callable[..., None]) -> None:
    for number in range(TENANT_CONCURRENCY):
        add("acacia", f"a {number}")
        assert take() is not None
        age(f"a {number}")
    add("acacia", "next")
    assert take() is not None


def test_parked_rows_are_left_alone(add: Add) -> None:
    add("acacia")
    Work.objects.update(parked_at=timezone.now())
    assert take() is None
    assert due_by_queue() == {}


def test_a_row_that_another_is_just_claiming_is_passed_over_without_waiting(
    add: Add, at_once: Callable[..., list[Any]]
) -> None:
    add("acacia")
    with transaction.atomic():
        assert take() is not None
        assert at_once(take) == [None]
        add_in_thread = at_once(lambda: add("harbour"), lambda: None)
        assert add_in_thread == [None, None]
        [other] = at_once(take)
        assert other.tenant == "harbour"


def test_no_row_is_ever_claimed_twice(add: Add, at_once: Callable[..., list[Any]]) -> None:
    for number in range(20):
        add("acacia", f"a {number}")
        add("harbour", f"h {number}")
    # Claims at the same moment may meet a row that is just taken: who finds nothing looks again.
    outcomes = at_once(*[lambda: [taken for _ in range(40) if (taken := take_and_finish())]] * 4)
    taken = [one.subject for outcome in outcomes for one in outcome]
    assert Counter(taken).most_common(1)[0][1] == 1
    assert len(taken) == 40
    assert not Work.objects.exists()
