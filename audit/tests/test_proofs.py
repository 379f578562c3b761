"""Proofs of single entries, verified by the script that auditors run: without our code and our database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from audit.canonical import canonical
from audit.errors import NoSigningKey, NotSealed
from audit.heads import SignedHead, append
from audit.keys import key_rotate, public_keys, signing_key
from audit.models import Seal
from audit.proofs import proof_file, proof_of
from audit.sealing import seal_all
from audit.tests.sealed import event_known, sealed, write
from audit.verification import verify

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_entry.py"


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    with event_known():
        yield


@dataclass(frozen=True)
class Auditor:
    """Somebody with a folder, Python and cryptography; `heads` are those they kept."""

    folder: Path

    @property
    def heads(self) -> Path:
        return self.folder / "heads.jsonl"

    def runs(self, proof: str, *arguments: str) -> tuple[int, str]:
        (self.folder / "proof.json").write_text(proof)
        command = [sys.executable, "-I", str(SCRIPT), "proof.json", "--key", "public.pem", *arguments]
        clean = {"PATH": os.environ["PATH"]}
        done = subprocess.run(command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def auditor(in_committed_acacia: None, tmp_path: Path) -> Auditor:
    (tmp_path / "public.pem").write_text(signing_key().public.pem)
    return Auditor(tmp_path)


def keep(auditor: Auditor) -> None:
    append(auditor.heads, [SignedHead(seal.head, bytes(seal.signature)) for seal in Seal.objects.order_by("number")])


def test_an_auditor_verifies_any_entry_of_a_batch_without_our_code(auditor: Auditor) -> None:
    written = write(11)
    sealed(batch=5)
    keep(auditor)
    for entry in (written[0], written[4], written[-1]):
        proof = proof_file(entry)
        code, told = auditor.runs(proof, "--heads", "heads.jsonl")
        assert code == 0, told
        assert told.startswith(f"Holds: entry {json.loads(proof)['seq']} of ledger ")
        assert str(entry) in told
    code, told = auditor.runs(proof)
    assert code == 0
    assert "only heads show that you kept" in told


def changed(proof: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The proof with each of its parts changed, by what was changed."""
    yield "entry", {**proof, "entry": proof["entry"].replace("thing:", "think:")}
    yield "place", {**proof, "seq": proof["seq"] + 1}
    yield "place far off", {**proof, "seq": 10**9}
    yield "path", {**proof, "path": [bytes(32).hex(), *proof["path"][1:]]}
    yield "shorter path", {**proof, "path": proof["path"][1:]}
    yield "longer path", {**proof, "path": [*proof["path"], bytes(32).hex()]}
    head = json.loads(proof["head"])
    yield "head", {**proof, "head": canonical({**head, "seq": head["seq"] + 1})}
    yield "first of head", {**proof, "head": canonical({**head, "first": head["first"] - 1})}
    yield "key", {**proof, "head": canonical({**head, "key": "f" * 64})}
    yield "signature", {**proof, "signature": f"{'B' if proof['signature'][0] == 'A' else 'A'}{proof['signature'][1:]}"}


def test_a_proof_of_which_any_part_was_changed_does_not_hold(auditor: Auditor) -> None:
    written = write(11, together=11)  # of one transaction: they are sealed together
    sealed()
    proof = proof_of(written[3])
    for part, forged in changed(proof):
        code, told = auditor.runs(json.dumps(forged))
        assert (code, told[:13]) == (1, "DOES NOT HOLD"), f"{part}: {told}"


def test_a_head_that_was_made_anew_after_it_was_kept_does_not_hold(auditor: Auditor) -> None:
    written = write(3)
    sealed()
    proof = proof_of(written[0])
    head = json.loads(proof["head"])
    other = canonical({**head, "root": bytes(32).hex()})
    append(auditor.heads, [SignedHead(other, signing_key().sign(other.encode()))])
    code, told = auditor.runs(json.dumps(proof), "--heads", "heads.jsonl")
    assert code == 1
    assert "made anew since" in told


def test_a_head_that_was_never_kept_does_not_hold_beside_those_that_were(auditor: Auditor) -> None:
    write(1)
    sealed()
    keep(auditor)
    [later] = write(1)
    sealed()
    code, told = auditor.runs(proof_file(later), "--heads", "heads.jsonl")
    assert code == 1
    assert "is not among the heads" in told


def test_what_is_no_proof_is_told_from_one_that_does_not_hold(auditor: Auditor) -> None:
    for text in ("", "[]", "{}", '{"head": "x"}'):
        code, told = auditor.runs(text)
        assert (code, told[:24]) == (2, "It could not be verified")


def test_an_entry_without_a_place_has_no_proof(in_committed_acacia: None) -> None:
    [ident] = write(1)
    with pytest.raises(NotSealed, match="is not sealed yet"):
        proof_of(ident)
    nobody: UUID = uuid7()
    with pytest.raises(NotSealed, match="there is no entry"):
        proof_of(nobody)


def test_nothing_but_the_standard_library_and_cryptography_is_imported() -> None:
    imported = {
        line.split()[1].partition(".")[0]
        for line in SCRIPT.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


# --- rotation ----------------------------------------------------------------------------------


@pytest.fixture
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test signs with a copy of the key, which it may rotate."""
    file = tmp_path / "secrets" / "key.pem"
    file.parent.mkdir()
    file.write_bytes(Path(str(settings.COUNTERSIGN.audit_signing_key_file)).read_bytes())
    own = settings.COUNTERSIGN.model_copy(update={"audit_signing_key_file": file})
    monkeypatch.setattr(settings, "COUNTERSIGN", own)
    return file


def test_after_a_rotation_old_heads_verify_with_the_old_key_and_new_ones_with_the_new(
    auditor: Auditor, own_key: Path
) -> None:
    [early] = write(1)
    sealed()
    former, new = key_rotate()
    assert own_key.stat().st_mode & 0o777 == 0o600
    assert {key.id: key.in_force for key in public_keys().values()} == {former.id: False, new.id: True}
    [late] = write(1)
    sealed()
    assert [proof_of(entry)["key"] for entry in (early, late)] == [former.id, new.id]
    assert verify().holds
    for entry, key, code in ((early, former, 0), (early, new, 1), (late, new, 0), (late, former, 1)):
        (auditor.folder / "public.pem").write_text(key.pem)
        assert auditor.runs(proof_file(entry))[0] == code


def test_a_key_that_is_not_kept_any_more_verifies_nothing(in_committed_acacia: None, own_key: Path) -> None:
    write(1)
    sealed()
    former, _ = key_rotate()
    (own_key.parent / "audit_public_keys" / f"{former.id}.pem").unlink()
    verdict = verify()
    assert verdict.broken is not None
    assert verdict.broken.what == f"Seal 1 is signed by an unknown key, {former.id}."


def test_without_its_key_nothing_is_sealed_and_nothing_pretended(in_committed_acacia: None, own_key: Path) -> None:
    write(1)
    own_key.write_text("no key")
    with pytest.raises(NoSigningKey, match=r"AUDIT_SIGNING_KEY_FILE .*key\.pem"):
        seal_all()
