"""The ledger while other things happen: sealers that die anywhere, prunes and verifications at once, runs that wait."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from approvals.services import approval_decide
from audit.models import Entry, Leaf, Seal
from audit.pruning import prune
from audit.sealing import seal_next
from audit.services import Actor
from audit.tests.sealed import event_known, sealed, write
from audit.verification import Broken, verify
from conftest import Cast, _login
from tenants.selectors import tenant_context
from tests.story import Asked, due_now, person
from workflows.selectors import run_get

POLICY = Actor.system("retention")


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


class Died(Exception):
    """Where a sealer died."""


def test_a_sealer_that_dies_at_any_statement_leaves_nothing_lost_and_nothing_twice(in_committed_acacia: None) -> None:
    write(3)
    sealed()
    count, left = Leaf.objects.count(), [0]

    def dying(execute: Callable[..., Any], *given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Died
        return execute(*given)

    written, died = write(5), 0
    for statements in range(50):
        left[0] = statements
        try:
            with connection.execute_wrapper(dying), transaction.atomic():
                seal_next()
        except Died:
            died += 1
            assert (Leaf.objects.count(), Seal.objects.order_by("-number")[0].last_seq) == (count, count)
            continue
        break
    assert died >= 4, "it asks the lock, the last seal, the horizon, the entries"
    sealed()
    places = list(Leaf.objects.filter(entry__in=written).values_list("entry", flat=True))
    assert sorted(places) == sorted(written)
    assert verify().holds


def test_verifying_while_entries_are_pruned_and_written_finds_nothing_broken(
    as_owner: None, at_once: Callable[..., list[Any]]
) -> None:
    with tenant_context("acacia"):
        write(200, together=20)
        sealed(batch=40)
    done = threading.Event()

    def verifier() -> list[Broken | None]:
        found: list[Broken | None] = []
        with tenant_context("acacia"):
            while not done.is_set() or not found:
                found.append(verify().broken)
        return found

    def pruner() -> int:
        gone = 0
        try:
            with tenant_context("acacia"):
                for _ in range(4):
                    gone += prune(before=timezone.now() + timedelta(minutes=1), actor=POLICY).entries
                    write(10)
                    sealed()
        finally:
            done.set()
        return gone

    gone, *found = at_once(pruner, verifier, verifier)
    assert isinstance(gone, int), gone
    assert gone >= 200
    for broken in found:
        assert isinstance(broken, list), broken
        assert set(broken) == {None}
    with tenant_context("acacia"):
        assert verify().holds


def test_two_prunes_at_once_are_one(as_owner: None, at_once: Callable[..., list[Any]]) -> None:
    with tenant_context("acacia"):
        write(60, together=10)
        sealed(batch=20)

    def pruner() -> int:
        with tenant_context("acacia"):
            return prune(before=timezone.now() + timedelta(minutes=1), actor=POLICY).entries

    outcomes = at_once(pruner, pruner)
    # One may give up its wait for the other, and is run again.
    assert all(isinstance(each, int | OperationalError) for each in outcomes), outcomes
    assert any(isinstance(each, int) for each in outcomes), outcomes
    with tenant_context("acacia"):
        assert verify().holds


def test_a_run_whose_entries_were_pruned_while_it_waited_is_decided_and_carried_out(
    asked: Asked, cast: Cast, work: Callable[[], None], owner: Any
) -> None:
    sealed()
    connections.close_all()
    _login(settings.COUNTERSIGN.database_owner_url, tenant_roles=False)
    try:
        with tenant_context("acacia"):
            assert prune(before=timezone.now() + timedelta(minutes=1), actor=POLICY).entries > 10
    finally:
        connections.close_all()
        _login(settings.COUNTERSIGN.database_url, tenant_roles=True)
    with tenant_context("acacia"):
        assert not Entry.objects.filter(body__run=str(asked.run.id)).exists()
        approval_decide(
            approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
        )
        work()
        due_now(owner)
        work()
    with tenant_context("acacia"):
        run = run_get(asked.run.id)
        assert run is not None
        assert run.status == "succeeded"
        sealed()
        assert verify().holds
