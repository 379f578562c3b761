"""The fragments for a commit in one statement do what `Lease.hold` and `finish` do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dispatch.leases import Lease, LeaseLost
from dispatch.models import Work
from dispatch.registry import GIVEN_BACK
from dispatch.services import MAX_ATTEMPTS, claim, finish, given_up, work_add
from dispatch.statements import Fragment, finished, held
from dispatch.worker import run_next

pytestmark = pytest.mark.committed
Add = Callable[..., None]
LATER = timezone.now() + timedelta(hours=1)


def take() -> Lease:
    taken = claim(queue="runs", worker="me")
    assert taken is not None
    return taken.lease


def commit(fragment: Fragment) -> bool:
    """A statement that does something under the lease: whether it did."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {fragment.sql}, told AS (INSERT INTO public.dispatch_work (id, owner, tenant, queue, handler, subject,"
            " priority, due_at, created_at, wakes, fence, worker, attempts, error) SELECT gen_random_uuid(),"
            " current_user, 'acacia', 'elsewhere', 'tests.told', 'told', 5, now(), now(), 1, 0, '', 0, '' FROM held"
            " RETURNING id) SELECT count(*) FROM told",
            fragment.params,
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def holds(lease: Lease) -> bool:
    """What Lease.hold says of the same."""
    try:
        with transaction.atomic():
            lease.hold(progress=False)
    except LeaseLost:
        return False
    return True


@pytest.mark.parametrize("fragment", [held, lambda lease: held(lease, progress=False), finished])
@pytest.mark.parametrize("fate", ["ours", "run out", "taken over", "given back", "another tenant's"])
def test_a_statement_commits_where_the_lease_holds_and_nowhere_else(
    add: Add, age: Callable[[], None], enter: Any, fragment: Callable[[Lease], Fragment], fate: str
) -> None:
    add("acacia")
    lease = take()
    if fate in ("run out", "taken over"):
        age()
    if fate == "taken over":
        take()
    if fate == "given back":
        finish(lease, again=LATER)
    before = Work.objects.get()
    with enter("harbour" if fate == "another tenant's" else "acacia"):
        expected = holds(lease)
        assert commit(fragment(lease)) is expected
    assert expected is (fate == "ours")
    if fate != "ours":
        after = Work.objects.get()
        assert (after.attempts, after.fence, after.leased_until) == (before.attempts, before.fence, before.leased_until)


@pytest.mark.parametrize("woken", [False, True])
@pytest.mark.parametrize("again", [None, LATER, timezone.now() - timedelta(hours=1)])
def test_the_row_is_given_back_as_finish_does(add: Add, rows: Any, enter: Any, woken: bool, again: Any) -> None:
    def left_by(subject: str, end: Callable[[Lease], Any]) -> Any:
        add("acacia", subject, due_at=LATER - timedelta(days=1))
        lease = take()
        with enter("acacia"):
            if woken:
                work_add(handler="tests.work", subject=subject)
            end(lease)
        row = rows().get(subject)
        soon = row and abs(row.due_at - timezone.now()) < timedelta(minutes=1)
        due = "soon" if soon else row and row.due_at
        left = row and (due, row.leased_until, row.attempts, row.error, row.wakes, row.fence, row.parked_at)
        Work.objects.all().delete()
        return left

    by_finish = left_by("one", lambda lease: finish(lease, again=again))
    assert left_by("two", lambda lease: commit(finished(lease, again))) == by_finish
    assert (by_finish is None) is (again is None and not woken)


def test_a_wake_up_that_is_committed_while_the_statement_waits_for_the_row_is_not_lost(
    add: Add, enter: Any, at_once: Callable[..., list[Any]], owner: Any
) -> None:
    add("acacia")
    lease = take()

    def finish_it() -> None:
        with enter("acacia"):
            assert commit(finished(lease))

    def wake_it() -> None:
        with enter("acacia"), transaction.atomic():
            work_add(handler="tests.work", subject="one")
            began.append(True)
            # Until the other waits for this transaction.
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
            while not owner.execute(waits).fetchone()[0]:
                pass

    began: list[bool] = []

    def after_it_began() -> None:
        while not began:
            pass
        finish_it()

    assert at_once(wake_it, after_it_began) == [None, None]
    row = Work.objects.get(handler="tests.work")
    assert (row.wakes, row.leased_until) == (2, None)


def test_progress_has_deaths_counted_anew_and_a_mere_beginning_has_not(add: Add, enter: Any) -> None:
    add("acacia")
    Work.objects.update(attempts=MAX_ATTEMPTS - 1)
    lease = take()
    with enter("acacia"):
        assert commit(held(lease, progress=False))
        assert given_up(lease)
        with transaction.atomic():
            lease.hold(progress=False)
        assert Work.objects.get(pk=lease.work).attempts == MAX_ATTEMPTS
        with pytest.raises(ValueError), transaction.atomic():
            lease.hold()
            raise ValueError
        assert Work.objects.get(pk=lease.work).attempts == MAX_ATTEMPTS  # what is rolled back is no progress
        with transaction.atomic():
            lease.hold()
        assert Work.objects.get(pk=lease.work).attempts == 0
        assert not given_up(lease)


def test_what_a_handler_gave_back_in_its_last_commit_is_left_as_it_is(add: Add, handle: Any) -> None:
    def gives_back(subject: str, lease: Lease) -> Any:
        assert commit(finished(lease, LATER))
        return GIVEN_BACK

    handle("tests.work", gives_back)
    add("acacia")
    assert run_next("runs")
    row = Work.objects.get(handler="tests.work")
    assert (row.due_at, row.leased_until, row.attempts) == (LATER, None, 0)


def test_work_that_fails_after_progress_is_not_parked_for_what_was_before(
    add: Add, handle: Any, age: Callable[..., None]
) -> None:
    def commits_then_fails(subject: str, lease: Lease) -> None:
        with transaction.atomic():
            lease.hold(progress=lease.fence == 1)
        raise ValueError("the next thing cannot be done")

    handle("tests.work", commits_then_fails)
    add("acacia")
    Work.objects.update(attempts=MAX_ATTEMPTS - 1)
    assert run_next("runs")
    assert Work.objects.get().parked_at is None
    for _ in range(MAX_ATTEMPTS):
        age()
        assert run_next("runs")
    assert Work.objects.get().parked_at is not None
