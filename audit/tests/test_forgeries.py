"""Forging a proof: whatever somebody without the signing key puts together, the auditors' script refuses."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.canonical import canonical
from audit.heads import SignedHead
from audit.merkle import leaf_hash, node_hash, path, root

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_entry.py"
LEDGER, ANOTHER = (str(UUID(int=number)) for number in (1, 2))


def script() -> Any:
    spec = spec_from_file_location("verify_entry", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = script()


class Signer:
    """Who seals ledgers, without our code: an Ed25519 key and what is made with it."""

    def __init__(self, seed: int = 1) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.id = verifier.key_of(self.pem)[1]

    def proof(self, texts: list[str], index: int, *, ledger: str = LEDGER, number: int = 3) -> dict[str, Any]:
        """The proof of one of the entries of a batch that begins at place 11."""
        hashes = [leaf_hash(text) for text in texts]
        said = {"tenant": ledger, "number": number, "first": 11, "seq": 10 + len(texts), "root": root(hashes).hex()}
        head = canonical({**said, "former": bytes(32).hex(), "at": "2026-01-01T00:00:00.000000Z", "key": self.id})
        return {
            "format": 1,
            "entry": texts[index],
            "seq": 11 + index,
            "path": [each.hex() for each in path(hashes, index)],
            "head": head,
            "signature": base64.b64encode(self.key.sign(head.encode())).decode(),
            "key": self.id,
        }


SIGNER = Signer()


def entries(count: int) -> list[str]:
    return [canonical({"id": UUID(int=100 + number), "event": "thing.done"}) for number in range(count)]


def holds(proof: dict[str, Any], **given: Any) -> bool:
    try:
        verifier.verify(proof, SIGNER.pem, None, **given)
    except verifier.DoesNotHold:
        return False
    return True


def test_in_a_batch_of_any_size_each_entry_is_proved_at_its_own_place_and_at_no_other() -> None:
    for size in range(1, 18):
        texts = entries(size)
        for index in range(size):
            proof = SIGNER.proof(texts, index)
            held = [seq for seq in range(9, 13 + size) if holds({**proof, "seq": seq})]
            assert held == [11 + index], f"entry {index} of {size}"


def test_an_entry_of_another_batch_is_not_proved_by_any_path_that_is_known() -> None:
    for size in range(1, 10):
        texts = entries(size)
        proofs = [SIGNER.proof(texts, index) for index in range(size)]
        forged = canonical({"id": UUID(int=7), "event": "thing.undone"})
        paths = [proof["path"] for proof in proofs]
        assert not [p for p in proofs for way in paths if holds({**p, "entry": forged, "path": way})]


def nodes_as_entries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Inner nodes given out as entries, and entries as nodes (second preimages), and a last one that is doubled."""
    texts = entries(3)
    hashes = [leaf_hash(text) for text in texts]
    proof = SIGNER.proof(texts, 0)
    pair = (hashes[0] + hashes[1]).decode("latin-1")
    for text in (pair, "\x01" + pair, hashes[0].hex() + hashes[1].hex()):
        yield "a node as an entry", {**proof, "entry": text, "path": [hashes[2].hex()]}
    yield "one level less", {**proof, "entry": texts[0], "path": [node_hash(hashes[1], hashes[2]).hex()]}
    last = SIGNER.proof(texts, 2)
    for seq in (13, 14):
        yield "the last one doubled", {**last, "seq": seq, "path": [hashes[2].hex(), *last["path"]]}
    # Bytes that move from one side of a pair to the other.
    joined = bytes.fromhex(proof["path"][0])
    yield "a longer neighbour", {**proof, "path": [(joined + b"\0").hex(), proof["path"][1]]}
    yield "an empty neighbour", {**proof, "path": ["", proof["path"][1]]}


@pytest.mark.parametrize("forged", [forged for _, forged in nodes_as_entries()])
def test_no_node_passes_for_an_entry_and_no_entry_for_a_node(forged: dict[str, Any]) -> None:
    assert not holds(forged)


