"""Verifying: what was done to a sealed ledger is found, and what cannot be is found with heads kept elsewhere."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from uuid_utils.compat import uuid7

from audit.errors import NoHeads
from audit.heads import append, kept_read
from audit.keeping import head_last
from audit.models import Entry, Leaf, Seal
from audit.sealing import ledger_id
from audit.services import record
from audit.tests import tampering
from audit.tests.sealed import EVENT, TESTS, event_known, sealed, write
from audit.tests.tampering import ACTS, Act
from audit.verification import Heads, heads_from, verify

ENTRIES = 60


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


@dataclass(frozen=True)
class Kept:
    """A sealed ledger of acacia, entered as owner, and the file that its last head was kept in."""

    file: Path
    heads: Heads


@pytest.fixture
def kept(as_owner: None, enter: Any, tmp_path: Path) -> Iterator[Kept]:
    with enter("acacia"):
        write(ENTRIES, together=2)
        sealed(batch=25)
        head = head_last()
        assert head is not None
        append(tmp_path / "heads.jsonl", [head.head])
        yield Kept(tmp_path / "heads.jsonl", heads_from(tmp_path / "heads.jsonl"))


def test_a_sealed_ledger_says_three_things(in_committed_acacia: None, tmp_path: Path) -> None:
    write(5)
    sealed()
    count = Leaf.objects.count()
    write(3)
    alone = verify()
    assert alone.statements[:2] == (f"Sealed up to {count}.", "3 not yet sealed.")
    assert alone.statements[2] == "Its heads are kept only on this server."
    head = head_last()
    assert head is not None
    assert alone.head == head.head.hash
    append(tmp_path / "heads.jsonl", [head.head])
    beside = verify(heads=heads_from(tmp_path / "heads.jsonl"))
    number = Seal.objects.count()
    assert beside.statements[2] == (
        f"Agrees with the last head kept at {tmp_path}/heads.jsonl: number {number}, up to {count}."
    )


def test_a_ledger_of_which_nothing_is_sealed_says_so(in_committed_acacia: None) -> None:
    write(1)
    waits = Entry.objects.count() - Leaf.objects.count()
    verdict = verify()
    assert verdict.holds
    assert verdict.waiting == waits
    if not Leaf.objects.exists():
        assert verdict.statements[0] == "Nothing is sealed yet."


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_an_owner_does_to_a_sealed_ledger_is_found(kept: Kept, act: Act) -> None:
    """Ten times each, at random; `make ledger` does it a thousand times."""
    for seed in range(10):
        with transaction.atomic():
            tampering.triggers_off()
            act(random.Random(f"{act.__name__} {seed}"))
            verdict = verify(heads=kept.heads)
            transaction.set_rollback(True)
        assert not verdict.holds, f"{act.__name__} with the seed {seed} was not found"
    assert verify(heads=kept.heads).holds


def test_what_is_broken_first_is_named_with_its_place(kept: Kept) -> None:
    place = Leaf.objects.count() - 40
    leaf = Leaf.objects.get(seq=place)
    text = Entry.objects.get(pk=leaf.entry).text
    with transaction.atomic():
        tampering.triggers_off()
        later = Leaf.objects.get(seq=place + 20).entry
        tampering.sql("DELETE FROM audit_entry WHERE id = %s", later)
        tampering.sql("UPDATE audit_entry SET text = %s WHERE id = %s", text.replace("thing", "think"), leaf.entry)
        verdict = verify()
        transaction.set_rollback(True)
    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.broken.entry, verdict.broken.seal) == (place, leaf.entry, leaf.seal)
    assert verdict.statements == (f"Entry {place}, {leaf.entry}, was changed.",)


def test_a_tail_cut_off_whole_is_found_with_a_kept_head_only(kept: Kept) -> None:
    with transaction.atomic():
        tampering.triggers_off()
        last = Seal.objects.order_by("-number")[0]
        tampering.sql("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM audit_leaf WHERE seal = %s)", last.number)
        tampering.sql("DELETE FROM audit_leaf WHERE seal = %s", last.number)
        tampering.sql("DELETE FROM audit_seal WHERE number = %s", last.number)
        alone, beside = verify(), verify(heads=kept.heads)
        transaction.set_rollback(True)
    assert alone.holds
    assert beside.broken is not None
    assert (beside.broken.seal, beside.broken.seq) == (last.number, last.first_seq)


def test_everything_sealed_anew_with_the_stolen_key_is_found_with_a_kept_head_only(kept: Kept) -> None:
    with transaction.atomic():
        tampering.triggers_off()
        tampering.edit(random.Random(1))
        tampering.sealed_anew()
        alone, beside = verify(), verify(heads=kept.heads)
        transaction.set_rollback(True)
    assert alone.holds
    assert beside.broken is not None
    assert "made anew" in beside.broken.what


def test_a_head_that_no_known_key_has_signed_is_found(kept: Kept) -> None:
    with transaction.atomic():
        tampering.triggers_off()
        tampering.sql("UPDATE audit_seal SET key = %s WHERE number = 1", "f" * 64)
        verdict = verify()
        transaction.set_rollback(True)
    assert verdict.broken is not None
    assert verdict.broken.seal == 1


def test_pages_cannot_be_made_to_show_another_body_than_the_sealed_text(kept: Kept) -> None:
    with transaction.atomic():
        tampering.triggers_off()
        tampering.sql("ALTER TABLE audit_entry ALTER COLUMN body DROP EXPRESSION")
        tampering.sql('UPDATE audit_entry SET body = body || \'{"actor": "person:another"}\'')
        verdict = verify()
        transaction.set_rollback(True)
    assert verdict.statements == ("What is shown of entries is no longer made from their texts.",)


def test_heads_of_other_ledgers_in_the_file_count_for_nothing(kept: Kept, enter: Any) -> None:
    with enter("harbour"):
        write(1)
        sealed()
        head = head_last()
        assert head is not None
        append(kept.file, [head.head])
    assert verify(heads=heads_from(kept.file)).holds
    assert {each.tenant for each in kept_read(kept.file, tenant=ledger_id())} == {ledger_id()}


def test_a_kept_head_that_was_tampered_with_is_found(kept: Kept) -> None:
    line = kept.file.read_text()
    kept.file.write_text(line.replace('\\"seq\\":', '\\"seq\\":1'))
    assert kept.file.read_text() != line
    verdict = verify(heads=heads_from(kept.file))
    assert verdict.broken is not None
    assert "is not signed by a key of this ledger" in verdict.broken.what


@pytest.mark.parametrize("line", ["no json", '{"head": "{}", "signature": ""}', "[]", '{"head": 1}'])
def test_a_file_that_holds_something_else_is_refused_by_its_line(kept: Kept, line: str) -> None:
    kept.file.write_text(f"{kept.file.read_text()}\n{line}\n")
    with pytest.raises(NoHeads, match=r"heads\.jsonl, line 3: this is no head of a ledger"):
        heads_from(kept.file)


def test_an_entry_that_goes_by_another_id_of_its_text_is_found(kept: Kept) -> None:
    """Pages look an entry up by its id, and order and date it by that."""
    other = uuid7()
    made = record(event=EVENT, target=f"thing:{other}", actor=TESTS, data={"count": 1})
    sealed()
    with transaction.atomic():
        tampering.triggers_off()
        tampering.sql("UPDATE audit_entry SET id = %s WHERE id = %s", other, made.id)
        tampering.sql("UPDATE audit_leaf SET entry = %s WHERE entry = %s", other, made.id)
        verdict = verify()
        transaction.set_rollback(True)
    assert verdict.broken is not None
    assert verdict.broken.entry == other


@pytest.mark.parametrize("data", ["{}", '{"first":"1","last":null}', '{"first":{},"last":[]}', "[]", "null"])
def test_an_excuse_for_missing_entries_that_makes_no_sense_is_none(kept: Kept, data: str) -> None:
    gone = Leaf.objects.get(seq=3).entry
    with transaction.atomic():
        tampering.triggers_off()
        tampering.sql("DELETE FROM audit_entry WHERE id = %s", gone)
        excuse, text = uuid7(), '{"actor":"system:x","at":"","data":%s,"event":"audit.pruned","id":"","run":null}'
        tampering.sql("INSERT INTO audit_entry (id, text) VALUES (%s, %s)", excuse, text % data)
        verdict = verify()
        transaction.set_rollback(True)
    assert verdict.broken is not None
    assert verdict.broken.entry == gone
