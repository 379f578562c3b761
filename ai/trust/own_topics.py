"""What a tenant forbids its replies to say: phrases of its own, found as a reader would find them.

Nobody's pattern is compiled here: a phrase is looked for letter by letter, so none can hold up a worker.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ai.grounding.lexicon import LANGUAGES
from ai.grounding.normal import places, plain
from ai.grounding.sentences import QUOTATION, Span, sentences
from ai.grounding.tokens import tokens

ASKING = frozenset(word for words in LANGUAGES.values() for word in words.asking)
STAR = "*"
PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
BREAK = "¶"
NOTHING = "\u200b"
# Signs that choose how the one before is drawn, or of which nothing is drawn, and that Unicode counts as letters.
UNSEEN = re.compile("[\u115f\u1160\u17b4\u17b5\u180b-\u180f\u20d0-\u20ff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Quotation marks and signs of emphasis; an apostrophe inside a word is part of it. And letters that look like a space.
MARKS = re.compile(r"(?<!\w)'|'(?!\w)|[\"*_\u2800\u3164\uffa0]")
# Written without spaces between the words, or with endings that stick to them: there a word has no border.
HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = re.compile(f"[{HAN}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7af]")
WRAPPED = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")  # a line break there cuts no word


@dataclass(frozen=True)
class OwnTopic:
    """`key` is its id; `words` say to the staff why a sentence cannot leave. See `sought` for what a phrase finds."""

    key: str
    name: str
    words: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A sentence that speaks of a topic; `hits` are where in the text its phrases stand, as (start, end)."""

    topic: OwnTopic
    span: Span
    hits: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Sought:
    """A phrase as it is looked for; `goes_on`: its last word may have any ending."""

    letters: str
    goes_on: bool

    @property
    def weight(self) -> int:
        """How many letters and digits it has."""
        return sum(map(str.isalnum, self.letters))


def said(text: str, topics: Sequence[OwnTopic], quotable: Sequence[str] = ()) -> list[Said]:
    """Which sentences speak of which topics, each once. What stands in `quotable` and is given back in quotation marks
    does not.
    """
    if not topics:
        return []
    letters, origins = folded(text)
    hits = [(origins[start], origins[end - 1] + 1, topic) for topic in topics for start, end in _hits(letters, topic)]
    if not hits:
        return []
    spans, quoted = sentences(text), _quoted(text, quotable)
    begins = [span.start for span in spans]
    found: dict[tuple[int, str], Said] = {}
    for start, end, topic in hits:
        if not any(first <= start and end <= last for first, last in quoted):
            number = bisect_right(begins, start) - 1
            before = found.get((number, topic.key))
            found[number, topic.key] = Said(topic, spans[number], (*(before.hits if before else ()), (start, end)))
    return [found[at] for at in sorted(found, key=lambda at: at[0])]


def _quoted(text: str, quotable: Sequence[str]) -> list[tuple[int, int]]:
    """Where words of these texts stand in quotation marks, and their sentence gives them back as the customer's."""
    return [
        (span.start + match.start(), span.start + match.end())
        for span in sentences(text)
        for match in QUOTATION.finditer(span.text)
        if _given_back(match.group(), span) and any(places(match.group()[1:-1], written) for written in quotable)
    ]


def _given_back(quotation: str, span: Span) -> bool:
    """Whether it asks, stands alone, or its sentence says that they asked or wrote it. “In the ‘school zone’ of
    Marrickville” says what it quotes.
    """
    beside = QUOTATION.sub(" ", span.text)
    if quotation[:-1].rstrip().endswith(("?", "？")) or not any(map(str.isalnum, beside)):
        return True
    return not ASKING.isdisjoint(token.word for token in tokens(beside, None))


def _hits(letters: str, topic: OwnTopic) -> Iterator[tuple[int, int]]:
    for phrase in topic.phrases:
        wanted = sought(phrase)
        start = letters.find(wanted.letters)
        while start >= 0:
            end = start + len(wanted.letters)
            if not _joined(letters, start) and (wanted.goes_on or not _joined(letters, end)):
                yield start, end
            start = letters.find(wanted.letters, start + 1)


def _joined(letters: str, at: int) -> bool:
    """Whether one word goes on from before this place to after it."""
    pair = letters[at - 1 : at + 1] if 0 < at < len(letters) else ""
    return len(pair) == 2 and pair.isalnum() and not UNSPACED.search(pair)


@lru_cache(maxsize=8192)
def sought(phrase: str) -> Sought:
    """A phrase is found as whole words, whatever their capitals and accents, and whatever hyphens, spaces, line breaks,
    quotation marks or signs of emphasis stand between them. With a star at its end, the last word may go on:
    `school zone*`.
    """
    bare = phrase.strip()
    letters, _ = folded(bare.removesuffix(STAR))
    return Sought(letters.strip(), bare.endswith(STAR))


def folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and where each of its letters stood. A phrase reaches over no empty line."""
    letters: list[str] = []
    origins: list[int] = []
    blank = True
    text = PARAGRAPH.sub(lambda gap: BREAK * len(gap.group()), text)
    text = MARKS.sub(" ", UNSEEN.sub(NOTHING, plain(text)))
    for place, char in enumerate(WRAPPED.sub(lambda gap: NOTHING * len(gap.group()), text)):
        for letter in _letters(char):
            if letter != " " or not blank:
                letters.append(letter)
                origins.append(place)
            blank = letter == " "
    return "".join(letters), origins


@lru_cache(maxsize=8192)
def _letters(char: str) -> str:
    """One character without its capital, accent and width: ß is ss, a dash a space, what nobody sees nothing."""
    if char.isspace() or unicodedata.category(char) == "Pd":
        return " "
    if unicodedata.category(char)[0] == "C":
        return ""
    bare = unicodedata.normalize("NFKD", char.casefold())
    accents = "".join(mark for mark in bare if not "\u0300" <= mark <= "\u036f")
    return unicodedata.normalize("NFC", accents).casefold()
