"""What the sender wrote now, apart from quotes and signature; all of it as ranges of the whole text.

Lines are sorted into text, quotes and introductions. Text above an introduction stands, what it introduces goes.
Quotes with own text below them are answers in place: they stay in the new text, marked as quotes.
"""

from __future__ import annotations

import re

from . import caps
from .introductions import Introduction, introduction_find, library_find
from .phrases import SENT_FROM, one_of
from .results import NewText, RangeKind, TextRange

_SPACES = re.compile(r"[^\S\n]{3,}")
_QUOTE = re.compile(r"^\s{0,3}(?:[A-Z]{1,2})?>")
_DELIMITER = re.compile(r"^\s*(?:[-_=+~#*ᐧ—–]\s?){2,}\s*$|^\s*ᐧ\s*$")
_SIGNATURE = re.compile(r"^\s{0,2}--\s*$")
_RULE = re.compile(r"^\s*(?:_{5,}|-{5,}|\*{5,})\s*$")
_SENT_FROM = re.compile(rf"^\s*{one_of(SENT_FROM)}\b.{{0,60}}$", re.IGNORECASE)
_SIGNATURE_LINES = 15
_RULED_LINES = 6

Span = tuple[int, int]  # lines, the second one exclusive


def new_text(text: str) -> NewText:
    """Split `text`. Beyond `caps.NEW_TEXT_CHARS` nothing is searched: what follows counts as new."""
    searched = text[: caps.NEW_TEXT_CHARS]
    lines = searched.split("\n")
    # The libraries' patterns backtrack over runs of blanks: they see them collapsed, line by line.
    plain = [_SPACES.sub("  ", line)[:2_000] for line in lines]
    quotes = _quotes(plain)
    signature = _signature(plain, quotes)
    quotes = _with_tail(plain, quotes, signature)
    inline = _inline(plain, [*quotes, *signature])
    if len(searched) < len(text):  # offsets past the end of the search would cut what was never looked at
        quotes = [span for span in quotes if span[1] < len(lines)]
        signature = []
    offsets = _offsets(lines)
    ranges = [
        TextRange(offsets[a], min(offsets[b], len(searched)), kind)
        for spans, kind in (
            (quotes, RangeKind.QUOTE),
            (signature, RangeKind.SIGNATURE),
            (inline, RangeKind.INLINE_QUOTE),
        )
        for a, b in spans
    ]
    ranges.sort(key=lambda r: (r.start, r.end))
    return NewText(_without(text, ranges), tuple(ranges))


def _offsets(lines: list[str]) -> list[int]:
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


def _without(text: str, ranges: list[TextRange]) -> str:
    kept, at = [], 0
    for taken in ranges:
        if taken.kind != RangeKind.INLINE_QUOTE:
            kept.append(text[at : max(at, taken.start)])
            at = max(at, taken.end)
    kept.append(text[at:])
    return _trim("".join(kept))


def _trim(text: str) -> str:
    """Without empty lines and mere delimiters around it; the first line keeps its indent."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or _DELIMITER.match(lines[-1])):
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


def _quotes(lines: list[str]) -> list[Span]:
    """Line spans that are somebody else's text or introduce it."""
    spans: list[Span] = []
    at = 0
    found = introduction_find(lines, 0) or library_find(lines)
    while found:
        if _has_text(lines, spans, found.first) and _introduces_the_rest(lines, found):
            spans.append((found.first, len(lines)))
            return spans
        spans.append((found.first, found.last + 1))
        at = found.last + 1
        found = introduction_find(lines, at)
    return _with_tail(lines, spans, [])


def _with_tail(lines: list[str], spans: list[Span], signature: list[Span]) -> list[Span]:
    """`spans`, and the quotes that close the message or stand right above its signature."""
    until = signature[0][0] if signature else len(lines)
    end = _text_end(lines[:until])
    if end == until or any(a <= end < b for a, b in spans):
        return spans
    return [span for span in spans if span[0] < end] + [(end, until)]


def _has_text(lines: list[str], spans: list[Span], end: int) -> bool:
    taken = {n for a, b in spans for n in range(a, b)}
    return any(_is_text(line) for n, line in enumerate(lines[:end]) if n not in taken)


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not _QUOTE.match(line) and not _DELIMITER.match(line)


def _introduces_the_rest(lines: list[str], found: Introduction) -> bool:
    """Whether all below is the other text. Marked quotes with unmarked text below are answered in place."""
    if found.quotes_all:
        return True
    below = [line for line in lines[found.last + 1 :] if line.strip()]
    if not below or not _QUOTE.match(below[0]):
        return True
    for line in below:
        if _SIGNATURE.match(line) or _RULE.match(line) or _SENT_FROM.match(line):
            return True
        if not _QUOTE.match(line):
            return False
    return True


def _text_end(lines: list[str]) -> int:
    """The line after the last own text, where quotes close these lines; their number when they don't."""
    end = len(lines)
    for n in range(len(lines) - 1, -1, -1):
        if _QUOTE.match(lines[n]):
            end = n
        elif _is_text(lines[n]):
            break
    return end


def _signature(lines: list[str], quotes: list[Span]) -> list[Span]:
    """The signature at the end of the own text: below `--`, below a rule, or "Sent from my …"."""
    end = min((a for a, b in quotes if b == len(lines)), default=len(lines))
    below = 0  # lines with anything on them, under line n
    for n in range(end - 1, 0, -1):
        if below > _SIGNATURE_LINES:
            break
        ruled = _RULE.match(lines[n]) and 0 < below <= _RULED_LINES
        sent_from = _SENT_FROM.match(lines[n]) and below <= 1
        if (_SIGNATURE.match(lines[n]) or ruled or sent_from) and any(_is_text(line) for line in lines[:n]):
            return [(n, end)]
        below += bool(lines[n].strip())
    return []


def _inline(lines: list[str], taken: list[Span]) -> list[Span]:
    """Runs of marked quotes that stay in the new text."""
    out = {n for a, b in taken for n in range(a, b)}
    spans: list[Span] = []
    for n, line in enumerate(lines):
        if n in out or not _QUOTE.match(line):
            continue
        if spans and spans[-1][1] == n:
            spans[-1] = (spans[-1][0], n + 1)
        else:
            spans.append((n, n + 1))
    return spans
