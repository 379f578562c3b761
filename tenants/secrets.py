"""What must not stand in the database as it is: sealed with a key of the current tenant."""

import base64
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tenants.selectors import current

NONCE_BYTES = 12


def _cipher() -> AESGCM:
    master = settings.COUNTERSIGN.master_key
    if not master:
        raise RuntimeError("MASTER_KEY is not set: secrets of tenants can be neither sealed nor opened")
    key = base64.urlsafe_b64decode(master + "=" * (-len(master) % 4))
    return AESGCM(HKDF(SHA256(), 32, salt=current().id.bytes, info=b"countersign tenant secrets").derive(key))


def seal(text: str, *, purpose: str) -> str:
    """`text` such that only this tenant, for this purpose, can open it again."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed; raises InvalidTag where it was sealed for another tenant or purpose."""
    raw = base64.urlsafe_b64decode(sealed)
    return _cipher().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
