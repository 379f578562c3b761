"""Adding work: one row for one subject, in the transaction of its cause, and a message that says nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from dispatch.models import Work
from dispatch.services import claim, work_add, work_cancel

pytestmark = pytest.mark.committed
Add = Callable[..., None]
Rows = Callable[[], dict[str, Work]]


def test_work_is_due_at_once_for_the_tenant_that_adds_it(add: Add, rows: Rows) -> None:
    add("acacia", queue="ai", priority=3)
    row = rows()["one"]
    assert (row.tenant, row.handler, row.queue, row.priority, row.wakes, row.fence, row.attempts) == (
        "acacia", "tests.work", "ai", 3, 1, 0, 0,
    )  # fmt: skip
    assert row.leased_until is None
    assert abs(row.due_at - timezone.now()) < timedelta(seconds=5)


def test_adding_it_again_wakes_the_same_row(add: Add, rows: Rows) -> None:
    later = timezone.now() + timedelta(hours=1)
    add("acacia", due_at=later)
    assert claim(queue="runs", worker="me") is None
    add("acacia")
    assert rows()["one"].wakes == 2
    assert claim(queue="runs", worker="me") is not None


def test_adding_it_for_later_does_not_put_off_what_is_due(add: Add, rows: Rows) -> None:
    add("acacia")
    add("acacia", due_at=timezone.now() + timedelta(hours=1))
    assert rows()["one"].due_at <= timezone.now()


def test_subjects_handlers_and_tenants_have_rows_of_their_own(add: Add) -> None:
    add("acacia")
    add("acacia", "two")
    add("acacia", handler="tests.other")
    add("harbour")
    assert Work.objects.count() == 4


def test_work_falls_with_its_cause(in_committed_acacia: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        work_add(handler="tests.work", subject="one")
        raise ZeroDivisionError
    assert not Work.objects.exists()


def test_the_wake_up_goes_out_after_the_commit_and_only_for_what_is_due(
    in_acacia: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as now:
        work_add(handler="tests.work", subject="now")
    with django_capture_on_commit_callbacks() as later:
        work_add(handler="tests.work", subject="later", due_at=timezone.now() + timedelta(minutes=1))
    assert (len(now), len(later)) == (1, 0)


def test_the_wake_up_finds_the_row_also_where_no_transaction_was_open(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    monkeypatch.setattr("dispatch.services.wake", lambda queue: found.append(Work.objects.count()))
    add("acacia")
    assert found == [1], "a worker that looks too soon finds nothing, and the row waits for the scheduler"


def test_work_that_nobody_began_can_be_taken_back(add: Add, enter: Any) -> None:
    add("acacia")
    add("harbour")
    with enter("acacia"):
        work_cancel(handler="tests.work", subject="one")
        work_cancel(handler="tests.work", subject="none")
    assert [row.tenant for row in Work.objects.all()] == ["harbour"]


def test_work_that_is_being_done_is_not_taken_back(add: Add, enter: Any) -> None:
    add("acacia")
    assert claim(queue="runs", worker="me") is not None
    with enter("acacia"):
        work_cancel(handler="tests.work", subject="one")
    assert Work.objects.count() == 1


def test_parked_work_that_is_added_again_starts_afresh(add: Add, rows: Rows) -> None:
    add("acacia")
    Work.objects.update(parked_at=timezone.now(), attempts=5)
    assert claim(queue="runs", worker="me") is None
    add("acacia")
    row = rows()["one"]
    assert (row.parked_at, row.attempts) == (None, 0)
    assert claim(queue="runs", worker="me") is not None


def test_many_that_add_the_same_at_once_make_one_row(add: Add, at_once: Callable[..., list[Any]], rows: Rows) -> None:
    assert at_once(*[lambda: add("acacia")] * 6) == [None] * 6
    assert rows()["one"].wakes == 6
