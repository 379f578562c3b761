"""Which names may stand in a greeting."""

from __future__ import annotations

import pytest

from ai.names import first_name, person_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Georgia Papadopoulos", "Georgia Papadopoulos"), ("Papadopoulos, Georgia", "Georgia Papadopoulos"),
        ("georgia o'neill", "Georgia O'neill"), ("  Raj   Patel ", "Raj Patel"), ("王丽", "王丽"), ("Γιώργος Νικολάου", "Γιώργος Νικολάου"),
        ("Anna-Lena von der Heide", "Anna-Lena von der Heide"), ("J. Smith Jr.", "J. Smith Jr."), ("RAJ PATEL", "RAJ PATEL"),
    ],
)  # fmt: skip
def test_a_persons_name_is_taken(text: str, name: str) -> None:
    assert person_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "info@example.com", "www.evil.example", "Www.evil.example", "http://evil.example", "Pay 500 now", "x" * 100,
        "Price Reduced", "Council Approved", "one two three four five six", "Georgia: read this", "<b>Georgia</b>", "😀", "...",
    ],
)  # fmt: skip
def test_what_is_no_name_is_ignored(text: str) -> None:
    assert person_name(text) == ""
    assert first_name(text) == ""


def test_the_first_name() -> None:
    assert first_name("Papadopoulos, Georgia") == "Georgia"
    assert first_name("王丽") == "王丽"