def test_a_head_that_somebody_else_signed_or_nobody_is_not_believed() -> None:
    texts = entries(5)
    proof, thief = SIGNER.proof(texts, 2), Signer(2)
    stolen = thief.proof([*texts[:2], "{}", *texts[3:]], 2)
    head = json.loads(stolen["head"])
    as_ours = canonical({**head, "key": SIGNER.id})
    sign = base64.b64encode(thief.key.sign(as_ours.encode())).decode()
    assert holds(proof)
    assert not holds(stolen)
    assert not holds({**stolen, "key": SIGNER.id})
    assert not holds({**stolen, "head": as_ours, "signature": sign})
    assert not holds({**stolen, "head": as_ours, "signature": proof["signature"]})
    assert not holds({**proof, "signature": ""})


def test_a_head_of_another_ledger_or_an_older_one_does_not_stand_for_this_entry() -> None:
    texts = entries(5)
    proof = SIGNER.proof(texts, 2)
    others = SIGNER.proof(entries(4), 2, ledger=ANOTHER), SIGNER.proof(entries(4), 2, number=2)
    for other in others:
        assert not holds({**proof, "head": other["head"], "signature": other["signature"]})


def test_an_auditor_who_names_the_ledger_is_given_no_entry_of_another() -> None:
    proof = SIGNER.proof(entries(5), 2, ledger=ANOTHER)
    assert holds(proof, ledger=ANOTHER)
    assert not holds(proof, ledger=LEDGER)


@pytest.mark.parametrize(
    "text",
    [
        '{"actor":"person:alice","actor":"person:bob","id":"1"}',
        '{"actor":"person:alice", "id":"1"}',
        '{"id":"1","actor":"person:alice"}',
        '{"actor":"person:alice","id":"1"}\n',
        '{"data":{"n":1,"n":2},"id":"1"}',
        '{"data":{"n":1.0},"id":"1"}',
        '["person:alice"]',
        "approved by everybody",
    ],
)
def test_a_text_that_readers_could_take_for_different_things_is_no_entry(text: str) -> None:
    """Sealed by whoever holds the key, and yet: of two keys of one name, each reader sees the one it likes."""
    assert not holds(SIGNER.proof([*entries(2), text], 2))


# --- the command line --------------------------------------------------------------------------


@pytest.fixture
def runs(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """The script with a proof, as an auditor runs it: its exit code and what it says."""
    (tmp_path / "public.pem").write_bytes(SIGNER.pem)

    def run(proof: str, *arguments: str, **environment: str) -> tuple[int, str]:
        (tmp_path / "proof.json").write_text(proof, encoding="utf-8")
        command = [sys.executable, "-I", str(SCRIPT), "proof.json", "--key", "public.pem", *arguments]
        clean = {"PATH": os.environ["PATH"], **environment}
        done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    return run


def test_what_an_entry_says_is_shown_so_that_no_terminal_can_be_led_astray(
    runs: Callable[..., tuple[int, str]],
) -> None:
    text = canonical({"id": "1", "slug": "Ä\u202e\u009b2J"})
    code, told = runs(json.dumps(SIGNER.proof([text], 0)))
    assert code == 0, told
    assert told.isascii()
    assert r"\u202e" in told


def test_what_cannot_be_tried_is_never_told_as_what_does_not_hold(
    runs: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    proof = SIGNER.proof(entries(1), 0)
    odd = ["[" * 100_000, json.dumps({**proof, "head": "[" * 100_000}), json.dumps({**proof, "seq": "11"}), "\ud800"]
    for text in odd[:3]:
        code, told = runs(text)
        assert (code, told[:24]) == (2, "It could not be verified"), told[:300]
    (tmp_path / "public.pem").write_text("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VxAyEA\n-----END PUBLIC KEY-----\n")
    assert runs(json.dumps(proof))[0] == 2


def test_a_line_that_was_cut_off_in_a_file_of_heads_hides_none_of_the_others(
    runs: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    proof = SIGNER.proof(entries(3), 1)
    line = SignedHead(proof["head"], base64.b64decode(proof["signature"])).line
    for torn in (line[:1], line[:9], line[:50], line[:-2]):
        (tmp_path / "heads.jsonl").write_text(f"{torn}\n{line}{torn}")
        code, told = runs(json.dumps(proof), "--heads", "heads.jsonl")
        assert code == 0, told
    (tmp_path / "heads.jsonl").write_text(f"something else\n{line}")
    assert runs(json.dumps(proof), "--heads", "heads.jsonl")[0] == 2
