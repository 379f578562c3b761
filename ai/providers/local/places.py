"""Which property or place a mail is about: a street with its number, and the suburb that follows it."""

from __future__ import annotations

import re

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Crescent|Cres|Terrace|Tce|Parade|Pde"
    "|Close|Cl|Boulevard|Blvd|Way|Highway|Hwy|Circuit|Cct|Grove|Gr|Square|Sq|Esplanade|Esp|Row|Walk|Mews|Rise"
)
_PATTERNS = (
    # 14 Wattle Street, 3/27 Banksia Avenue
    rf"(?<![A-Za-z0-9/.])\d+[A-Za-z]?(?:\s?[/-]\s?\d+[A-Za-z]?)?\s+(?:{_CAPITAL}\s+){{1,3}}(?:{_STREETS})(?![A-Za-z])",
    # Lindenstraße 14, Am Alten Markt 3
    r"\b[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer)\s+\d+[a-z]?\b",
    rf"\b(?:{_CAPITAL}\s+){{1,3}}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Street|Road|Avenue|Lane)\s+\d+[a-z]?\b",
    # 12, rue de la Paix
    (
        rf"\b\d+(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|allée|impasse|quai)\s+"
        rf"(?:(?:de|du|des|la|le|les)\s+|[dl]['’])*{_CAPITAL}(?:[\s-]{_CAPITAL}){{0,3}}"
    ),
    # calle Mayor 5, via Roma 3, rua das Flores, 8
    (
        rf"\b(?:[Cc]alle|[Aa]venida|[Pp]laza|[Pp]aseo|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Rr]ua|[Pp]raça|[Tt]ravessa)\s+"
        rf"(?:(?:de|del|de\s+la|da|do|das|dos|della|dei)\s+)*{_CAPITAL}(?:\s+{_CAPITAL}){{0,3}},?\s+\d+[a-z]?\b"
    ),
    # 中山路14号
    r"[\u4e00-\u9fff]{2,8}(?:路|街|大道|巷)\d+号",
)
ADDRESSES = tuple(re.compile(pattern) for pattern in _PATTERNS)
AFTER = re.compile(rf"^\s*(?:,|\bin\b|\bà\b|\ben\b|\ba\b|\bem\b)\s*(?P<suburb>{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})")
WITHIN = re.compile(rf"\b(?:in|near|around|bei|à|en|em|a)\s+(?P<suburb>{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})")
NO_SUBURB = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März"
    r"|Mai|Juni|Juli|Oktober|Dezember|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Google|I|We|The|My|Our"
    r"|Please|Thanks|Kind|Best|Ihre[rmn]?|Ihr|Der|Die|Das|Frage|Anhang|Bezug|Kontakt|Ordnung)\b"
)


def address_of(*texts: str) -> str | None:
    """The first address in the first text that holds one, as it is written there."""
    for text in texts:
        found = [match for pattern in ADDRESSES for match in pattern.finditer(text[:20_000])]
        if found:
            return min(found, key=lambda match: match.start()).group()
    return None


def suburb_of(address: str | None, *texts: str, anywhere: bool = False) -> str | None:
    """The suburb written behind the address; with `anywhere` also one that follows a word like "in"."""
    for text in texts:
        if address is not None:
            for place in re.finditer(re.escape(address), text):
                after = AFTER.match(text[place.end() : place.end() + 60])
                if after and (suburb := _suburb(after["suburb"])):
                    return suburb
        elif anywhere:
            for within in WITHIN.finditer(text[:5_000]):
                if suburb := _suburb(within["suburb"]):
                    return suburb
    return None


def _suburb(found: str) -> str | None:
    bare = found.rstrip(".,'’-")
    return None if NO_SUBURB.match(bare) or not bare else bare
