"""Keys that are made once."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from stack import keys
from stack.errors import StackError


def test_keys_are_made_once_for_us_alone(tmp_path: Path):
    first = keys.environment(tmp_path, {})
    assert keys.environment(tmp_path, {}) == first
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "audit_signing_key.pem",
        "master_key",
        "secret_key",
    ]


def test_the_keys_are_of_the_right_kind(tmp_path: Path):
    made = keys.environment(tmp_path, {})
    assert len(base64.urlsafe_b64decode(made["MASTER_KEY"])) == 32
    assert len(made["SECRET_KEY"]) >= 50
    signing_key = load_pem_private_key(Path(made["AUDIT_SIGNING_KEY_FILE"]).read_bytes(), None)
    assert isinstance(signing_key, Ed25519PrivateKey)


def test_keys_of_the_environment_are_respected(tmp_path: Path):
    pem = tmp_path / "elsewhere.pem"
    pem.write_text(keys.audit_signing_key())
    given = {"SECRET_KEY": "s" * 50, "MASTER_KEY": keys.master_key(), "AUDIT_SIGNING_KEY_FILE": str(pem)}
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    assert keys.environment(secrets, given) == given
    assert not list(secrets.iterdir())


def test_a_signing_key_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(StackError, match="AUDIT_SIGNING_KEY_FILE: there is no file /no/such"):
        keys.environment(tmp_path, {"AUDIT_SIGNING_KEY_FILE": "/no/such"})
