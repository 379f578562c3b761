"""Keys and passwords that the embedded stack makes once and keeps in DATA_DIR/secrets (0600)."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from stack.errors import StackError


def secret_key() -> str:
    """A key for Django's signatures."""
    return secrets.token_urlsafe(50)


def master_key() -> str:
    """32 random bytes as base64url: wraps the data keys of the tenants."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def audit_signing_key() -> str:
    """An Ed25519 private key, PKCS 8 in PEM: signs the heads of the ledger."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def password() -> str:
    """A database password that needs no quoting in a URL."""
    return secrets.token_hex(24)


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of `path`, made and written with mode 0600 when there is no such file.

    The file appears whole or not at all.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(make().rstrip("\n") + "\n")
        draft.replace(path)
    return path.read_text().rstrip("\n")


def environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """SECRET_KEY, MASTER_KEY and AUDIT_SIGNING_KEY_FILE: as `given`, else made once in `folder`."""
    signing_key = folder / "audit_signing_key.pem"
    if not given.get("AUDIT_SIGNING_KEY_FILE"):
        kept(signing_key, audit_signing_key)
    elif not Path(given["AUDIT_SIGNING_KEY_FILE"]).is_file():
        raise StackError(f"AUDIT_SIGNING_KEY_FILE: there is no file {given['AUDIT_SIGNING_KEY_FILE']}")
    return {
        "SECRET_KEY": given.get("SECRET_KEY") or kept(folder / "secret_key", secret_key),
        "MASTER_KEY": given.get("MASTER_KEY") or kept(folder / "master_key", master_key),
        "AUDIT_SIGNING_KEY_FILE": given.get("AUDIT_SIGNING_KEY_FILE") or str(signing_key),
    }
