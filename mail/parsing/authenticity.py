"""Whether the From can be believed: DKIM signatures aligned with it, and the DMARC verdict that follows.

Mail that reaches us was mostly forwarded, which breaks SPF: SPF is not checked (`unknown`), and DMARC is judged by
aligned DKIM alone. An answer that DNS does not give in time is `unknown`, never `pass`.

Loading the libraries for DKIM, DMARC and DNS takes as long as all other reading of a message: each is loaded only
for a message that needs it.
"""

from __future__ import annotations

import re

from .addresses import addresses
from .dns import DnsUnavailable, Txt
from .results import Auth, Verdict

_END_OF_LINE = re.compile(rb"\r?\n")
_END_OF_HEADER = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FIELD = re.compile(rb"([\x21-\x7e]+?):")


def authenticate(raw: bytes, txt: Txt) -> Auth:
    """The verdicts on a raw message, asking DNS through `txt`. Never raises for what the message holds."""
    try:
        fields = header_fields(raw)
    except ValueError:
        return Auth(dkim=Verdict.NONE, dmarc=Verdict.NONE)
    from_values = [value for name, value in fields if name == b"from"]
    authors = addresses(b",".join(from_values).decode("ascii", "surrogateescape").replace("\r\n", " "))
    if not authors:
        return Auth(dkim=Verdict.NONE, dmarc=Verdict.NONE)
    if len(from_values) > 1 or len(authors) > 1:
        # A signature covers one From while a reader may be shown the other.
        return Auth(dkim=Verdict.FAIL, dmarc=Verdict.FAIL)
    domain = authors[0].email.rpartition("@")[2]
    signatures = [value for name, value in fields if name == b"dkim-signature"]
    verdict, signer = _dkim(raw, signatures, domain, txt) if signatures else (Verdict.NONE, "")
    return Auth(dkim=verdict, dmarc=_dmarc(domain, verdict, signer, txt), domain=signer)


def header_fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of the header, each its name in lower case and its value with the ends of its lines.

    They are the ones that the DKIM library sees: what is read here must be what was signed. Raises ValueError for
    what that does not take for a header.
    """
    end = _END_OF_HEADER.search(raw)
    lines = _END_OF_LINE.split(raw[: end.start()] if end else raw)
    found: list[tuple[bytes, list[bytes]]] = []
    for line in filter(None, lines):
        named = _FIELD.match(line)
        if line[:1] in (b" ", b"\t"):
            if not found:
                raise ValueError("goes on from nothing")
            found[-1][1].append(line)
        elif named:
            found.append((named[1].lower(), [line[named.end() :]]))
        elif not line.startswith(b"From "):
            raise ValueError("not a field")
    return [(name, b"\r\n".join([*values, b""])) for name, values in found]


def _dkim(raw: bytes, signatures: list[bytes], domain: str, txt: Txt) -> tuple[Verdict, str]:
    from .signatures import signatures_check

    return signatures_check(raw, signatures, domain, txt)


def _dmarc(domain: str, verdict: Verdict, signer: str, txt: Txt) -> Verdict:
    try:
        txt(f"_dmarc.{domain}")
    except DnsUnavailable:
        return Verdict.UNKNOWN
    from .dmarc import policy_check

    return policy_check(domain, verdict, signer, txt)
