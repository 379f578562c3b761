"""Signatures of a message, held against the keys that their domains publish (DKIM)."""

from __future__ import annotations

import logging

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from .dmarc import aligned
from .dns import DnsUnavailable, Txt
from .results import Verdict

_SIGNATURES = 8  # looked at in one message
_SILENT = logging.getLogger("mail.parsing.dkim")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}


def signatures_check(raw: bytes, signatures: list[bytes], domain: str, txt: Txt) -> tuple[Verdict, str]:
    """The best verdict of the signatures aligned with the From's domain, and the domain that passed.

    `signatures` are the values of the message's fields, in their order.
    """
    verdict = Verdict.NONE
    for index, value in enumerate(signatures[:_SIGNATURES]):
        signer, sound = _signature(value)
        if not signer or not aligned(domain, signer):
            continue
        found = _verify(raw, index, txt) if sound else Verdict.FAIL
        if found == Verdict.PASS:
            return found, signer
        verdict = found if verdict in (Verdict.NONE, Verdict.FAIL) else verdict
    return verdict, ""


def _signature(value: bytes) -> tuple[str, bool]:
    """(signing domain, whether it can prove the whole message): the library itself accepts one that leaves out the
    From, that covers a part of the body (l=), or that uses SHA-1."""
    try:
        fields = parse_tag_value(value)
        signer = fields.get(b"d", b"").decode("ascii").strip().lower()
    except (InvalidTagValueList, UnicodeDecodeError):
        return "", False
    signed = [name.strip().lower() for name in fields.get(b"h", b"").split(b":")]
    sound = b"from" in signed and b"l" not in fields and fields.get(b"a") in _ALGORITHMS
    return signer, sound


def _verify(raw: bytes, index: int, txt: Txt) -> Verdict:
    def lookup(name: bytes, timeout: float = 5) -> bytes | None:
        records = txt(name.decode("ascii", "replace"))
        keys = [record for record in records if "p=" in record.replace(" ", "")]
        return keys[0].encode() if keys else None

    try:
        passed = dkim.DKIM(raw, logger=_SILENT).verify(idx=index, dnsfunc=lookup)
    except DnsUnavailable:
        return Verdict.UNKNOWN
    except dkim.DKIMException:
        return Verdict.FAIL
    except Exception:  # the library lets parser and codec errors of odd keys and signatures through
        return Verdict.UNKNOWN
    return Verdict.PASS if passed else Verdict.FAIL
