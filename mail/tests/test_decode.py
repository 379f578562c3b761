"""Bytes to text: what is declared, what is true, what is neither."""

from email import message_from_bytes

import pytest

from mail.parsing.decode import base64_decode, clean, header_text, line, payload_bytes, text_decode


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("né".encode(), "utf-8", "né"),
        ("né".encode("latin-1"), "iso-8859-1", "né"),
        ("né".encode(), "iso-8859-1", "né"),
        ("“né”".encode("cp1252"), "us-ascii", "“né”"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("日本".encode("euc_jp"), "ISO-2022-JP", "日本"),
        ("né".encode(), "x-no-such-charset", "né"),
        ("né".encode(), "zip", "né"),
        (b"\x81\x8d", None, "\x81\x8d"),
    ],
)
def test_text_is_decoded_by_declaration_then_by_what_fits(data, charset, text):
    assert text_decode(data, charset) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?b?w6k=?= =?utf-8?q?_a?=", "é a"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("Re: =?iso-8859-1?Q?caf=E9?= tonight", "Re: café tonight"),
        ("=?no-such?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?broken", "=?broken"),
        ("one\r\n two", "one two"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ],
)
def test_header_values_become_one_readable_line(value, text):
    assert header_text(value) == text


def test_nothing_that_postgres_refuses_is_left():
    assert clean("a\x00b\x07c\ud800d\r\ne") == "abcd\ne"
    assert line(" a \n b\x00 ") == "a b"


@pytest.mark.parametrize(
    ("encoding", "payload"),
    [("base64", b"aGVs bG8="), ("base64;", b"aGVsbG8="), ("BASE64 ", b"aGVsbG8"), ("quoted-printable", b"hel=6Co"),
     (" quoted-printable ;", b"hel=6Co"), ("7-bit", b"hello"), ("", b"hello")],
)  # fmt: skip
def test_transfer_encodings_are_taken_as_senders_write_them(encoding, payload):
    part = message_from_bytes(b"Content-Transfer-Encoding: " + encoding.encode() + b"\n\n" + payload)
    assert payload_bytes(part) == b"hello"


def test_base64_of_an_impossible_length_loses_only_its_end():
    assert base64_decode(b"aGVsbG8gaGVsb") == b"hello hel"
