"""Retention: what was pruned is told of, and what remains still verifies; anything else that is missing is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Entry, Leaf
from audit.pruning import EVENT, Pruned, prune
from audit.services import Actor, record
from audit.tests.sealed import event_known, sealed, write
from audit.tests.tampering import sql, triggers_off
from audit.verification import Verdict, verify

POLICY = Actor.system("retention")
ENTRIES = 30


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


@pytest.fixture
def old(as_owner: None, enter: Any) -> Iterator[list[UUID]]:
    """Entries of acacia that are sealed, some in each seal; entered as owner."""
    with enter("acacia"):
        write(ENTRIES)
        sealed(batch=7)
        yield list(Leaf.objects.order_by("seq").values_list("entry", flat=True))


def pruned(before: datetime | None = None) -> Pruned:
    return prune(before=before or timezone.now() + timedelta(minutes=1), actor=POLICY)


def verdict() -> Verdict:
    sealed()
    return verify()


def test_what_was_pruned_is_gone_and_the_ledger_verifies_and_says_so(old: list[UUID]) -> None:
    head = verify().head
    done = pruned()
    assert done == Pruned(len(old), len(old))
    assert not Entry.objects.filter(pk__in=old).exists()
    told, [said] = verdict(), Entry.objects.filter(body__contains={"event": EVENT})
    assert told.broken is None
    assert told.head != head
    assert told.pruned is not None
    assert (told.pruned.entries, told.pruned.up_to, told.pruned.recorded) == (len(old), len(old), said.pk)
    assert told.statements[-1] == (
        f"Pruned by policy: {len(old)} up to {len(old)}, recorded in entry {said.pk}; their hashes still hold."
    )


def test_only_what_is_older_goes_and_entries_are_added_as_before(old: list[UUID]) -> None:
    limit = timezone.now()
    young = write(5)
    sealed()
    pruned(limit)
    # UUIDv7 tell milliseconds, and other entries of acacia may lie in between: none of the five is older.
    assert Entry.objects.filter(pk__in=young).count() == 5
    assert Entry.objects.filter(pk__in=old).count() < len(old)
    write(3)
    assert verdict().holds


def test_pruning_again_keeps_what_says_that_others_were_pruned(old: list[UUID]) -> None:
    pruned()
    write(4)
    sealed()
    pruned()
    told = verdict()
    assert told.broken is None
    assert Entry.objects.filter(body__contains={"event": EVENT}).count() == 2
    assert pruned(datetime(2020, 1, 1, tzinfo=UTC)).entries == 0


def test_an_entry_that_is_missing_elsewhere_is_still_found(old: list[UUID]) -> None:
    pruned()
    [gone] = write(1)
    sealed()
    with transaction.atomic():
        triggers_off()
        sql("DELETE FROM audit_entry WHERE id = %s", gone)
        broken = verify().broken
        transaction.set_rollback(True)
    assert broken is not None
    assert broken.entry == gone


def test_an_entry_cannot_say_beforehand_what_will_be_missing(old: list[UUID]) -> None:
    with transaction.atomic():
        far = {"first": 1, "last": 10_000, "before": "2020-01-01T00:00:00.000000Z"}
        record(event=EVENT, target="ledger:entries", actor=POLICY, data=far)
    sealed()
    with transaction.atomic():
        triggers_off()
        sql("DELETE FROM audit_entry WHERE id = %s", old[3])
        broken = verify().broken
        transaction.set_rollback(True)
    assert broken is not None
    assert broken.entry == old[3]


def test_a_prune_that_died_is_finished_by_the_next(old: list[UUID]) -> None:
    with transaction.atomic():
        data = {"first": 1, "last": len(old), "before": "2020-01-01T00:00:00.000000Z"}
        record(event=EVENT, target="ledger:entries", actor=POLICY, data=data)
    assert verdict().holds, "what is there yet verifies as ever"
    done = pruned(datetime(2020, 1, 1, tzinfo=UTC))
    assert done.entries == len(old)
    assert verdict().holds


def test_the_applications_login_can_prune_nothing(in_committed_acacia: None) -> None:
    write(3)
    sealed()
    count = Entry.objects.count()
    with pytest.raises(DatabaseError, match="must be owner"):
        prune(before=timezone.now() + timedelta(minutes=1), actor=POLICY)
    connection.rollback()
    assert Entry.objects.filter(body__contains={"event": "tests.sealed"}).count() == 3
    assert Entry.objects.count() >= count
    assert verify().holds


def test_the_command_refuses_a_date_that_is_not_past_and_says_what_it_did(old: list[UUID]) -> None:
    with pytest.raises(CommandError, match="at least 30 days back"):
        call_command("prune_audit", "acacia", "--before", timezone.now().date().isoformat())
    out = StringIO()
    call_command("prune_audit", "acacia", "--before", "2020-01-01", stdout=out)
    assert out.getvalue().split() == ["acacia", "0", "entries", "removed,", "up", "to", "0"]
    assert Entry.objects.filter(pk__in=old).count() == len(old)
