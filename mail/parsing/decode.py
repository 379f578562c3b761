"""Bytes to text, whatever the sender claims: declared charset, UTF-8, Windows-1252, Latin-1."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from email.message import Message

# What PostgreSQL refuses or a terminal obeys: NUL, controls but tab and line feed, lone surrogates.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Marks that turn the direction of what follows: "exe.fdp" is shown as "pdf.exe".
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_LABEL = re.compile(r"[^a-z0-9_.:-]")
_NOT_IN_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
# What mail calls a charset and Python does not know by that name, or reads more narrowly than senders write it.
_ALIASES = {
    "x-unknown": "utf-8", "unknown-8bit": "utf-8", "default": "utf-8", "utf8mb4": "utf-8", "x-utf-8": "utf-8",
    "iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-8859-8-i": "iso-8859-8", "x-mac-roman": "mac-roman", "cp-850": "cp850",
}  # fmt: skip
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}


def clean(text: str) -> str:
    """`text` with LF as its line end and without control characters and lone surrogates."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def line(text: str) -> str:
    """`text` on one line and in one direction: a name, a subject."""
    return " ".join(_DIRECTIONS.sub("", clean(text)).split())


def text_decode(data: bytes, charset: str | None = None) -> str:
    """`data` as text. Never fails, since Latin-1 knows every byte."""
    candidates = _candidates(charset)
    if candidates[0].startswith("iso2022_jp") and not data.isascii():
        candidates = ["euc_jp", "cp932", *candidates[1:]]  # 8-bit Japanese under the 7-bit label
    for codec in candidates:
        try:
            return data.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _candidates(charset: str | None) -> list[str]:
    label = _NOT_IN_LABEL.sub("", (charset or "").lower())
    codec = _text_codec(_ALIASES.get(label, label))
    if codec in (None, "utf-8", "cp1252"):
        # UTF-8 under a Latin label is common, and its multi-byte sequences are almost never sensible Latin.
        return ["utf-8", "windows-1252"]
    return [codec, "utf-8", "windows-1252"]


def _text_codec(label: str) -> str | None:
    try:
        info = codecs.lookup(label) if label else None
    except (LookupError, ValueError):
        return None
    # Python's transforms (zip, rot13) are codecs too, but no charsets.
    if info is None or info.name in _REFUSED or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name


def header_text(value: str) -> str:
    """The readable text of a raw header value: encoded words and bare 8-bit bytes decoded, on one line."""
    if not value.isascii():
        value = text_decode(value.encode("utf-8", "surrogateescape"))
    return line("".join(_words(value))) if "=?" in value else line(value)


def _words(value: str) -> Iterator[str]:
    end, held, held_charset = 0, b"", ""
    for match in _WORD.finditer(value):
        charset = match[1].partition("*")[0].lower()
        between = value[end : match.start()]
        # A character may be split between two adjacent words of one charset, so they are decoded together.
        if held and (between.strip() or charset != held_charset):
            yield text_decode(held, held_charset)
            held = b""
        if between.strip():
            yield between
        held += _word_bytes(match[2], match[3])
        held_charset, end = charset, match.end()
    if held:
        yield text_decode(held, held_charset)
    yield value[end:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return base64_decode(data) if encoding in "bB" else quopri.decodestring(data, header=True)


def payload_bytes(part: Message[str, str]) -> bytes:
    """The decoded content of a part that is no multipart; what cannot be decoded stays as it was sent."""
    declared = str(part.get("Content-Transfer-Encoding") or "").lower()
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    # The standard library knows only the exact names: "base64;" and "quoted printable" reach us undecoded.
    encoding = re.sub(r"[\s;\"'-]", "", declared)
    if encoding == "base64" and declared != "base64":
        return base64_decode(data)
    if encoding.startswith("quotedprintable") and declared != "quoted-printable":
        return quopri.decodestring(data)
    return data


def base64_decode(data: bytes) -> bytes:
    """`data` decoded, passing over what does not belong in base64 and a wrong end."""
    packed = _NOT_IN_BASE64.sub(b"", data)
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    try:
        return b64decode(packed + b"=" * (-len(packed) % 4))
    except binascii.Error:
        return data
