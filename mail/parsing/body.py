"""The body of a message: its text, its HTML, its attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from html import escape

from . import caps
from .attachments import attachment_read, content_type_of, disposition_of, has_name
from .decode import clean, payload_bytes, text_decode
from .markup import html_read, invisible_remove, without_fragments
from .results import Body, Flag, ParsedAttachment

_CONTROLS = 0.03  # share of control characters above which a text is none
_GARBLED = 0.4  # the same of characters that a wrong charset leaves behind
_SHORT = 0.2  # a plain part this much shorter than the HTML's text is a mere "please view as HTML"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_REPLACED = re.compile("[\x80-\x9f\ufffd]")
_CHARSET = re.compile(r"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Segment:
    """One piece of the body: its plain text, its HTML, or both as alternatives. None: not there."""

    plain: str | None = None
    html: str | None = None


@dataclass
class Parts:
    """What a message is made of, before its HTML is looked at."""

    segments: list[Segment] = field(default_factory=list)
    attachments: list[ParsedAttachment] = field(default_factory=list)
    flags: set[Flag] = field(default_factory=set)
    count: int = 0
    attachment_bytes: int = 0

    def body(self) -> Body:
        """The body as far as its plain parts tell."""
        text, hidden = invisible_remove("\n\n".join(clean(s.plain).strip("\n") for s in self.segments if s.plain))
        flags = self.flags | ({Flag.HIDDEN_TEXT} if hidden else set())
        if len(text) > caps.TEXT_CHARS:
            flags.add(Flag.TRUNCATED)
        return Body(text[: caps.TEXT_CHARS], "", hidden, tuple(self.attachments), tuple(sorted(flags)))


def parts_read(message: Message[str, str]) -> Parts:
    """Take a parsed message apart, down to `caps.DEPTH` levels and `caps.PARTS` parts."""
    parts = Parts()
    _take(message, parts, 0)
    return parts


def _take(part: Message[str, str], parts: Parts, depth: int) -> None:
    parts.count += 1
    if parts.count > caps.PARTS or depth > caps.DEPTH:
        parts.flags.add(Flag.TRUNCATED)
        return
    kind = content_type_of(part)
    if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
        parts.flags.add(Flag.UNREADABLE)
    payload = part.get_payload()
    if isinstance(payload, list) and not kind.startswith("message/"):
        if kind == "multipart/alternative":
            _take_alternatives(part, parts, depth)
            return
        for child in payload:
            if isinstance(child, Message):
                _take(child, parts, depth + 1)
        return
    if _is_body(part, kind):
        text = _text(part)
        if kind == "text/html":
            parts.segments.append(Segment(html=text))
        elif _is_text(text):
            parts.segments.append(Segment(plain=text))
        else:
            parts.flags.add(Flag.UNREADABLE)
        return
    _attach(part, parts)


def _take_alternatives(part: Message[str, str], parts: Parts, depth: int) -> None:
    """The plain text and the HTML of alternatives say the same: they become one segment."""
    before = len(parts.segments)
    for child in part.get_payload():
        if isinstance(child, Message):
            _take(child, parts, depth + 1)
    found = parts.segments[before:]
    del parts.segments[before:]
    plain = "\n\n".join(s.plain for s in found if s.plain)
    html = "\n".join(s.html for s in found if s.html)
    if plain or html:
        parts.segments.append(Segment(plain or None, html or None))


def _is_body(part: Message[str, str], kind: str) -> bool:
    if disposition_of(part) == "attachment" or has_name(part):
        return False
    return kind in ("text/plain", "text/html", "text/enriched") or kind.startswith("multipart/")


def _text(part: Message[str, str]) -> str:
    data = payload_bytes(part)
    try:
        charset = part.get_content_charset()
    except Exception:  # broken RFC 2231 parameters
        charset = None
    if charset is None and part.get_content_type() == "text/html":
        declared = _CHARSET.search(data[:4096].decode("ascii", "replace"))
        charset = declared[1] if declared else None
    return text_decode(data[: 4 * caps.HTML_CHARS], charset)


def _is_text(text: str) -> bool:
    sample = text[:20_000]
    controls, replaced = len(_CONTROL.findall(sample)), len(_REPLACED.findall(sample))
    return controls <= 5 + _CONTROLS * len(sample) and replaced <= 5 + _GARBLED * len(sample)


def _attach(part: Message[str, str], parts: Parts) -> None:
    if len(parts.attachments) >= caps.ATTACHMENTS:
        parts.flags.add(Flag.TRUNCATED)
        return
    attachment, dangerous = attachment_read(part, len(parts.attachments) + 1)
    parts.attachment_bytes += attachment.size
    if parts.attachment_bytes > caps.ATTACHMENT_BYTES:
        parts.flags.add(Flag.TRUNCATED)
        return
    parts.attachments.append(attachment)
    if dangerous:
        parts.flags.add(Flag.DANGEROUS_ATTACHMENT)


def body_read(parts: Parts) -> Body:
    """The whole body but its attachments: HTML made safe, text as seen, what was hidden kept apart."""
    plain = parts.body()
    texts: list[str] = []
    htmls: list[str] = []
    hidden = [plain.hidden_text] if plain.hidden_text else []
    flags = set(plain.flags)
    remote_images = 0
    for segment in parts.segments:
        text = clean(segment.plain or "").strip("\n")
        if segment.html is None:
            htmls.append(f"<pre>{escape(text)}</pre>")
        else:
            markup = html_read(segment.html)
            flags |= markup.flags
            remote_images += markup.remote_images
            hidden += [markup.hidden] if markup.hidden else []
            htmls.append(markup.html)
            text = without_fragments(text, markup.hidden)
            if not text.strip() or (len(markup.text) > 200 and len(text) < _SHORT * len(markup.text)):
                text = markup.text
        texts.append(text)
    text, unseen = invisible_remove("\n\n".join(text for text in texts if text.strip()))
    hidden += [unseen] if unseen and unseen not in hidden else []
    if hidden:
        flags.add(Flag.HIDDEN_TEXT)
    if len(text) > caps.TEXT_CHARS:
        flags.add(Flag.TRUNCATED)
    html = "\n".join(htmls) if any(s.html is not None for s in parts.segments) else ""
    unseen_text = "\n".join(hidden)[: caps.HIDDEN_CHARS]
    return Body(text[: caps.TEXT_CHARS], html, unseen_text, (), tuple(sorted(flags)), remote_images)
