"""Laying marks over a text: claims over a reply, quotes over a source, changed words over both."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

# A source and its quote may differ in white space and in the kind of quotes and dashes, in nothing else.
SAME = str.maketrans("‘’‚‛′`´“”„‟«»″‐‑‒–—−", "'" * 7 + '"' * 7 + "-" * 6)
BREAK = re.compile(r"\n[ \t]*\n\s*|\r?\n")

Verdict = Literal["", "supported", "own_words", "unsupported"]
STRICTNESS: tuple[Verdict, ...] = ("", "supported", "own_words", "unsupported")


def places(quote: str, text: str) -> list[tuple[int, int]]:
    """Where `quote` stands in `text`, as (start, end) offsets."""
    words = quote.translate(SAME).split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    return [found.span() for found in pattern.finditer(text.translate(SAME))]


@dataclass(frozen=True)
class Mark:
    """`text[start:end]` carries these claim numbers."""

    start: int
    end: int
    numbers: tuple[int, ...] = ()
    verdict: Verdict = "supported"


@dataclass(frozen=True)
class Piece:
    """A run of text that is drawn in one way; a removed piece stands in no text any more."""

    text: str
    change: Literal["", "added", "removed"] = ""


@dataclass(frozen=True)
class Run:
    """Pieces under one mark, or under none (`verdict` empty). `begins` and `ends`: of the mark as a whole."""

    pieces: tuple[Piece, ...]
    verdict: Verdict = ""
    numbers: tuple[int, ...] = ()
    begins: bool = True
    ends: bool = True

    @property
    def claims(self) -> str:
        """The numbers as an attribute holds them: '2 3'."""
        return " ".join(map(str, self.numbers))


@dataclass
class Paragraph:
    """Lines of runs; `numbers` are those whose mark ends in it."""

    lines: list[list[Run]] = field(default_factory=lambda: [[]])

    @property
    def numbers(self) -> list[int]:
        return [n for line in self.lines for run in line if run.ends for n in run.numbers]


def merged(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order, those that overlap made one; the strictest swallows what it touches."""
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if not found or mark.start >= found[-1].end:
            found.append(mark)
            continue
        last = found[-1]
        verdict = max(last.verdict, mark.verdict, key=STRICTNESS.index)
        numbers = tuple(sorted({*last.numbers, *mark.numbers}))
        found[-1] = Mark(last.start, max(last.end, mark.end), numbers, verdict)
    return found


@dataclass(frozen=True)
class Changed:
    """`text[start:end]` is new; `removed` stood before it in the former text."""

    start: int
    end: int
    removed: str = ""


def paragraphs(text: str, marks: Iterable[Mark] = (), changes: Iterable[Changed] = ()) -> list[Paragraph]:
    """The text cut into paragraphs (at blank lines), lines and runs."""
    laid = merged(marks)
    changes = list(changes)
    breaks = {found.start(): found for found in BREAK.finditer(text)}
    removed = {change.start: change.removed for change in changes if change.removed.strip()}
    edges = {0, len(text), *breaks, *(found.end() for found in breaks.values()), *removed}
    edges.update(offset for mark in laid for offset in (mark.start, mark.end))
    edges.update(offset for change in changes for offset in (change.start, change.end))
    result = [Paragraph()]
    for piece, mark, end in _pieces(text, sorted(edges), laid, changes, removed):
        if piece is None:
            found = breaks[end]
            if found.group().count("\n") > 1:
                result.append(Paragraph())
            else:
                result[-1].lines.append([])
            continue
        _add(result[-1].lines[-1], piece, mark, end)
    return [paragraph for paragraph in result if any(paragraph.lines)]


def _pieces(
    text: str, edges: list[int], marks: list[Mark], changes: list[Changed], removed: dict[int, str]
) -> Iterator[tuple[Piece | None, Mark | None, int]]:
    """(piece, its mark, where it ends); a break is (None, None, where it starts)."""
    skip_to = 0
    for start, end in zip(edges, [*edges[1:], len(text)], strict=True):
        mark = next((m for m in marks if m.start <= start < m.end), None)
        if start in removed:
            inside = mark if mark and mark.start < start else None
            yield Piece(" ".join(removed[start].split()), "removed"), inside, start
        if start < skip_to or start == end:
            continue
        if found := BREAK.match(text, start):
            yield None, None, start
            skip_to = found.end()
            continue
        added = any(c.start <= start and end <= c.end for c in changes) and bool(text[start:end].strip())
        yield Piece(text[start:end], "added" if added else ""), mark, end


def _add(line: list[Run], piece: Piece, mark: Mark | None, end: int) -> None:
    if mark is None:
        if line and not line[-1].verdict:
            line[-1] = Run((*line[-1].pieces, piece))
        else:
            line.append(Run((piece,)))
        return
    ends = end >= mark.end
    begins = end - len(piece.text) <= mark.start
    if line and line[-1].verdict and line[-1].numbers == mark.numbers and not line[-1].ends:
        former = line[-1]
        line[-1] = Run((*former.pieces, piece), mark.verdict, mark.numbers, former.begins, ends)
    else:
        line.append(Run((piece,), mark.verdict, mark.numbers, begins, ends))
