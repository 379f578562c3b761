"""Recognising the tenant's phrases: greetings, thanks and closings that state nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ai.grounding.normal import plain
from ai.grounding.sentences import sentences


def fill(template: str, names: dict[str, str]) -> str | None:
    """The phrase with its placeholders filled in, or None where it needs a name that we don't have."""
    for name, value in names.items():
        mark = "{" + name + "}"
        if mark in template:
            if not value:
                return None
            template = template.replace(mark, value)
    return template


def known_phrases(templates: Iterable[str], names: dict[str, str]) -> frozenset[str]:
    """Every sentence of every phrase, in the form in which `is_phrase` compares."""
    filled = (fill(template, names) for template in templates)
    return frozenset(bare for phrase in filled if phrase for bare in _sentences(phrase))


@lru_cache(maxsize=4096)  # most phrases have no name in them, and come up with every text
def _sentences(phrase: str) -> tuple[str, ...]:
    said = [phrase, *(span.text for span in sentences(phrase))]
    return tuple(bare for sentence in said if (bare := _bare(sentence)))


def is_phrase(sentence: str, phrases: frozenset[str]) -> bool:
    """Whether a sentence is one of the phrases, apart from case, white space, quotes and its last mark."""
    return _bare(sentence) in phrases


def _bare(text: str) -> str:
    return " ".join(plain(text).casefold().split()).strip(" ,.;:!。，！：")
