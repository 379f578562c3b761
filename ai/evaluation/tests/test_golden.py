"""Examples: each once, all of a file or nothing, corrected by another one, and none of a customer's words told."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from ai.evaluation.errors import InvalidCase, KnownCase, NoSuchCase
from ai.evaluation.models import GoldenCase
from ai.evaluation.selectors import case_counts, case_get, cases
from ai.evaluation.services import golden_add, golden_correct, golden_export, golden_import, golden_retire
from ai.evaluation.tests.examples import TESTS, asks_to_see, examples
from audit.selectors import entries, views

pytestmark = pytest.mark.usefixtures("in_acacia")


def line(street: str, **expected: object) -> str:
    return json.dumps({
        "purpose": "understand",
        "inputs": asks_to_see(street).model_dump(mode="json"),
        "expected": expected or {"intent": "inspection"},
    })  # fmt: skip


def test_the_same_inputs_are_one_example_whenever_they_were_asked_about() -> None:
    (first,) = examples(1)
    later = asks_to_see("Wattle").model_dump(mode="json") | {"now": "2027-01-01T00:00:00Z"}
    with pytest.raises(KnownCase):
        golden_add(purpose="understand", inputs=later, expected={"intent": "other"}, actor=TESTS)
    golden_retire(case=first, actor=TESTS)
    golden_add(purpose="understand", inputs=later, expected={"intent": "other"}, actor=TESTS)
    assert case_counts() == {"understand": 1}


def test_a_corrected_example_is_another_one_and_the_former_is_retired() -> None:
    (first,) = examples(1)
    second = golden_correct(case=first, expected={"intent": "question"}, actor=TESTS)
    former, corrected = case_get(first), case_get(second)
    assert former is not None
    assert corrected is not None
    assert former.retired_at is not None
    assert former.expected["intent"] == "inspection"
    assert (corrected.expected, corrected.origin) == ({"intent": "question"}, "A correction")
    assert golden_correct(case=second, expected={"intent": "question"}, actor=TESTS) == second
    with pytest.raises(NoSuchCase):
        golden_correct(case=first, expected={"intent": "other"}, actor=TESTS)
    with pytest.raises(NoSuchCase):
        golden_retire(case=uuid4(), actor=TESTS)


def test_what_is_taken_out_can_be_brought_in_and_again_without_doing_anything() -> None:
    examples(3)
    lines = golden_export(purpose="understand", actor=TESTS)
    assert golden_import(lines=lines, actor=TESTS).known == 3
    for case in cases(purpose="understand"):
        golden_retire(case=case.pk, actor=TESTS)
    assert golden_import(lines=lines, actor=TESTS).added == 3
    assert golden_export(purpose="understand", actor=TESTS) == lines
    changed = [text.replace('"intent": "inspection"', '"intent": "question"') for text in lines]
    found = golden_import(lines=changed, actor=TESTS)
    assert (found.added, found.known, found.replaced) == (0, 0, 3)
    assert case_counts() == {"understand": 3}


def test_a_file_with_a_wrong_line_brings_in_nothing_and_every_fault_has_its_line() -> None:
    lines = [
        line("Wattle"), "", "{", "[]", line("Banksia", intent="sing"), json.dumps({"purpose": "sing"}),
        line("Correa").replace("Correa", "\\u0000"),
    ]  # fmt: skip
    with pytest.raises(InvalidCase) as refused:
        golden_import(lines=lines, actor=TESTS)
    told = [str(fault).split(",")[0] for fault in refused.value.faults]
    assert told == ["line 3", "line 4", "line 5", "line 6", "line 7"]
    assert case_counts() == {}


def test_the_ledger_tells_what_was_done_and_nothing_that_a_customer_wrote() -> None:
    (first,) = examples(1)
    golden_retire(case=golden_correct(case=first, expected={"intent": "question"}, actor=TESTS), actor=TESTS)
    golden_import(lines=[line("Banksia")], actor=TESTS)
    golden_export(purpose="understand", actor=TESTS)
    told = [entry for entry in views(entries()) if entry.event.startswith("golden.")]
    assert sorted(entry.event for entry in told) == [
        "golden.added", "golden.added", "golden.added", "golden.exported", "golden.imported", "golden.retired",
        "golden.retired",
    ]  # fmt: skip
    assert "Wattle" not in str(told)
    assert "Banksia" not in str(told)


def test_an_example_never_changes() -> None:
    (first,) = examples(1)
    with pytest.raises(Exception, match="permission denied"):
        GoldenCase.objects.filter(pk=first).update(purpose="draft")
