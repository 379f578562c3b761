"""Heads of the ledger: what a seal signs, and the files in which they are kept elsewhere.

A head names the ledger it is of, its number, how far it reaches, the Merkle root of its entries and the hash of the
head before it: so the last one stands for all. Kept elsewhere, one per line, it shows what was rewritten here.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from audit.canonical import canonical
from audit.errors import NoHeads

# How each line of a file of heads begins, and ends.
BEGINS, ENDS = '{"head": "', '"}'
# What the first head gives as the hash of the one before it.
NO_FORMER = bytes(32)


@dataclass(frozen=True)
class Head:
    """What is signed: entries `first` to `seq`. `root` and `former` are hashes, `key` is the signing key's id."""

    tenant: str
    number: int
    first: int
    seq: int
    root: bytes
    former: bytes
    at: datetime
    key: str

    @property
    def text(self) -> str:
        """Its canonical text: the bytes that are signed and hashed."""
        hashes = {"root": self.root.hex(), "former": self.former.hex()}
        plain = ("tenant", "number", "first", "seq", "at", "key")
        return canonical({**{name: getattr(self, name) for name in plain}, **hashes})


def head_hash(text: str) -> bytes:
    """By what the next head names this one."""
    return sha256(text.encode()).digest()


@dataclass(frozen=True)
class SignedHead:
    """A head as it is handed on: its exact text, and the signature over it."""

    text: str
    signature: bytes

    @property
    def hash(self) -> str:
        """What people compare it by."""
        return head_hash(self.text).hex()

    @property
    def line(self) -> str:
        """One line of a file of heads."""
        return json.dumps({"head": self.text, "signature": base64.b64encode(self.signature).decode()}) + "\n"


@dataclass(frozen=True)
class KeptHead:
    """A head that was kept elsewhere, with what it says of itself."""

    head: SignedHead
    tenant: str
    number: int
    seq: int
    key: str


def kept_read(path: Path, *, tenant: str | None = None) -> list[KeptHead]:
    """The heads of one ledger, or of all, in a file of heads, in its order. Raises NoHeads."""
    try:
        with path.open(encoding="utf-8") as lines:
            return list(kept_of(lines, tenant=tenant, name=str(path)))
    except (OSError, UnicodeDecodeError) as error:
        raise NoHeads(f"{path}: {error}") from None


def kept_of(lines: Iterable[str], *, tenant: str | None, name: str) -> Iterator[KeptHead]:
    """The heads of one ledger, or of all, among lines; `name` says in an error where they come from. Raises NoHeads.

    A line that was cut off while it was written, by a crash or a full disk, or that is being written just now, is
    passed over: its head is told again, or by the next one.
    """
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or _torn(line):
            continue
        try:
            told = json.loads(line)
            said: dict[str, Any] = json.loads(told["head"])
            signed = SignedHead(told["head"], base64.b64decode(told["signature"], validate=True))
            kept = KeptHead(signed, str(said["tenant"]), int(said["number"]), int(said["seq"]), str(said["key"]))
        except (ValueError, KeyError, TypeError):
            raise NoHeads(f"{name}, line {number}: this is no head of a ledger") from None
        if tenant in (None, kept.tenant):
            yield kept


def _torn(line: str) -> bool:
    return BEGINS.startswith(line) or (line.startswith(BEGINS) and not line.endswith(ENDS))


def append(path: Path, heads: Iterable[SignedHead]) -> None:
    """Add heads to a file of heads, which others may add to at the same time, and have them on the disk."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        # A line that was cut off by a crash must not swallow this one.
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        with os.fdopen(os.dup(handle), "a", encoding="utf-8") as stream:
            stream.write("\n" if torn else "")
            stream.writelines(head.line for head in heads)
        os.fsync(handle)
    finally:
        os.close(handle)
