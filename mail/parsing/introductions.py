"""Lines that introduce somebody else's text: "On Monday, Jane wrote:", a block of mail headers, a forward's mark.

Own patterns first, on verbs and header labels of some twenty languages; mail-parser-reply and quotequail are asked
where these find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .limits import OutOfTime, time_limit
from .phrases import AUTHORS, FORWARDS, LABELS, MARKS, OPENERS, WROTE, WROTE_UNSPACED, one_of

_LIBRARY_SECONDS = 1.0
_LONGEST = 400  # characters of an introduction, joined

_WROTE = re.compile(rf"\b{one_of(WROTE)}|{one_of(WROTE_UNSPACED)}", re.IGNORECASE)
_OPENER = re.compile(rf"^\s*{one_of(OPENERS)}", re.IGNORECASE)
_GMAIL_DATE = re.compile(r"^\s*\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)[+-]\d\d:?\d\d\b.{2,}")
_HINT = re.compile(r"[:：>]\s*$|^\s*>|^\W{5,}")
_LOOSE = re.compile(r"\d|@")
_STRICT = re.compile(r"@|\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d\d")
_RULED = rf"^[\s*_>]*(?:-{{2,}}|_{{2,}}|={{2,}})[\s*]*{one_of(MARKS)}.{{0,40}}?-{{2,}}[\s*_]*$"
_MARK = re.compile(rf"{_RULED}|^\s*{one_of(FORWARDS)}\s*:\s*$", re.IGNORECASE)
_LABEL = re.compile(rf"^[\s*>]*({one_of(LABELS)})\s*[:：][*\s]*(.*)$", re.IGNORECASE)
_FROM = re.compile(rf"^{one_of(AUTHORS)}$", re.IGNORECASE)


@dataclass(frozen=True)
class Introduction:
    """Lines `first` to `last`, both part of it. `quotes_all`: everything below belongs to the other text."""

    first: int
    last: int
    quotes_all: bool


def introduction_find(lines: list[str], start: int) -> Introduction | None:
    """The first introduction at or below line `start`."""
    for n in range(start, len(lines)):
        line = lines[n]
        if not line.strip() or line.lstrip().startswith(">"):
            continue
        found = _mark(lines, n) or _header_block(lines, n) or _wrote(lines, n, start)
        if found:
            return found
    return None


def _mark(lines: list[str], n: int) -> Introduction | None:
    if not _MARK.match(lines[n]):
        return None
    after = _next_text(lines, n + 1)
    block = _header_block(lines, after, needed=1) if after is not None else None
    return Introduction(n, block.last if block else n, True)


def _header_block(lines: list[str], n: int, *, needed: int = 3) -> Introduction | None:
    """Three or more header lines, the first of them a From. Folded lines and single empty ones between are taken in."""
    match = _LABEL.match(lines[n])
    if not match or not (_FROM.match(match[1]) or needed == 1):
        return None
    labels, last, folded = {match[1].lower()}, n, 0
    for m in range(n + 1, min(n + 20, len(lines))):
        match = _LABEL.match(lines[m])
        if match:
            labels.add(match[1].lower())
            last, folded = m, 0
        elif not lines[m].strip():
            if len(labels) >= 3 or folded:
                break
        elif folded < 2 and (len(labels) >= 2 or needed == 1):
            folded += 1
        else:
            break
    if len(labels) < needed:
        return None
    while last + 1 < len(lines) and folded and lines[last + 1].strip():
        last, folded = last + 1, folded - 1
    return Introduction(n, last, True)


def _wrote(lines: list[str], n: int, start: int) -> Introduction | None:
    """ "On … wrote:" that ends on line `n`, reaching up to three lines above it."""
    if _GMAIL_DATE.match(lines[n]):
        end = n
        while end < min(n + 2, len(lines) - 1) and not lines[end].rstrip().endswith(":") and "<" in lines[end]:
            end += 1
        return Introduction(n, end, False)
    if not lines[n].rstrip().endswith((":", "：")):
        return None
    # A sentence may well end in "you wrote on 3 May:"; without marked quotes below it takes more to believe it.
    below = _next_text(lines, n + 1)
    evidence = _LOOSE if below is not None and lines[below].lstrip().startswith(">") else _STRICT
    enough: int | None = None
    for first in range(n, max(n - 4, start - 1), -1):
        if not lines[first].strip():
            break
        joined = " ".join(lines[first : n + 1])
        if len(joined) > _LONGEST:
            break
        if _WROTE.search(joined) and evidence.search(joined):
            if _OPENER.match(lines[first]) and re.search(r"\d", lines[first]):
                return Introduction(first, n, False)
            enough = first if enough is None else enough
    return None if enough is None else Introduction(enough, n, False)


def _next_text(lines: list[str], n: int) -> int | None:
    return next((m for m in range(n, len(lines)) if lines[m].strip()), None)


def library_find(lines: list[str]) -> Introduction | None:
    """What quotequail or mail-parser-reply finds, whichever is higher up; a library out of time has found nothing."""
    if not any(_HINT.search(line) for line in lines):
        return None  # loading the libraries takes longer than reading most mails
    found = [n for n in (_limited(_quotequail, lines), _limited(_mail_parser_reply, lines)) if n]
    return Introduction(min(found), min(found), False) if found else None


def _limited(find: Callable[[list[str]], int | None], lines: list[str]) -> int | None:
    try:
        with time_limit(_LIBRARY_SECONDS):
            return find(lines)
    except (OutOfTime, RecursionError):
        return None


def _quotequail(lines: list[str]) -> int | None:
    import quotequail

    parts = quotequail.quote("\n".join(lines), limit=len(lines) + 1, quote_intro_line=True)
    return parts[0][1].count("\n") + 1 if len(parts) == 2 and parts[0][1] else None


def _mail_parser_reply(lines: list[str]) -> int | None:
    from mailparser_reply import EmailReplyParser
    from mailparser_reply.constants import MAIL_LANGUAGES

    replies = EmailReplyParser(languages=list(MAIL_LANGUAGES)).read("\n".join(lines)).replies
    header = (replies[1].headers or "").strip() if len(replies) > 1 else ""
    opening = header.split("\n")[0].strip()
    if not opening:
        return None
    return next((n for n, line in enumerate(lines) if line.strip() == opening), None)
