"""Attachments: their bytes, and a name and type that are safe to store, show and hand out."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from email.message import Message

from . import caps
from .decode import header_text, payload_bytes, text_decode
from .results import ParsedAttachment

_TYPE = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}$")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')
# What a double click could run, mount or script.
_RUNS = {
    "ade", "adp", "apk", "app", "appx", "application", "bat", "chm", "cmd", "com", "cpl", "crx", "desktop", "dll",
    "dmg", "exe", "gadget", "hta", "htm", "html", "img", "inf", "ins", "iso", "isp", "jar", "js", "jse", "jnlp", "ksh",
    "lib", "lnk", "mht", "mhtml", "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "pl", "ps1", "ps1xml",
    "psc1", "psd1", "psm1", "py", "pyc", "rb", "reg", "scf", "scr", "sct", "settingcontent-ms", "sh", "shb", "shtml",
    "svg", "swf", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd", "wsc", "wsf", "wsh", "xhtml", "xll", "xml",
    "xsl", "docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "one",
}  # fmt: skip
_RUNNING_TYPES = {"text/html", "image/svg+xml", "application/xhtml+xml", "application/x-msdownload", "text/xml",
                  "application/javascript", "text/javascript", "application/x-sh", "application/xml"}  # fmt: skip
_EXTENSIONS = {"message/rfc822": "eml", "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png",
               "image/gif": "gif", "text/calendar": "ics", "text/plain": "txt", "text/csv": "csv"}  # fmt: skip
_NAME_CHARS = 120


def attachment_read(part: Message[str, str], number: int) -> tuple[ParsedAttachment, bool]:
    """(the attachment, whether it could run). `number` names one that has no name, counted from 1."""
    content = _content(part)
    content_type = content_type_of(part)
    name, dangerous = name_make_safe(_name(part), content_type, number)
    dangerous = dangerous or content_type in _RUNNING_TYPES
    content_id = header_text(str(part.get("Content-ID") or "")).strip("<> ")[: caps.ID_CHARS]
    return (
        ParsedAttachment(
            name=name,
            content_type="application/octet-stream" if dangerous else content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=b64encode(content).decode("ascii"),
            content_id=content_id,
            inline=bool(content_id) and disposition_of(part) != "attachment",
        ),
        dangerous,
    )


def content_type_of(part: Message[str, str]) -> str:
    """The declared type in lower case; `application/octet-stream` for one that is no type."""
    declared = part.get_content_type()
    return declared if _TYPE.match(declared) else "application/octet-stream"


def disposition_of(part: Message[str, str]) -> str:
    return str(part.get("Content-Disposition") or "").split(";")[0].strip().lower()


def has_name(part: Message[str, str]) -> bool:
    return bool(_name(part))


def name_make_safe(name: str, content_type: str, number: int) -> tuple[str, bool]:
    """(a plain file name without folders or control characters, whether it was one that could run).

    A name that could run gets `.unsafe` behind it, so that no double click starts it.
    """
    name = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not name:
        name = f"attachment-{number}.{_EXTENSIONS.get(content_type, 'bin')}"
    stem, dot, extension = name.rpartition(".")
    if len(name) > _NAME_CHARS:
        name = (
            f"{stem[: _NAME_CHARS - 1 - len(extension)]}.{extension}"
            if dot and len(extension) < 20
            else name[:_NAME_CHARS]
        )
    if dot and extension.strip().lower() in _RUNS:
        return f"{name}.unsafe", True
    return name, False


def _name(part: Message[str, str]) -> str:
    try:
        name = part.get_filename()
    except Exception:  # the standard library stumbles over broken RFC 2231 parameters in several ways
        name = None
    return header_text(name)[:500] if name else ""


def _content(part: Message[str, str]) -> bytes:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return payload_bytes(part)
    return b"\n".join(_flat(inner) for inner in payload)


def _flat(message: object) -> bytes:
    """An embedded message or report group as it was sent."""
    if not isinstance(message, Message):
        return text_decode(str(message).encode("utf-8", "replace")).encode()
    try:
        return message.as_bytes()
    except Exception:  # the generator cannot write every tree that the parser can read
        headers = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
        return headers.encode("utf-8", "surrogateescape")
