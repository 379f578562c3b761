"""Mails for tests, and where the public collections of mail lie."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings


def mail(
    text: str = "Hello,\nis 14 Wattle Street still for sale?\n\nGeorgia\n",
    *,
    sender: str = "Georgia Papadopoulos <georgia@customer.test>",
    to: str = "acacia@in.localhost",
    subject: str = "14 Wattle Street",
    message_id: str | None = "<first@customer.test>",
    headers: Iterable[str] = (),
) -> bytes:
    """A plain mail as it comes over the wire. `headers`: further lines, "Name: value"."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Mon, 23 Nov 2026 09:00:00 +1100"]
    lines += [f"Message-ID: {message_id}"] if message_id is not None else []
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def html_mail(html: str, plain: str | None = None) -> bytes:
    """A mail in HTML, with a plain alternative where given."""
    if plain is None:
        return f"From: a@customer.test\nContent-Type: text/html; charset=utf-8\n\n{html}".encode()
    kinds = (("plain", plain), ("html", html))
    parts = "".join(f"--x\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in kinds)
    return f'From: a@customer.test\nContent-Type: multipart/alternative; boundary="x"\n\n{parts}--x--\n'.encode()


def nested(depth: int) -> bytes:
    """A mail whose text lies below `depth` multiparts."""
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    closed = "".join(f"--b{n}--\n" for n in reversed(range(depth)))
    head = "From: a@customer.test\nMessage-ID: <n@customer.test>\n"
    return f"{head}{opened}Content-Type: text/plain\n\nhi\n{closed}".encode()


def corpus(name: str, pattern: str) -> list[Path]:
    """Files of a public collection; skips the test where the collections are not there."""
    folder = Path(settings.CORPORA_DIR) / "mail" / name
    found = sorted(folder.rglob(pattern))
    if not found:
        pytest.skip(f"no collection of mail in {folder}")
    return found
