"""What is said of the labelled emails is counted as it is meant, and nothing of the test half is told."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.mails.measuring import DEFAULT, Measured, Share, intents, report
from workflows.steps.understand import INTENTS


def row(**given: object) -> Measured:
    values: dict[str, object] = {
        "id": "build-000", "language": "en", "right": "question", "intent": "question", "also": frozenset(),
        "fine_right": "availability", "fine": "availability", "language_found": "en-AU", "needs_person": False,
        "person": False,
    }  # fmt: skip
    return Measured(**values | given)  # type: ignore[arg-type]


def test_the_ten_intents_are_those_that_a_definition_has_by_default() -> None:
    assert sorted(DEFAULT) == sorted(INTENTS)
    assert set(DEFAULT) < set(intents())


def test_each_figure_counts_what_it_says() -> None:
    told = report([
        row(),
        row(intent="offer", also=frozenset({"offer"}), fine="offer", language="de"),
        row(intent="other", fine="newsletter", needs_person=True, person=True),
        row(needs_person=True),
        row(person=True),
    ])  # fmt: skip
    assert {name.strip(): (share.right, share.of) for name, share in told.items()} == {
        "intent, of ten": (3, 5),
        "en": (3, 4),
        "de": (0, 1),
        "or another wish of it": (4, 5),
        "intent, of all labelled": (3, 5),
        "language": (4, 5),
        "person needed, and seen": (1, 2),
        "person not needed, but asked": (1, 3),
    }
    assert str(Share(8, 10)) == "  8 of  10   80.0%  (49.0% to 94.3%)"


@pytest.mark.parametrize("name", [field.name for field in fields(Measured)])
def test_no_word_of_an_email_is_kept(name: str) -> None:
    assert name not in ("text", "subject", "from_name", "note")
