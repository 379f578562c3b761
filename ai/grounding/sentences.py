"""Cutting a text into sentences, with their character offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ABBREVIATIONS = """
mr mrs ms dr no nos approx incl excl e.g i.e a.m p.m etc vs tel nr str bzw z.b d.h ca std inkl zzgl
sr sra srta dña d.ª ud uds vd vds mme mlle av bd sig sig.ra dott avv ecc dra exmo exma prof ing
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
STREETS = frozenset({"st", "ave", "rd", "cres", "pde", "tce", "blvd"})
STARTER = re.compile(
    r"(?:I|We|My|Our|The|This|That|It|Is|Are|Was|Were|Do|Does|Did|Can|Could|Would|Will|What|When|Where|Who|How|Why|If"
    r"|Please|Thanks|Thank|There|You|Your|Any|And|But|So|Also|In|On|At|For)\b"
)
JOINING = ("和", "与", "及", "、")
MONTHS = (
    "jan|feb|fév|fev|mar|mär|abr|apr|avr|mai|may|mag|jun|juin|giu|jul|juil|lug|aug|août|ago|sep|set|okt|oct|ott|out|"
    "nov|dez|dec|déc|dic"
)
LONGEST_WORD = 40
CLOSING = "\"'”“’‘»」』)]"
END = re.compile(rf"(?:[.!?…]+(?:[{re.escape(CLOSING)}]|[\u00a0\u202f ]»)*(?=\s)|[。！？]+[{re.escape(CLOSING)}]*)")
QUOTATION = re.compile(r"“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|「[^「」\n]*」|(?<!\w)\"[^\"\n]*\"")


@dataclass(frozen=True)
class Span:
    """`text[start:end]`, without white space at its ends."""

    start: int
    end: int
    text: str

    def overlaps(self, start: int, end: int) -> bool:
        return start < self.end and self.start < end


@lru_cache(maxsize=64)  # several checks read one text
def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order. A line break ends a sentence; empty ones are left out.

    An abbreviation ("St. Marys"), an ordinal before a month ("21. November") and a number ("10.30") end none.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\r\n]+", text):
        begin = line.start()
        quotations = [found.span() for found in QUOTATION.finditer(text, line.start(), line.end())]
        for stop in END.finditer(text, line.start(), line.end()):
            quoted = any(start < stop.end() < end for start, end in quotations)
            if quoted or _goes_on(text, begin, stop):
                continue
            _add(spans, text, begin, stop.end())
            begin = stop.end()
        _add(spans, text, begin, line.end())
    return tuple(spans)


def _goes_on(text: str, begin: int, stop: re.Match[str]) -> bool:
    following = text[stop.end() : stop.end() + 3].lstrip()
    if stop.group() != ".":
        return following[:1].islower() or (stop.group()[-1] in CLOSING and following.startswith(JOINING))
    before = re.search(r"\S+$", text[max(begin, stop.start() - LONGEST_WORD) : stop.start()])
    word = before.group().casefold().lstrip("(\"'“‘«") if before else ""
    if word in STREETS:
        return re.match(r"[^\W\d_]+", text[stop.end() :].lstrip() or ".") is not None and not STARTER.match(
            text[stop.end() :].lstrip()
        )
    if word in ABBREVIATIONS or re.fullmatch(r"[^\W\d_]", word):
        return True
    after = text[stop.end() : stop.end() + 12].lstrip()
    if re.search(r"\d$", word) and re.match(rf"(?:{MONTHS})", after, re.IGNORECASE):
        return True
    return after[:1].islower()


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        spans.append(Span(begin, begin + len(stripped), stripped))
