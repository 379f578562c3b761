"""Leases: who lost theirs commits nothing, who holds one is not overtaken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dispatch.leases import Lease, LeaseLost, renewer
from dispatch.models import Heartbeat, Work
from dispatch.services import claim, fail, finish

pytestmark = pytest.mark.committed
Add = Callable[..., None]


def take() -> Lease:
    taken = claim(queue="runs", worker="me")
    assert taken is not None
    return taken.lease


@pytest.fixture
def lease(add: Add) -> Lease:
    """A lease on a row of acacia."""
    add("acacia")
    return take()


def test_a_lease_that_ran_out_goes_to_the_next_with_a_higher_fence(lease: Lease, age: Callable[[], None]) -> None:
    age()
    second = take()
    assert second.work == lease.work
    assert (lease.fence, second.fence) == (1, 2)
    assert (lease.attempts, second.attempts) == (1, 2)


def test_who_lost_the_lease_commits_nothing(lease: Lease, age: Callable[[], None], enter: Any) -> None:
    age()
    second = take()
    with enter("acacia"):
        with pytest.raises(LeaseLost), transaction.atomic():
            Work.objects.filter(pk=lease.work).update(error="written by the first")
            lease.hold()
        with transaction.atomic():
            second.hold()
            Work.objects.filter(pk=lease.work).update(error="written by the second")
    assert Work.objects.get().error == "written by the second"
    assert lease.lost.is_set()
    assert not second.lost.is_set()


def test_who_is_past_the_lease_commits_nothing_even_if_nobody_took_over(
    lease: Lease, age: Callable[[], None], enter: Any
) -> None:
    age()
    with enter("acacia"), pytest.raises(LeaseLost), transaction.atomic():
        lease.hold()


def test_a_row_that_is_held_cannot_be_taken_over_before_the_commit(
    lease: Lease, age: Callable[[], None], at_once: Callable[..., list[Any]], enter: Any
) -> None:
    with enter("acacia"), transaction.atomic():
        lease.hold()
        age()  # time passes while we are at it
        assert at_once(lambda: claim(queue="runs", worker="other")) == [None]
    assert take().fence == 2


def test_holding_needs_a_transaction(lease: Lease, enter: Any) -> None:
    with enter("acacia"), pytest.raises(RuntimeError, match="open one around it"):
        lease.hold()


def test_another_tenant_cannot_hold_it(lease: Lease, enter: Any) -> None:
    with enter("harbour"), pytest.raises(LeaseLost), transaction.atomic():
        lease.hold()


@pytest.mark.parametrize("end", [finish, lambda lease: fail(lease, error="late", parked=True)])
def test_who_lost_the_lease_does_not_give_back_the_others(
    lease: Lease, age: Callable[[], None], end: Callable[[Lease], None]
) -> None:
    age()
    second = take()
    end(lease)
    row = Work.objects.get()
    assert (row.fence, row.error, row.parked_at) == (second.fence, "", None)
    assert row.leased_until is not None


def remaining(lease: Lease) -> timedelta:
    until = Work.objects.get(pk=lease.work).leased_until
    return until - timezone.now() if until else timedelta(0)


def test_renewing_prolongs_a_lease_and_tells_who_has_lost_theirs(
    lease: Lease, add: Add, age: Callable[..., None]
) -> None:
    age()
    second = take()
    Work.objects.update(leased_until=timezone.now() + timedelta(seconds=1))
    renewer._renew([lease, second])
    assert remaining(second) > timedelta(seconds=15)
    assert lease.lost.is_set()
    assert not second.lost.is_set()


def test_renewing_what_was_given_back_a_moment_ago_does_not_hide_it(lease: Lease, age: Callable[[], None]) -> None:
    finish(lease, again=timezone.now())
    renewer._renew([lease])
    assert Work.objects.get().leased_until is None
    age()  # what is given back is due in a second at the earliest
    assert take().fence == 2


def test_a_transaction_of_one_holder_does_not_stop_the_renewal_of_the_others(
    lease: Lease, add: Add, at_once: Callable[..., list[Any]], enter: Any
) -> None:
    add("acacia", "two")
    second = take()
    Work.objects.update(leased_until=timezone.now() + timedelta(seconds=1))

    def renew() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        renewer._renew([lease, second])

    with enter("acacia"), transaction.atomic():
        lease.hold()
        assert at_once(renew) == [None]
    assert remaining(second) > timedelta(seconds=15)
    assert not lease.lost.is_set()


def test_giving_up_a_lost_lease_does_not_end_the_renewal_of_the_one_that_took_over(
    lease: Lease, age: Callable[[], None]
) -> None:
    renewer.add(lease)
    age()
    second = take()
    renewer.add(second)
    renewer.remove(lease)
    assert renewer._leases == {second}
    renewer.remove(second)


def test_a_database_that_is_away_takes_no_lease_from_anybody(lease: Lease, at_once: Any) -> None:
    def renew() -> None:
        connection.ensure_connection()
        connection.connection.close()  # the server is gone in the middle
        renewer._renew([lease])

    assert at_once(renew) == [None]
    assert not lease.lost.is_set()


def test_the_process_renews_while_it_has_leases_and_stops_after(lease: Lease) -> None:
    renewer.add(lease)
    thread = renewer._thread
    assert thread is not None
    assert thread.is_alive()
    renewer.remove(lease)
    thread.join(timeout=60)
    assert not thread.is_alive()
    renewer.add(lease)
    assert renewer._thread is not None
    assert renewer._thread is not thread
    renewer.remove(lease)
    assert not Heartbeat.objects.exists()
