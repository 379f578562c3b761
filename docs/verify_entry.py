"""Verify that one entry is in a sealed ledger of Countersign, without Countersign.

    python verify_entry.py proof.json --key public.pem [--heads heads.jsonl] [--ledger ID]

Needs Python 3.9 or newer and the package `cryptography`. The proof is what the ledger's page offers for an entry; the
public key is what `manage.py audit_key export` prints, and should reach you another way than the proof. With --heads,
a copy of the file of heads that you got when they were made, it also shows that the head was not made anew since. With
--ledger, the `tenant` of each head that you got, it takes no entry of another's ledger for one of yours.
Exits 0 when everything holds, 1 when something does not, 2 when it could not be tried.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

# How each line of a file of heads begins; one that does, and has no end, was cut off by a crash and is there again.
BEGINS = '{"head": "'


class DoesNotHold(Exception):
    """What is wrong, in a sentence."""


def root_of(entry: str, index: int, size: int, path: list[bytes]) -> bytes:
    """The Merkle root (RFC 6962) that an entry at `index` of `size` leads to along `path`."""
    found = hashlib.sha256(b"\x00" + entry.encode()).digest()
    neighbours = iter(path)
    while size > 1:
        if index ^ 1 < size:
            neighbour = next(neighbours, None)
            if neighbour is None:
                raise DoesNotHold("The path is too short.")
            pair = neighbour + found if index % 2 else found + neighbour
            found = hashlib.sha256(b"\x01" + pair).digest()
        index, size = index // 2, (size + 1) // 2
    if next(neighbours, None) is not None:
        raise DoesNotHold("The path is too long.")
    return found


def key_of(pem: bytes) -> tuple[Ed25519PublicKey, str]:
    """A public key, and its id: the SHA-256 of its 32 bytes."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the key is not an Ed25519 public key")
    return key, hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def canonical(text: str) -> bool:
    """Whether an entry's text can be read in one way only: no key twice, no number that is rounded, one order."""

    def refuse(number: str) -> None:
        raise ValueError(f"{number} is no whole number")

    try:
        entry = json.loads(text, parse_float=refuse, parse_constant=refuse)
    except ValueError:
        return False
    again = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return isinstance(entry, dict) and again == text


def verify(
    proof: dict[str, Any], pem: bytes, heads: list[str] | None = None, ledger: str | None = None
) -> dict[str, Any]:
    """What the signed head says. Raises DoesNotHold."""
    key, key_id = key_of(pem)
    head: dict[str, Any] = json.loads(proof["head"])
    if head["key"] != key_id:
        raise DoesNotHold(f"The head is signed by another key than the one given: {head['key']}.")
    try:
        key.verify(base64.b64decode(proof["signature"], validate=True), proof["head"].encode())
    except InvalidSignature:
        raise DoesNotHold("The signature of the head is wrong.") from None
    if ledger is not None and head["tenant"] != ledger:
        raise DoesNotHold(f"The head is of another ledger, {head['tenant']}.")
    if not head["first"] <= proof["seq"] <= head["seq"]:
        raise DoesNotHold(f"The head is not of entry {proof['seq']}.")
    size = head["seq"] - head["first"] + 1
    path = [bytes.fromhex(each) for each in proof["path"]]
    if root_of(proof["entry"], proof["seq"] - head["first"], size, path).hex() != head["root"]:
        raise DoesNotHold("The entry is not the one that was sealed.")
    if not canonical(proof["entry"]):
        raise DoesNotHold("The entry was sealed in a form that can be read in more than one way.")
    if heads is not None:
        kept = [json.loads(line) for line in heads if not torn(line)]
        same = [line["head"] for line in kept if numbered(line, head)]
        if not same:
            raise DoesNotHold(f"Head {head['number']} is not among the heads that were kept.")
        if any(text != proof["head"] for text in same):
            raise DoesNotHold(f"Head {head['number']} was kept otherwise: the ledger was made anew since.")
    return head


def numbered(line: dict[str, Any], head: dict[str, Any]) -> bool:
    """Whether a kept head is of the same ledger and has the same number."""
    kept = json.loads(line["head"])
    return bool((kept["tenant"], kept["number"]) == (head["tenant"], head["number"]))


def torn(line: str) -> bool:
    """Whether a line of a file of heads was cut off while it was written."""
    return BEGINS.startswith(line) or (line.startswith(BEGINS) and not line.endswith('"}'))


def shown(text: str) -> str:
    """With JSON's escapes for all but plain characters: nothing that leads a terminal astray or breaks it."""
    return re.sub(r"[^ -~]", lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)


# What files that are no proof, key or heads can lead to.
COULD_NOT = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError),
    *(binascii.Error, UnsupportedAlgorithm),
)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Verify that an entry is in a sealed ledger of Countersign.")
    parser.add_argument("proof", help="the proof of the entry, JSON")
    parser.add_argument("--key", required=True, metavar="PEM", help="the public key of whoever signs the ledger")
    parser.add_argument("--heads", metavar="FILE", help="heads that you kept, one per line")
    parser.add_argument("--ledger", metavar="ID", help="the ledger that the entry has to be of")
    given = parser.parse_args(arguments)
    try:
        proof = json.loads(Path(given.proof).read_text(encoding="utf-8"))
        pem = Path(given.key).read_bytes()
        heads = None
        if given.heads:
            heads = [line for line in Path(given.heads).read_text(encoding="utf-8").splitlines() if line.strip()]
        head = verify(proof, pem, heads, given.ledger)
    except DoesNotHold as error:
        print(shown(f"DOES NOT HOLD. {error}"))
        return 1
    except COULD_NOT as error:
        print(shown(f"It could not be verified: {type(error).__name__}: {error}"), file=sys.stderr)
        return 2
    told = f"Holds: entry {proof['seq']} of ledger {head['tenant']}, sealed {head['at']} by head {head['number']}."
    print(shown(told))
    print(
        "The head is among those that you kept."
        if heads is not None
        else "Whether the ledger was made anew since, only heads show that you kept: give them with --heads."
    )
    print(shown(proof["entry"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
