"""A quick look at the header of a raw message, for those who have to answer before it is parsed."""

from __future__ import annotations

import re

from .caps import ID_CHARS
from .decode import line

_HEADER_BYTES = 1_000_000
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(rb"<([^<>\s]{1,498})>")


def dedupe_key(raw: bytes) -> str:
    """The Message-ID of a raw message, read without parsing it; "" when it has none worth the name."""
    header = _header(raw)
    value = _MESSAGE_ID.search(header)
    found = _ID.search(value[1]) if value else None
    return f"<{line(found[1].decode('latin-1'))}>"[:ID_CHARS] if found else ""


def received_headers(raw: bytes) -> int:
    """How many hops a message has made: its Received headers."""
    header = _header(raw)
    return len(re.findall(rb"^received[ \t]*:", header, re.IGNORECASE | re.MULTILINE))


def has_header(raw: bytes) -> bool:
    """Whether the bytes begin as a message does: with a header field, or a mailbox's "From " line and one."""
    lines = raw.lstrip()[:4096].split(b"\n", 2)
    first = lines[1] if lines[0].startswith((b"From ", b">From ")) and len(lines) > 1 else lines[0]
    return re.match(rb"[!-9;-~]{1,200}[ \t]*:", first) is not None


def _header(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw[:_HEADER_BYTES], maxsplit=1)[0]
