"""Sealing: each entry gets one place, in one batch, whenever its transaction commits; nothing forks, nothing changes."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction
from psycopg.errors import InsufficientPrivilege

from audit.heads import NO_FORMER, head_hash
from audit.keys import public_keys
from audit.merkle import leaf_hash, root
from audit.models import Entry, Leaf, Seal
from audit.sealing import TAKE, seal_all, seal_next
from audit.selectors import entries, views
from audit.tests.sealed import EVENT, event_known, sealed, write
from audit.verification import verify


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


def placed() -> list[UUID]:
    """The entries that have a place, by it."""
    return list(Leaf.objects.order_by("seq").values_list("entry", flat=True))


def test_entries_get_their_places_in_signed_heads_that_name_each_other(in_committed_acacia: None) -> None:
    sealed()
    before = Leaf.objects.count()
    written = write(7)
    sealed(batch=3)
    assert placed()[before:] == written
    seals = list(Seal.objects.order_by("number"))
    assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
    former, last = NO_FORMER, 0
    for seal in seals:
        texts = [
            Entry.objects.get(pk=leaf.entry).text for leaf in Leaf.objects.filter(seal=seal.number).order_by("seq")
        ]
        assert bytes(seal.root) == root([leaf_hash(text) for text in texts])
        assert (bytes(seal.former), seal.first_seq, seal.last_seq) == (former, last + 1, last + len(texts))
        assert public_keys()[seal.key].signed(seal.head.encode(), bytes(seal.signature))
        former, last = head_hash(seal.head), seal.last_seq
    assert verify().holds


def test_where_nothing_was_written_nothing_is_sealed(in_committed_acacia: None) -> None:
    write(1)
    number = sealed().seal
    again = seal_all()
    assert (again.seal, again.taken, again.waiting_since) == (number, 0, None)
    assert Seal.objects.count() == number


def test_a_writer_that_commits_after_three_rounds_loses_nothing_and_comes_between_none(
    in_committed_acacia: None, enter: Any
) -> None:
    sealed()
    begun, may_end = threading.Event(), threading.Event()

    def late() -> list[UUID]:
        try:
            with enter("acacia"), transaction.atomic():
                first = write(1)
                begun.set()
                assert may_end.wait(60)
                return first + write(1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(late)
        try:
            assert begun.wait(60)
            quick: list[UUID] = []
            for _ in range(3):
                quick += write(2)
                round_ = seal_all()
                # What was written meanwhile waits, and is told.
                assert not set(quick) & set(placed())
                assert round_.waiting_since is not None
                assert abs(round_.waiting_since - datetime.now(UTC)) < timedelta(minutes=5)
        finally:
            may_end.set()
        slow = outcome.result(60)
    sealed()
    found = placed()
    assert set(quick) | set(slow) <= set(found)
    assert len(found) == len(set(found)) == Entry.objects.count()
    assert verify().holds


def test_eight_writers_and_two_sealers_lose_nothing_and_fork_nothing(
    in_committed_acacia: None, at_once: Callable[..., list[Any]], enter: Any
) -> None:
    each = 60
    done = threading.Event()

    def writer() -> int:
        with enter("acacia"):
            return len(write(each, together=3))

    def sealer() -> int:
        rounds = 0
        with enter("acacia"):
            while not done.is_set() or rounds == 0:
                seal_all(batch=17)
                rounds += 1
        return rounds

    def writers() -> list[Any]:
        try:
            return at_once(*[writer] * 8)
        finally:
            done.set()

    wrote, *rounds = at_once(writers, sealer, sealer)
    assert wrote == [each] * 8
    assert all(isinstance(number, int) for number in rounds), rounds
    sealed(batch=17)
    seals = list(Seal.objects.order_by("number"))
    assert len({bytes(seal.former) for seal in seals}) == len(seals)
    assert Leaf.objects.count() == Entry.objects.count() >= 8 * each
    verdict = verify()
    assert (verdict.broken, verdict.waiting) == (None, 0)


def test_a_round_that_is_undone_leaves_no_gap(in_committed_acacia: None) -> None:
    sealed()
    count = Leaf.objects.count()
    written = write(3)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        seal_next()
        raise ZeroDivisionError
    assert Leaf.objects.count() == count
    sealed()
    assert placed()[count:] == written


def test_a_ledger_that_was_copied_to_a_server_which_has_counted_less_is_sealed_on(
    in_committed_acacia: None, owner: psycopg.Connection[Any]
) -> None:
    write(2)
    sealed()
    # As if all of this had been written elsewhere, by transactions that this server has yet to come to.
    for table, change in (("audit_entry", "xid = (xid::text::bigint + 1000000000)::text::xid8"),
                          ("audit_seal", "horizon = horizon + 1000000000")):  # fmt: skip
        owner.execute(f"ALTER TABLE acacia.{table} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE acacia.{table} SET {change}")
        owner.execute(f"ALTER TABLE acacia.{table} ENABLE TRIGGER USER")
    written = write(2)
    waiting = verify()
    assert (waiting.broken, waiting.waiting) == (None, 2)
    sealed()
    # What the sealer says itself may come first: the others wait while anybody else on the server is in a transaction.
    newest = placed()[-3:]
    [copied] = set(newest) - set(written)
    assert [entry for entry in newest if entry != copied] == written
    assert Entry.objects.get(pk=copied).body["event"] == "audit.copied", "said once, and by itself"
    assert seal_all().taken == 0
    assert (verify().broken, verify().waiting) == (None, 0)


def test_a_copied_ledger_that_rests_until_its_new_server_has_counted_as_far_loses_nothing(
    in_committed_acacia: None, owner: psycopg.Connection[Any], enter: Any
) -> None:
    write(2)
    sealed()
    # The server that it was copied from had counted so many transactions further than this one.
    ahead = 40
    row = owner.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
    assert row is not None
    owner.execute("ALTER TABLE acacia.audit_seal DISABLE TRIGGER USER")
    owner.execute("UPDATE acacia.audit_seal SET horizon = %s", [row[0] + ahead])
    owner.execute("ALTER TABLE acacia.audit_seal ENABLE TRIGGER USER")
    seal_all()
    begun, may_end = threading.Event(), threading.Event()

    def late() -> list[UUID]:
        try:
            with enter("acacia"), transaction.atomic():
                written = write(1)
                begun.set()
                assert may_end.wait(60)
                return written
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(late)
        try:
            assert begun.wait(60)
            for _ in range(ahead + 5):
                owner.execute("SELECT pg_current_xact_id()")
            seal_all()
        finally:
            may_end.set()
        [slow] = outcome.result(60)
    sealed()
    assert slow in placed()
    assert verify().holds


def test_a_large_ledger_is_not_read_to_find_what_is_new(
    in_committed_acacia: None, owner: psycopg.Connection[Any]
) -> None:
    write(400, together=50)
    sealed()
    owner.execute("ANALYZE acacia.audit_entry, acacia.audit_leaf")
    write(3)
    horizon = str(Seal.objects.order_by("-number")[0].horizon)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # of few pages it is the cheapest plan
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {TAKE}",
            {"horizon": horizon, "batch": 5000, "former_seq": 10**6, "number": 10**6},
        )
        [[[plan]]] = cursor.fetchall()
        transaction.set_rollback(True)

    def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for child in node.get("Plans", []):
            yield from nodes(child)

    read = [node for node in nodes(plan["Plan"]) if node.get("Relation Name") in ("audit_entry", "audit_leaf")]
    assert read
    for node in read:
        assert (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] <= 3, node


# --- nothing changes ---------------------------------------------------------------------------

TABLES = ["audit_entry", "audit_leaf", "audit_seal"]
CHANGES = {
    "UPDATE": "UPDATE {} SET {} = {}",
    "DELETE": "DELETE FROM {}",
    "TRUNCATE": "TRUNCATE {}",
    "DISABLE TRIGGER": "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TRIGGER": "DROP TRIGGER {}_append_only ON {}",
}
COLUMN = {"audit_entry": "text", "audit_leaf": "seq", "audit_seal": "head"}


@pytest.mark.parametrize("act", CHANGES)
@pytest.mark.parametrize("table", TABLES)
def test_the_app_may_neither_change_nor_unguard_what_is_sealed(in_acacia: None, table: str, act: str) -> None:
    named = (table, COLUMN[table], COLUMN[table]) if act == "UPDATE" else (table, table)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner") as caught, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CHANGES[act].format(*named))
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)


@pytest.mark.parametrize("act", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", TABLES)
def test_not_even_the_owner_changes_what_is_sealed_by_mistake(
    in_committed_acacia: None, owner: psycopg.Connection[Any], table: str, act: str
) -> None:
    write(1)
    sealed()
    with pytest.raises(InsufficientPrivilege, match=rf"append-only: {act} refused"):
        owner.execute(CHANGES[act].format(f"acacia.{table}", COLUMN[table], COLUMN[table]))


def test_an_entry_is_shown_with_its_place_and_seal_once_it_has_them(in_committed_acacia: None) -> None:
    [ident] = write(1)
    sealed()
    last = Seal.objects.order_by("-number")[0]
    [later] = write(1)
    shown = {view.id: (view.seq, view.seal) for view in views(entries(event=EVENT))}
    assert shown[ident] == (last.last_seq, last.number)
    assert shown[later] == (None, None)
