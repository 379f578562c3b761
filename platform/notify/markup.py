"""Emails to colleagues as simple HTML: the same words as in their plain text, with its addresses as links."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

# A line that is nothing but an address. What stands inside a sentence, somebody may have put into their name.
ADDRESS = re.compile(r"https?://\S+")


def as_html(text: str) -> str:
    """`text` in paragraphs."""
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip()) if part.strip()]
    body = "".join(f"<p>{'<br>'.join(_line(line) for line in part.splitlines())}</p>" for part in paragraphs)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{body}</body></html>'


def _line(line: str) -> SafeString:
    if ADDRESS.fullmatch(line.strip()):
        return format_html('<a href="{0}">{0}</a>', line.strip())
    return mark_safe(escape(line))  # noqa: S308 - escaped just now
