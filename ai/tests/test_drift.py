"""A version is compared with its own beginning, when enough has been decided, and people hear of drift once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ai.quality.drift import BASELINE, BLOCK, FEWEST, INTENTS, SHARES, SIGNALS
from ai.quality.selectors import LookView, looks
from ai.quality.statistics import level_of
from ai.tests.judging import decided
from audit.selectors import entries, views

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def told(workflow: str) -> list[dict[str, Any]]:
    found = [entry.data for entry in views(entries(event="quality.drifted"))]
    return [data for data in found if data["workflow"] == workflow]


@pytest.fixture
def workflow() -> str:
    return f"enquiry-{uuid4().hex[:8]}"


def test_nothing_is_looked_at_before_there_is_enough_to_see(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE + BLOCK - 1)
    work()
    assert looks(workflow=workflow) == []


def test_a_version_that_stays_as_it_was_is_looked_at_and_nobody_is_told(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE + BLOCK)
    work()
    (look,) = looks(workflow=workflow)
    assert (look.number, look.drifted, look.found) == (1, False, [])
    assert look.level == level_of(1, tests=len(SIGNALS))
    # Of what their calls came to nothing is known.
    assert [test["signal"] for test in look.tests] == [*SHARES, INTENTS]
    assert look.tests[0]["was"] == [BASELINE, BASELINE]
    assert look.tests[0]["now"] == [BLOCK, BLOCK]
    assert told(workflow) == []


def test_drift_is_found_when_its_look_is_due_and_told_once(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE + BLOCK)
    work()
    decided(workflow, BLOCK, edited=True)
    work()
    decided(workflow, 1, edited=True)
    work()
    second, first = looks(workflow=workflow)
    assert (first.drifted, second.drifted, second.number) == (False, True, 2)
    assert [test["signal"] for test in second.found] == ["unedited"]
    assert second.level < first.level
    assert told(workflow) == [{"workflow": workflow, "version": 1, "number": 2, "signals": ["unedited"]}]


def test_other_mail_than_at_first_is_drift_too(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE)
    decided(workflow, BLOCK, intent="complaint")
    work()
    (look,) = looks(workflow=workflow)
    assert [test["signal"] for test in look.found] == ["intents"]
    assert told(workflow)[0]["signals"] == ["intents"]


def came_to(usd: str, seconds: float, fell_back: bool = False) -> dict[str, Any]:
    """What the calls behind a proposal came to."""
    return {"cost_usd": Decimal(usd), "latency_ms": round(1_000 * seconds), "run_fell_back": fell_back}


def found(workflow: str) -> dict[str, Any]:
    """What the newest look compared of the calls, by signal."""
    look, *_ = looks(workflow=workflow)
    return {test["signal"]: test for test in look.tests if test["signal"] not in (*SHARES, INTENTS)}


def test_calls_that_cost_more_take_longer_or_fall_back_are_drift(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE, **came_to("0.020", 2.0))
    decided(workflow, BLOCK, **came_to("0.031", 4.5, fell_back=True))
    work()
    tests = found(workflow)
    assert tests["fell_back"]["was"] == [0, BASELINE]
    assert tests["fell_back"]["now"] == [BLOCK, BLOCK]
    assert (tests["cost"]["was"], tests["cost"]["now"]) == (
        {"median": 0.02, "n": BASELINE}, {"median": 0.031, "n": BLOCK},
    )  # fmt: skip
    assert (tests["latency"]["was"]["median"], tests["latency"]["now"]["median"]) == (2_000, 4_500)
    assert told(workflow)[0]["signals"] == ["fell_back", "cost", "latency"]


@pytest.mark.parametrize("now", [came_to("0.0209", 2.4), came_to("0.0161", 1.6)])
def test_what_is_certain_but_does_not_matter_is_no_drift(workflow: str, work: Work, now: dict[str, Any]) -> None:
    """Each costs a little more than each at first, and takes a little longer."""
    decided(workflow, BASELINE, **came_to("0.020", 2.0))
    decided(workflow, BLOCK, **now)
    work()
    (look,) = looks(workflow=workflow)
    assert {name: test["drifted"] for name, test in found(workflow).items()} == {
        "fell_back": False, "cost": False, "latency": False,
    }  # fmt: skip
    assert found(workflow)["cost"]["p"] < look.level
    assert told(workflow) == []


def test_of_few_calls_nothing_is_said(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE, **came_to("0.020", 2.0))
    decided(workflow, BLOCK - FEWEST + 1)
    decided(workflow, FEWEST - 1, **came_to("9", 900.0, fell_back=True))
    work()
    assert found(workflow) == {}
    assert told(workflow) == []


def test_an_odd_call_among_many_is_no_drift(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE, **came_to("0.020", 2.0))
    decided(workflow, BLOCK - 3, **came_to("0.020", 2.0))
    decided(workflow, 3, **came_to("9", 900.0, fell_back=True))
    work()
    assert not any(test["drifted"] for test in found(workflow).values())


def test_the_first_of_which_the_calls_are_known_are_their_baseline(workflow: str, work: Work) -> None:
    """What was decided before an upgrade knows nothing of its calls."""
    decided(workflow, BASELINE + BLOCK)
    work()
    for _ in range(2):
        decided(workflow, BLOCK, **came_to("0.020", 2.0))
        work()
        assert found(workflow) == {}
    decided(workflow, BLOCK, **came_to("0.040", 2.0))
    work()
    assert [name for name, test in found(workflow).items() if test["drifted"]] == ["cost"]
    assert found(workflow)["cost"]["was"] == {"median": 0.02, "n": BASELINE}


def test_the_beginning_stays_the_baseline_for_good(workflow: str, work: Work) -> None:
    """What has drifted is compared with the beginning again, not with what it drifted to."""
    decided(workflow, BASELINE + BLOCK)
    work()
    for _ in range(2):
        decided(workflow, BLOCK, decision="reject")
        work()
    taken: list[LookView] = looks(workflow=workflow)
    assert [look.drifted for look in taken] == [True, True, False]
    assert {tuple(test["was"]) for look in taken for test in look.tests if test["signal"] == "rejected"} == {
        (0, BASELINE)
    }


def test_each_version_has_a_beginning_of_its_own(workflow: str, work: Work) -> None:
    decided(workflow, BASELINE + BLOCK)
    decided(workflow, BASELINE + BLOCK, version=2, edited=True)
    work()
    assert [(look.version, look.drifted) for look in looks(workflow=workflow)] in (
        [(2, False), (1, False)],
        [(1, False), (2, False)],
    )


def test_decisions_at_one_moment_make_one_look(
    workflow: str, work: Work, at_once: Callable[..., list[Any]], enter: Any
) -> None:
    decided(workflow, BASELINE + BLOCK - 4)
    work()

    def decide() -> None:
        with enter("acacia"):
            decided(workflow, 1)

    assert at_once(*[decide] * 6) == [None] * 6
    # Who decide at one moment may not see each other's: then the next one makes it due.
    decided(workflow, 1)
    work()
    assert [look.number for look in looks(workflow=workflow)] == [1]
