"""Addresses out of headers that people, programs and attackers wrote."""

import pytest

from mail.parsing.addresses import addresses, author, claims_another_address, email_clean
from mail.parsing.results import Address


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("georgia@example.com", [("georgia@example.com", "")]),
        ("Georgia <georgia@EXAMPLE.com>", [("georgia@example.com", "Georgia")]),
        ('"Papadopoulos, Georgia" <g@example.com>, b@example.com', [("g@example.com", "Papadopoulos, Georgia"),
                                                                     ("b@example.com", "")]),
        ("=?utf-8?q?Ge=C3=B3rgia?= <g@example.com>", [("g@example.com", "Geórgia")]),
        ("=?utf-8?q?a=40bank=2Etest=2C?= <g@example.com>", [("g@example.com", "a@bank.test,")]),
        ("Team: a@example.com, B <b@example.com>;", [("a@example.com", ""), ("b@example.com", "B")]),
        ("undisclosed-recipients:;", []),
        ("a@example.com (Georgia (at work))", [("a@example.com", "Georgia at work")]),
        ("Pete(A \\) chap) <pete(his account)@silly.test(his host)>", [("pete@silly.test", "Pete")]),
        ("g@example.com, G@example.com", [("g@example.com", ""), ("G@example.com", "")]),
        ("mailto:g@example.com", [("g@example.com", "")]),
        ("g@bücher.example", [("g@xn--bcher-kva.example", "")]),
        ("Order (as seen in the ledger <v@example.com>", [("v@example.com", "Order (as seen in the ledger")]),
        ('Order "as seen (here <v@example.com>, b@example.com', [("v@example.com", 'Order "as seen (here'),
                                                                 ("b@example.com", "")]),
        ("no address at all", []),
        ("", []),
    ],
)  # fmt: skip
def test_addresses_are_found_with_their_names(value, found):
    assert [(a.email, " ".join(a.name.split())) for a in addresses(value)] == found


def test_raw_8_bit_names_are_read():
    value = "Jörn Støylen <j@example.com>".encode().decode("ascii", "surrogateescape")
    assert addresses(value) == (Address("j@example.com", "Jörn Støylen"),)


def test_thousands_of_open_parentheses_take_no_recursion_and_hide_no_address():
    assert [found.email for found in addresses("(" * 20_000 + "x@example.com")] == ["x@example.com"]


@pytest.mark.parametrize("text", ["", "@", "a@", "@b", "a b", "a@" + "ü" * 300 + ".com"])
def test_what_is_no_address_is_none(text):
    assert email_clean(text) == ""


def test_behind_a_group_the_original_sender_is_the_author():
    group = (Address("sales@agency.test", "'Jane Doe' via Sales"),)
    jane = Address("jane@example.com", "")
    assert author(group, (jane,), ()) == Address("jane@example.com", "Jane Doe")
    assert author(group, (), (jane,)) == Address("jane@example.com", "Jane Doe")


def test_a_reply_to_of_its_own_does_not_change_who_wrote():
    jane = Address("jane@example.com", "Jane")
    assert author((jane,), (), (Address("desk@example.com"),)) == jane


def test_a_name_that_is_another_address_is_noticed():
    assert claims_another_address(Address("x@elsewhere.test", "boss@bank.test"))
    assert not claims_another_address(Address("x@elsewhere.test", "X@elsewhere.test"))
    assert not claims_another_address(Address("x@elsewhere.test", "Georgia"))
