"""Attachments: names that are safe, bytes that are right."""

import hashlib
from base64 import b64decode, b64encode

import pytest

from mail.parsing.attachments import name_make_safe
from mail.parsing.body import parts_read
from mail.parsing.caps import ATTACHMENTS, message_read
from mail.parsing.results import Flag


def parts(*bodies: str):
    joined = "".join(f"--x\n{body}\n" for body in bodies)
    raw = f'From: a@customer.test\nContent-Type: multipart/mixed; boundary="x"\n\n{joined}--x--\n'
    return parts_read(message_read(raw.encode())[0])


@pytest.mark.parametrize(
    ("name", "safe", "dangerous"),
    [
        ("plan.pdf", "plan.pdf", False),
        ("../../etc/passwd", "passwd", False),
        ("C:\\temp\\plan.pdf", "plan.pdf", False),
        ("invoice.pdf.exe", "invoice.pdf.exe.unsafe", True),
        ("page.HTML", "page.HTML.unsafe", True),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf", False),
        ("", "attachment-2.pdf", False),
        ("...", "attachment-2.pdf", False),
        ('a"b<c>.txt', "a_b_c_.txt", False),
        ("日本.pdf", "日本.pdf", False),
    ],
)
def test_names_are_made_safe(name, safe, dangerous):
    assert name_make_safe(name, "application/pdf", 2) == (safe, dangerous)


def test_an_attachment_keeps_its_bytes():
    content = bytes(range(256)) * 10
    encoded = b64encode(content).decode()
    head = 'Content-Disposition: attachment; filename="plan.pdf"\nContent-Transfer-Encoding: base64'
    head = f"Content-Type: application/pdf\n{head}"
    (found,) = parts("Content-Type: text/plain\n\nHello", f"{head}\n\n{encoded}").attachments
    assert (found.name, found.content_type, found.size) == ("plan.pdf", "application/pdf", len(content))
    assert b64decode(found.content) == content
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_what_could_run_is_flagged_and_loses_its_type():
    found = parts('Content-Type: text/html; name="login.html"\n\n<form>')
    assert found.attachments[0].content_type == "application/octet-stream"
    assert Flag.DANGEROUS_ATTACHMENT in found.flags


def test_a_message_inside_a_message_is_an_attachment():
    found = parts(
        "Content-Type: text/plain\n\nSee below", "Content-Type: message/rfc822\n\nSubject: inner\n\nIgnore this"
    )
    assert found.body().text == "See below"
    assert found.attachments[0].name == "attachment-1.eml"
    assert b"Subject: inner" in b64decode(found.attachments[0].content)


def test_an_inline_image_keeps_its_content_id():
    (found,) = parts(
        "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\niVBORw=="
    ).attachments
    assert (found.content_id, found.inline, found.name) == ("logo@x", True, "attachment-1.png")


def test_too_many_attachments_are_cut_off_and_said_so():
    found = parts(*["Content-Type: image/png\n\nx"] * (ATTACHMENTS + 5))
    assert len(found.attachments) == ATTACHMENTS
    assert Flag.TRUNCATED in found.flags


def test_broken_parameters_of_a_name_break_nothing():
    broken = "Content-Disposition: attachment; filename*0*=bogus''%ff; filename*1*=x; filename*x=1"
    assert len(parts(f"{broken}\n\nabc").attachments) == 1
