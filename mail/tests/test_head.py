"""The header: identity, threading, and which mail no person waits for."""

import pytest

from mail.parsing.caps import message_read
from mail.parsing.head import head_read, ids
from mail.parsing.results import Flag
from mail.tests.messages import corpus, mail

AUTOMATIC = {Flag.AUTO_SUBMITTED, Flag.BULK, Flag.BOUNCE}


def head(*headers: str, envelope_from: str | None = "georgia@customer.test", **given):
    return head_read(message_read(mail(headers=headers, **given))[0], envelope_from=envelope_from)


@pytest.mark.parametrize(
    ("header", "flag"),
    [
        ("Auto-Submitted: auto-replied", Flag.AUTO_SUBMITTED),
        ("Auto-Submitted: auto-generated; owner=x", Flag.AUTO_SUBMITTED),
        ("X-Autoreply: yes", Flag.AUTO_SUBMITTED),
        ("Precedence: auto_reply", Flag.AUTO_SUBMITTED),
        ("Precedence: bulk", Flag.BULK),
        ("Precedence: list", Flag.BULK),
        ("List-Id: <news.example.com>", Flag.BULK),
        ("List-Unsubscribe: <https://example.com/u>", Flag.BULK),
        ("Return-Path: <>", Flag.BOUNCE),
        ("X-Failed-Recipients: a@example.com", Flag.BOUNCE),
    ],
)
def test_automatic_mail_is_flagged(header, flag):
    assert flag in head(header).flags


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "X-Auto-Response-Suppress: All", "Precedence: normal"])
def test_what_only_asks_for_no_answer_is_not_automatic(header):
    assert not AUTOMATIC & set(head(header).flags)


def test_a_null_return_path_makes_a_bounce_and_an_unknown_one_does_not():
    assert Flag.BOUNCE in head(envelope_from="").flags
    assert Flag.BOUNCE not in head(envelope_from=None).flags


def test_a_robot_is_automatic_unless_it_passes_on_what_a_person_wrote():
    assert Flag.AUTO_SUBMITTED in head(sender="Portal <no-reply@portal.test>").flags
    assert not AUTOMATIC & set(head("Reply-To: georgia@customer.test", sender="Portal <no-reply@portal.test>").flags)


def test_nearly_all_real_delivery_reports_are_flagged():
    files = corpus("bounces", "*.eml")
    found = [head_read(message_read(f.read_bytes())[0], envelope_from=None) for f in files]
    missed = [f.name for f, h in zip(files, found, strict=True) if not AUTOMATIC & set(h.flags)]
    share = 1 - len(missed) / len(files)
    print(f"\ndelivery reports flagged as automatic: {share:.1%} of {len(files)}")
    assert share >= 0.98, missed


@pytest.mark.parametrize("value", ["<>", "", "< >"])
def test_an_empty_message_id_is_none(value):
    assert head(message_id=value).message_id == ""


def test_a_bare_message_id_gets_its_brackets():
    assert head(message_id="abc@example.com").message_id == "<abc@example.com>"


def test_references_are_split_whatever_separates_them():
    assert ids("<a@x>,<b@x>\r\n\t<c@x> junk <a@x>") == ("<a@x>", "<b@x>", "<c@x>")


def test_two_from_fields_and_a_deceiving_name_are_suspicious():
    assert Flag.SUSPICIOUS in head("From: b@elsewhere.test").flags
    assert Flag.SUSPICIOUS in head(sender='"boss@bank.test" <x@elsewhere.test>').flags
    assert Flag.SUSPICIOUS not in head().flags


def test_without_a_from_the_envelope_says_who_wrote():
    read = head_read(message_read(b"Subject: x\n\nhello")[0], envelope_from="g@customer.test")
    assert read.from_.email == "g@customer.test"
    assert Flag.SUSPICIOUS in read.flags


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 09:00:00 +0000", "1 Jan 1800 00:00:00 +0000"])
def test_a_senseless_date_is_none(date):
    raw = mail().replace(b"Date: Mon, 23 Nov 2026 09:00:00 +1100", f"Date: {date}".encode())
    assert head_read(message_read(raw)[0], envelope_from=None).sent_at is None
