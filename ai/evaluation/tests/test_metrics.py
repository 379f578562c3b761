"""What is measured of an answer, and what is not since nobody has said what is right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import BaseModel

from ai.evaluation.errors import InvalidCase
from ai.evaluation.expected import read_case
from ai.evaluation.metrics import METRICS, edit_distance, f1, likeness, scores_of
from ai.providers.local import answer_to
from ai.purposes import PURPOSES, Draft, Recommendation, Understanding
from ai.purposes.recommend import RecommendedAction
from ai.tests.conftest import draft_input, recommend_input, understand_input

ONE, NONE = Decimal(1), Decimal(0)


def scored(purpose: str, inputs: BaseModel, expected: object, answer: BaseModel | None) -> dict[str, Decimal]:
    given, right = read_case(purpose, inputs.model_dump(mode="json"), expected)
    return scores_of(purpose, given, right, answer)


def test_only_what_somebody_said_is_measured() -> None:
    read = answer_to(understand_input())
    assert scored("understand", understand_input(), {"intent": "inspection"}, read) == {"intent": ONE}
    facts = {"suburb": "marrickville", "phone": "0491  570 156", "budget": "1550000", "party_size": 3}
    found = scored("understand", understand_input(), {"wants_person": True, "facts": facts}, read)
    assert found == {"person": NONE, "facts": Decimal("0.7500")}


def test_that_there_is_no_fact_can_be_right() -> None:
    said = {"facts": {"budget": None}}
    bare = Understanding(intent="other", summary="", language="en")
    assert scored("understand", understand_input(), said, bare) == {"facts": ONE}
    assert scored("understand", understand_input(), said, answer_to(understand_input())) == {"facts": NONE}


def test_without_a_usable_answer_all_that_would_be_measured_is_wrong() -> None:
    said = {"intent": "inspection", "language": "en", "wants_person": False, "facts": {"budget": None}}
    found = scored("understand", understand_input(), said, None)
    assert found == {"intent": NONE, "language": NONE, "person": NONE, "facts": NONE}
    assert scored("draft", draft_input(), {"text": "Hello"}, None) == {"checks": NONE, "likeness": NONE}


def test_actions_are_measured_as_a_set() -> None:
    given = Recommendation(actions=[RecommendedAction(name="crm.create_task", reason="")])
    right = {"actions": ["crm.create_task", "mail.send_reply", "crm.upsert_enquiry"], "slot": None}
    assert scored("recommend", recommend_input(), right, given) == {"actions": Decimal("0.5000"), "slot": ONE}
    assert f1(set(), set()) == 1
    assert f1({"a"}, set()) == 0


def test_a_draft_that_says_what_no_source_does_fails_the_checks() -> None:
    honest = answer_to(draft_input())
    assert isinstance(honest, Draft)
    assert scored("draft", draft_input(), {"text": honest.text}, honest) == {"checks": ONE, "likeness": ONE}
    lying = honest.model_copy(update={"text": honest.text + "\n\nThe price guide is $1,250,000."})
    found = scored("draft", draft_input(), {"text": honest.text}, lying)
    assert found["checks"] == 0
    assert 0 < found["likeness"] < 1


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [("", "", 0), ("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b", "c d", 2), ("", "a b", 2), ("b a", "a b", 2)],
)
def test_the_distance_of_two_texts_is_counted_in_words(one: str, other: str, words: int) -> None:
    assert edit_distance(one.split(), other.split()) == words
    assert likeness(one, other) == likeness(other, one)


def test_every_purpose_has_a_metric_that_the_gate_looks_at() -> None:
    assert set(METRICS) == set(PURPOSES)
    assert all(any(metric.gate for metric in metrics) for metrics in METRICS.values())


@pytest.mark.parametrize(
    ("purpose", "expected", "path"),
    [
        ("sing", {}, "purpose"),
        ("understand", {}, "expected"),
        ("understand", {"intent": "sing"}, "expected.intent"),
        ("understand", {"facts": {"shoe_size": 44}}, "expected.facts.shoe_size.[key]"),
        ("recommend", {"actions": ["crm.sing"]}, "expected.actions"),
        ("draft", {"text": ""}, "expected.text"),
        ("draft", "Hello", "expected"),
    ],
)
def test_what_no_answer_could_be_is_refused_with_its_place(purpose: str, expected: object, path: str) -> None:
    inputs = {"recommend": recommend_input(), "draft": draft_input()}.get(purpose, understand_input())
    with pytest.raises(InvalidCase) as refused:
        read_case(purpose, inputs.model_dump(mode="json"), expected)
    assert path in [fault.path for fault in refused.value.faults]
