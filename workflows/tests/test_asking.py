"""Whether people are asked: the strictest of all that have a say, at the rule itself. A policy never lets a fallback out."""

from typing import Any

import pytest

from workflows.definition import ApprovalRule
from workflows.engine.asking import asked, asked_by_version

OWN = {"text": "Yes.", "provenance": {"provider": "anthropic", "fallback_reason": None}}
FALLBACK = {"text": "Yes.", "provenance": {"provider": "local", "fallback_reason": "The model is overloaded (529)."}}
MATCHED = {"listing": None}
FREE: dict[str, Any] = {
    "risk": "low", "version": 0, "policy": 0, "provenances": [OWN, MATCHED], "verdict": "pass", "stopped": False,
}  # fmt: skip


def test_nobody_is_asked_about_what_nobody_has_a_say_in() -> None:
    assert asked(**FREE) == 0, "or the tests below prove nothing"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_answer_of_a_fallback_is_asked_about_whatever_policy_and_version_allow(place: int) -> None:
    """Also where it only read the email, and another model drafted."""
    answers = [OWN, OWN, OWN]
    answers[place] = FALLBACK
    assert asked(**FREE | {"provenances": [MATCHED, *answers]}) == 100


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ({"risk": "medium"}, 10), ({"risk": "medium", "version": 30}, 30), ({"risk": "medium", "policy": 5}, 10),
        ({"risk": "high"}, 100), ({"version": 100}, 100), ({"policy": 100}, 100), ({"policy": 40, "version": 20}, 40),
        ({"verdict": "repairable"}, 0), ({"verdict": "person"}, 100), ({"verdict": "refuse"}, 100),
        ({"stopped": True}, 100),
    ],
)  # fmt: skip
def test_the_strictest_wins(said: dict[str, Any], percent: int) -> None:
    assert asked(**FREE | said) == percent


@pytest.mark.parametrize("output", [None, "text", {}, {"provenance": None}, {"provenance": {}}])
def test_what_no_model_has_put_out_has_no_say(output: Any) -> None:
    assert asked(**FREE | {"provenances": [output]}) == 0


@pytest.mark.parametrize(
    ("rule", "percent"),
    [
        ({"ask": "policy"}, 0), ({"ask": "always"}, 100), ({"ask": "sampled", "percent": 25}, 25),
        ({"ask": "when", "when": "event.price > 10"}, 100), ({"ask": "when", "when": "event.price > 90"}, 0),
        ({"ask": "when", "when": "event.weight > 1"}, 100),
    ],
)  # fmt: skip
def test_a_version_asks_as_it_is_written_and_where_its_condition_cannot_be_told(
    rule: dict[str, Any], percent: int
) -> None:
    assert asked_by_version(ApprovalRule(**rule), {"event": {"price": 50}}) == percent
