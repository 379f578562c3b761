"""Cutting a sentence into words and figures, so that each of them can be accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ai.grounding.figures import Figure, figures
from ai.grounding.lexicon import CONCEPTS, LANGUAGES
from ai.grounding.normal import plain

WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[,;:()]")
CHINESE = re.compile(r"[\u4e00-\u9fff]+|[，；。、（）]")
ELISION = re.compile(r"^(?:l|d|j|n|s|c|qu|m|t|jusqu|all|dell|nell|sull|dall|un|quell)'(?=\w)")


@dataclass(frozen=True)
class Token:
    """A word in lower case, or a figure. Offsets count in the text that was cut. `plain`: it was written small."""

    start: int
    end: int
    word: str = ""
    figure: Figure | None = None
    plain: bool = True


def _chinese_words() -> frozenset[str]:
    zh = LANGUAGES["zh"]
    words = set(zh.known | zh.follow_up | zh.booking | zh.negation | zh.staff | zh.money)
    words |= {word for names in CONCEPTS.values() for word in names if CHINESE.fullmatch(word)}
    return frozenset(words)


CHINESE_WORDS = _chinese_words()
LONGEST_CHINESE = max(map(len, CHINESE_WORDS))


def tokens(text: str, language: str | None, offset: int = 0) -> list[Token]:
    """The words and figures of `text` in order; `offset` is added to their places.

    `language` decides which words are numbers and weekdays; None reads all languages.
    """
    straight = plain(text)
    found = [Token(f.start + offset, f.end + offset, figure=f) for f in figures(straight, language)]
    blank = list(straight)
    for token in found:
        blank[token.start - offset : token.end - offset] = " " * (token.end - token.start)
    rest = "".join(blank)
    for match in WORD.finditer(CHINESE.sub(lambda m: " " * len(m.group()), rest)):
        found.extend(_latin(match, offset))
    for match in CHINESE.finditer(rest):
        found.extend(_chinese(match, offset))
    return sorted(found, key=lambda token: (token.start, token.end))


def _latin(match: re.Match[str], offset: int) -> list[Token]:
    word = match.group().casefold()
    start, end = match.start() + offset, match.end() + offset
    elision = ELISION.match(word)
    if elision is not None and word not in ("aujourd'hui", "c'est", "c'è"):
        cut = start + elision.end()
        return [
            Token(start, cut, word=elision.group().rstrip("'")),
            Token(cut, end, word=word[elision.end() :], plain=not match.group()[elision.end()].isupper()),
        ]
    return [Token(start, end, word=word, plain=not match.group()[0].isupper())]


def _chinese(match: re.Match[str], offset: int) -> list[Token]:
    run, place, found = match.group(), 0, []
    while place < len(run):
        for length in range(min(LONGEST_CHINESE, len(run) - place), 0, -1):
            piece = run[place : place + length]
            if length == 1 or piece in CHINESE_WORDS:
                start = match.start() + place + offset
                found.append(Token(start, start + length, word=piece))
                place += length
                break
    return found


SUFFIXES = ("ies", "es", "s", "ing", "ed", "en", "em", "er", "n", "e", "a", "o", "i")


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word without the ending of its number, case or tense, at least four letters long."""
    word = word.removesuffix("'s")
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word
