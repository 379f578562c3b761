"""Whom a text names: by the whole name, the address or the number, and nobody by a part of one."""

from uuid import UUID

import pytest

from audit.services import Actor
from crm.selectors import contacts_mentioned
from crm.services import contact_create

TESTS = Actor.system("tests")


@pytest.fixture
def rosa(in_acacia: None) -> UUID:
    made = contact_create(name="Rosa Lim", email="rosa.lim@example.net", phone="(02) 5550 0006", actor=TESTS)
    return made.id


@pytest.mark.parametrize(
    ("said", "text", "what"),
    [
        ("I asked Mei Wong and Rosa Lim.", "Rosa Lim", "the name"),
        ("Thanks Rosa Lim for coming.", "Rosa Lim", "the name"),
        ("Write to Rosa.Lim@Example.net.", "rosa.lim@example.net", "the address"),
        ("Call (02) 5550 0006.", "02) 5550 0006", "the number"),
    ],
)
def test_a_whole_name_address_or_number_names_somebody(rosa: UUID, said: str, text: str, what: str) -> None:
    assert [(found.contact, found.text, found.what) for found in contacts_mentioned(said)] == [(rosa, text, what)]


@pytest.mark.parametrize("written", ["0491 570 006", "0491570006", "0491-570-006"])
def test_a_mobile_number_is_known_however_the_text_writes_it(in_acacia: None, written: str) -> None:
    contact_create(name="Mei Wong", phone="0491 570 006", actor=TESTS)
    assert [(found.text, found.what) for found in contacts_mentioned(f"Call {written} today.")] == [
        (written, "the number")
    ]


@pytest.mark.parametrize(
    "said",
    ["Rosa came, and Mr Lim did not.", "Lim Rosa", "Rosa Limburg", "Call 5550 0006.", "lim@example.net", ""],
)
def test_a_part_of_one_names_nobody(rosa: UUID, said: str) -> None:
    assert contacts_mentioned(said) == ()
