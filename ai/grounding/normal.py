"""Comparing texts literally: white space and typographic quotes and dashes are equal, nothing else is."""

from __future__ import annotations

import re
from functools import lru_cache

SAME = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "「": '"', "」": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """The text with one kind of quotes and dashes; as long as before, so offsets stay true."""
    return text if text.isascii() and "`" not in text else text.translate(SAME)


@lru_cache(maxsize=512)
def _pattern(quote: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in quote.split()))


def places(quote: str, text: str) -> list[tuple[int, int]]:
    """Where `quote` stands literally in `text`, as (start, end); runs of white space are equal to each other."""
    words = plain(quote).strip()
    if not words:
        return []
    return [found.span() for found in _pattern(words).finditer(plain(text))]
