"""What a domain has published about mail in its name (DMARC), and which domains belong to one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from authheaders import dmarc_per_from
from authheaders.dmarc_lookup import DMARCException, get_org_domain

from .dns import Txt
from .results import Verdict


@dataclass(frozen=True)
class _Proof:
    """An aligned signature that holds, in the shape that authheaders reads."""

    result: str
    header_d: str


def aligned(domain: str, other: str) -> bool:
    """Relaxed alignment: both belong to one organisation."""
    return domain == other or ("." in domain and _organisation(domain) == _organisation(other))


@lru_cache(maxsize=64)
def _organisation(domain: str) -> str:
    """The domain that was registered, by the public suffix list; of an unlisted top-level domain, two labels."""
    found = str(get_org_domain(domain) or "")
    return found if "." in found else ".".join(domain.split(".")[-2:])


def policy_check(domain: str, verdict: Verdict, signer: str, txt: Txt) -> Verdict:
    """The verdict on mail of `domain`, whose aligned signatures came to `verdict`, by the `signer` that passed."""

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
