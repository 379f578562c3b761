"""Whether the From can be believed: DKIM signatures aligned with it, and the DMARC verdict that follows.

Mail that reaches us was mostly forwarded, which breaks SPF: SPF is not checked (`unknown`), and DMARC is judged by
aligned DKIM alone. An answer that DNS does not give in time is `unknown`, never `pass`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

import dkim
from authheaders import dmarc_per_from
from authheaders.dmarc_lookup import DMARCException, get_org_domain
from dkim.util import InvalidTagValueList, parse_tag_value

from .addresses import addresses
from .dns import DnsUnavailable, Txt
from .results import Auth, Verdict

_SIGNATURES = 8  # looked at in one message
_SILENT = logging.getLogger("mail.parsing.dkim")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}


@dataclass(frozen=True)
class _Proof:
    """An aligned signature that holds, in the shape that authheaders reads."""

    result: str
    header_d: str


def authenticate(raw: bytes, txt: Txt) -> Auth:
    """The verdicts on a raw message, asking DNS through `txt`. Never raises for what the message holds."""
    try:
        message = dkim.DKIM(raw, logger=_SILENT)
    except Exception:  # its own header parser raises IndexError and more on garbage
        return Auth(dkim=Verdict.NONE, dmarc=Verdict.NONE)
    from_values = [value for name, value in message.headers if name.lower() == b"from"]
    authors = addresses(b",".join(from_values).decode("ascii", "surrogateescape").replace("\r\n", " "))
    if not authors:
        return Auth(dkim=Verdict.NONE, dmarc=Verdict.NONE)
    if len(from_values) > 1 or len(authors) > 1:
        # A signature covers one From while a reader may be shown the other.
        return Auth(dkim=Verdict.FAIL, dmarc=Verdict.FAIL)
    domain = authors[0].email.rpartition("@")[2]
    verdict, signer = _dkim(raw, domain, txt)
    return Auth(dkim=verdict, dmarc=_dmarc(domain, verdict, signer, txt), domain=signer)


def aligned(domain: str, other: str) -> bool:
    """Relaxed alignment: both belong to one organisation."""
    return domain == other or ("." in domain and _organisation(domain) == _organisation(other))


@lru_cache(maxsize=64)
def _organisation(domain: str) -> str:
    """The domain that was registered, by the public suffix list; of an unlisted top-level domain, two labels."""
    found = str(get_org_domain(domain) or "")
    return found if "." in found else ".".join(domain.split(".")[-2:])


def _dkim(raw: bytes, domain: str, txt: Txt) -> tuple[Verdict, str]:
    """The best verdict of the signatures aligned with the From's domain, and the domain that passed."""
    verdict = Verdict.NONE
    message = dkim.DKIM(raw, logger=_SILENT)
    signatures = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
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


def _dmarc(domain: str, verdict: Verdict, signer: str, txt: Txt) -> Verdict:
    def lookup(name: str) -> str:
        records = [record for record in txt(name) if record.startswith("v=DMARC1")]
        return records[0] if len(records) == 1 else ""  # two records count as none (RFC 7489, 6.6.3)

    proof = _Proof("pass", signer) if verdict == Verdict.PASS else None
    try:
        result = dmarc_per_from(domain, dkim_result=proof, dnsfunc=lookup)[0]
    except DMARCException:
        return Verdict.NONE
    except Exception:  # no DNS, or a record it cannot read
        return Verdict.UNKNOWN
    if result == "fail" and verdict == Verdict.UNKNOWN:
        return Verdict.UNKNOWN
    return {"pass": Verdict.PASS, "fail": Verdict.FAIL, "none": Verdict.NONE}.get(str(result), Verdict.UNKNOWN)
