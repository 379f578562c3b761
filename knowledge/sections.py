"""What a document says, cut into the sections that can be quoted, and what a text must keep to for that."""

import re
from collections.abc import Mapping
from typing import Any

from knowledge.models import TITLE_CHARS, Audience, Language

MOST_SECTIONS = 20
SECTION_CHARS = 1_500  # a quote of a claim holds 2,000
BLANK = re.compile(r"\n[ \t]*\n\s*")
SPACE = re.compile(r"[ \t]+$", re.MULTILINE)


def sections_of(text: str) -> tuple[str, ...]:
    """The sections of a text: an empty line begins a new one."""
    return tuple(part.strip() for part in BLANK.split(text) if part.strip())


def tidied(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What people typed, as it is kept: one kind of line break, no space at the ends."""
    kept = dict(fields)
    if isinstance(kept.get("title"), str):
        kept["title"] = " ".join(kept["title"].split())
    if isinstance(kept.get("text"), str):
        lines = kept["text"].replace("\r\n", "\n").replace("\r", "\n")
        kept["text"] = SPACE.sub("", lines).strip()
    return kept


def faults_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with tidied fields: field -> the sentence that says what to do."""
    told = {name: _fault(name, value) for name, value in fields.items()}
    return {name: fault for name, fault in told.items() if fault}


def _fault(name: str, value: Any) -> str:
    match name:
        case "title":
            return _title_fault(value)
        case "text":
            return _text_fault(value)
        case "language" if value not in Language.values:
            return f"Choose one of {', '.join(Language.values)}."
        case "audience" if value not in Audience.values:
            return f"Choose one of {', '.join(Audience.values)}."
        case "language" | "audience":
            return ""
    return "A document has no such field."


def _title_fault(title: str) -> str:
    if not title:
        return "Say what this is about: replies are found by it."
    if "\0" in title:
        return "A title holds no NUL."
    return "" if len(title) <= TITLE_CHARS else f"At most {TITLE_CHARS} characters."


def _text_fault(text: str) -> str:
    if not text:
        return "Write what replies may say."
    if "\0" in text:
        return "A text holds no NUL."
    parts = sections_of(text)
    if len(parts) > MOST_SECTIONS:
        return f"At most {MOST_SECTIONS} sections, this has {len(parts)}: make a second document of some."
    for number, part in enumerate(parts, 1):
        if len(part) > SECTION_CHARS:
            return f"Section {number} is longer than {SECTION_CHARS:,} characters: divide it by an empty line."
    return ""
