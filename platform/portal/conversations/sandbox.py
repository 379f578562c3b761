"""What a stranger sent, handed out so that it can do nothing: HTML in a sandbox, files as downloads only.

The HTML was made safe when it was stored. Here a policy of its own forbids it everything else: no scripts, no forms, no
requests. Images that came with the message are put into it; a sandbox could not fetch them with the reader's session.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import unescape

from django.http import HttpResponse
from django.utils.http import content_disposition_header

STYLE = (
    "html{color-scheme:light}body{margin:0;padding:16px;font:14px/21px system-ui,sans-serif;color:#171b1a;"
    "background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}pre{white-space:pre-wrap}"
    "blockquote{margin:0 0 0 8px;padding-left:12px;border-left:2px solid #cdd2cc}"
)
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
HTML_POLICY = (
    "sandbox; default-src 'none'; img-src data:; "
    f"style-src 'sha256-{_STYLE_HASH}'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# Types that a browser may be told of; whatever else is mere bytes to it.
SAFE_TYPES = IMAGES | {"application/pdf", "application/zip", "text/csv", "text/plain"}
INLINE_BYTES = 5_000_000
_CID = re.compile(r'src="cid:([^"]{1,500})"')


def html_answer(html: str, inline: Mapping[str, tuple[str, bytes]]) -> HttpResponse:
    """The HTML version of a message, as a page of its own that may only be framed by us."""
    body = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>HTML version</title>'
        f'<meta name="referrer" content="no-referrer"><style>{STYLE}</style></head>'
        f"<body>{_with_images(html, inline)}</body></html>"
    )
    answer = HttpResponse(body)
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return _sealed(answer, HTML_POLICY)


def file_answer(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A file to be saved, never shown."""
    safe = content_type if content_type in SAFE_TYPES else "application/octet-stream"
    answer = HttpResponse(content, content_type=safe)
    answer["Content-Disposition"] = content_disposition_header(True, file_name(name)) or "attachment"
    return _sealed(answer, FILE_POLICY)


def file_name(name: str) -> str:
    """A name without anything that could end a header or leave a folder."""
    plain = "".join(c if c.isprintable() and c not in "/\\" else " " for c in name)
    return " ".join(plain.split()).lstrip(". ")[:150] or "unnamed"


def _sealed(answer: HttpResponse, policy: str) -> HttpResponse:
    answer["Content-Security-Policy"] = policy
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _with_images(html: str, inline: Mapping[str, tuple[str, bytes]]) -> str:
    left = INLINE_BYTES

    def filled(match: re.Match[str]) -> str:
        nonlocal left
        kind, content = inline.get(unescape(match[1]), ("", b""))
        left -= len(content)
        if kind not in IMAGES or left < 0:
            return 'src=""'
        return f'src="data:{kind};base64,{b64encode(content).decode()}"'

    return _CID.sub(filled, html)
