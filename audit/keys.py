"""The keys that heads of the ledger are signed with: Ed25519, in files that the database does not hold.

AUDIT_SIGNING_KEY_FILE is the private key in force. The folder `audit_public_keys` beside it holds the public keys of
former ones, each in `<id>.pem`; a key's id is the SHA-256 of its 32 bytes. What the database says of keys counts for
nothing: whoever can rewrite it could add one.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from audit.errors import NoSigningKey

FORMER = "audit_public_keys"


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are verified with."""

    id: str
    pem: str
    in_force: bool

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` over `message` was made with its private half."""
        try:
            _loaded(self.pem).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The key in force."""

    key: Ed25519PrivateKey
    public: PublicKey

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only the holder of this key can make."""
        return self.key.sign(message)


def signing_key() -> SigningKey:
    """The key in force, read from its file each time, so that a rotation needs no restart. Raises NoSigningKey."""
    path = _file()
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise NoSigningKey(f"AUDIT_SIGNING_KEY_FILE {path}: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise NoSigningKey(f"AUDIT_SIGNING_KEY_FILE {path}: it is no Ed25519 key")
    return SigningKey(key, _public(key.public_key(), in_force=True))


def public_keys() -> Mapping[str, PublicKey]:
    """All keys that a head may be signed with, by id: the one in force, and the former ones.

    Raises NoSigningKey where a file that should hold one is broken.
    """
    found: dict[str, PublicKey] = {}
    for path in sorted((_file().parent / FORMER).glob("*.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise NoSigningKey(f"{path}: {error}") from None
        if isinstance(key, Ed25519PublicKey):
            public = _public(key, in_force=False)
            found[public.id] = public
    try:
        now = signing_key().public
    except NoSigningKey:
        return found  # a process that only verifies need not hold it, where its public half is in the folder
    return found | {now.id: now}


def key_rotate() -> tuple[PublicKey, PublicKey]:
    """Keep the public half of the key in force, and put a new key in its place: (former, new).

    Either file appears whole or not at all; the former is kept before the new one is there. Of two that rotate at
    once one waits for the other, or a key that has signed in between would be lost. Raises NoSigningKey.
    """
    path = _file()
    folder = path.parent / FORMER
    signing_key()
    folder.mkdir(exist_ok=True)
    with _alone(folder):
        former = signing_key().public
        _write(folder / f"{former.id}.pem", former.pem, 0o644)
        made = Ed25519PrivateKey.generate()
        private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        _write(path, private, 0o600)
    return former, _public(made.public_key(), in_force=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Without anybody else in this folder, of those who ask."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _file() -> Path:
    path: Path | None = settings.COUNTERSIGN.audit_signing_key_file
    if path is None:
        raise NoSigningKey("AUDIT_SIGNING_KEY_FILE is not set: the ledger can be neither sealed nor verified")
    return path


@cache
def _loaded(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, Ed25519PublicKey)
    return key


def _public(key: Ed25519PublicKey, *, in_force: bool) -> PublicKey:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(sha256(raw).hexdigest(), pem, in_force)


def _write(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
