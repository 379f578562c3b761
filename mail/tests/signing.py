"""Mails signed with a real DKIM key."""

from base64 import b64encode
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SELECTOR = "s1"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def key_record(domain: str) -> dict[str, str]:
    """The DNS record of the signing key."""
    public = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {f"{SELECTOR}._domainkey.{domain}": f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"}


def signed(
    raw: bytes, domain: str, *, headers: tuple[bytes, ...] = (b"from", b"subject"), length: bool = False
) -> bytes:
    """`raw` with a signature of `domain` over `headers`."""
    private = _key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signature = dkim.sign(
        raw,
        SELECTOR.encode(),
        domain.encode(),
        private,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=list(headers),
        length=length,
    )
    return bytes(signature) + raw
