"""Heads kept elsewhere, and the keys they are signed with: torn files, late news, two at once, what is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from audit.errors import NoSigningKey
from audit.heads import SignedHead
from audit.keeping import head_kept, heads_file_keep
from audit.keys import key_rotate, public_keys, signing_key
from audit.models import KeptHead, Seal
from audit.tests.sealed import event_known, sealed, write
from audit.verification import verify


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


@pytest.fixture
def elsewhere(in_committed_acacia: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which heads are kept, and a folder of keys that this test may rotate."""
    own = {"audit_heads_file": tmp_path / "heads.jsonl", "audit_signing_key_file": tmp_path / "secrets" / "key.pem"}
    own["audit_signing_key_file"].parent.mkdir()
    own["audit_signing_key_file"].write_bytes(Path(str(settings.COUNTERSIGN.audit_signing_key_file)).read_bytes())
    monkeypatch.setattr(settings, "COUNTERSIGN", settings.COUNTERSIGN.model_copy(update=own))
    return own["audit_heads_file"]


def seal_made() -> Seal:
    write(2)
    sealed()
    return Seal.objects.order_by("-number")[0]


def test_a_line_that_a_crash_cut_off_leaves_the_ledger_verifiable_at_once_and_afterwards(elsewhere: Path) -> None:
    seal_made()
    heads_file_keep()
    seal = seal_made()
    line = SignedHead(seal.head, bytes(seal.signature)).line
    for length in (1, 5, len(line) // 2, len(line) - 2):
        whole = elsewhere.read_text()
        elsewhere.write_text(whole + line[:length])
        assert verify().holds, "also while somebody else is writing it"
        heads_file_keep()
        verdict = verify()
        assert verdict.holds
        assert verdict.kept is not None
        assert (verdict.kept.number, verdict.kept.compared) == (seal.number, True)
        KeptHead.objects.update(number=seal.number - 1)  # as after a crash between the file and the memory of it


def test_what_stands_behind_a_line_that_was_cut_off_counts(elsewhere: Path) -> None:
    seal_made()
    heads_file_keep()
    forged = SignedHead(Seal.objects.order_by("-number")[0].head.replace('"number":', '"number":9'), bytes(64)).line
    elsewhere.write_text(f"{elsewhere.read_text()[:40]}\n{forged}")
    verdict = verify()
    assert not verdict.holds


def test_news_that_arrives_late_does_not_put_back_what_a_place_has(in_committed_acacia: None) -> None:
    first, second = seal_made(), seal_made()
    for number in (first.number, second.number, first.number):
        head_kept("email to auditors", number=number)
    assert KeptHead.objects.get(place="email to auditors").number == second.number


def test_a_place_that_cannot_be_reached_is_caught_up_with_in_order(elsewhere: Path) -> None:
    seal_made()
    elsewhere.mkdir()  # whatever is there now, it can not be written to
    for _ in range(2):
        seal_made()
        with pytest.raises(OSError, match="directory"):
            heads_file_keep()
    elsewhere.rmdir()
    heads_file_keep()
    numbers = [int(line.split('\\"number\\":')[1].split(",")[0]) for line in elsewhere.read_text().splitlines()]
    assert numbers == list(range(1, Seal.objects.count() + 1))
    assert verify().holds


# --- keys --------------------------------------------------------------------------------------


def test_keys_that_are_rotated_in_mid_chain_and_again_verify_what_each_has_signed(elsewhere: Path) -> None:
    used = set()
    for _ in range(3):
        used.add(seal_made().key)
        key_rotate()
    used.add(seal_made().key)
    assert len(used) == 4
    assert used == set(public_keys())
    assert verify().holds


def test_of_rotations_at_once_no_key_is_lost(elsewhere: Path, at_once: Callable[..., list[Any]]) -> None:
    """Whatever was in force for a moment may have signed."""
    before = signing_key().public.id
    outcomes = at_once(*[key_rotate] * 6)
    assert {former.id for former, _ in outcomes} | {new.id for _, new in outcomes} == set(public_keys())
    assert sorted(former.id for former, _ in outcomes) == sorted(
        {before, *(new.id for _, new in outcomes)} - {signing_key().public.id}
    )


def test_a_file_among_the_former_keys_that_is_none_is_named(elsewhere: Path) -> None:
    seal_made()
    former, _ = key_rotate()
    file = elsewhere.parent / "secrets" / "audit_public_keys" / f"{former.id}.pem"
    for text in ("", "no key", file.read_text()[:60]):
        file.write_text(text)
        with pytest.raises(NoSigningKey, match=former.id):
            verify()


def test_a_key_that_is_lost_is_made_good_by_its_public_half_alone(elsewhere: Path) -> None:
    """Nothing is sealed meanwhile, and what was is verified still: auditors have the public half."""
    public = signing_key().public
    seal_made()
    key = elsewhere.parent / "secrets" / "key.pem"
    key.unlink()
    kept = key.parent / "audit_public_keys"
    kept.mkdir()
    (kept / "from-an-auditor.pem").write_text(public.pem)
    assert verify().holds
    write(1)
    with pytest.raises(NoSigningKey):
        sealed()
    assert [file.name for file in kept.iterdir()] == ["from-an-auditor.pem"]
