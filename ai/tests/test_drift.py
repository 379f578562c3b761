"""A version is compared with its own beginning, when enough has been decided, and people hear of drift once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ai.quality.drift import BASELINE, BLOCK, SIGNALS
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
    assert [test["signal"] for test in look.tests] == list(SIGNALS)
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


def test_the_beginning_stays_the_baseline_for_good(workflow: str, work: Work) -> None:
    """What has drifted is compared with the beginning again, not with what it drifted to."""
    decided(workflow, BASELINE + BLOCK)
    work()
    for _ in range(2):
        decided(workflow, BLOCK, decision="reject")
        work()
    found: list[LookView] = looks(workflow=workflow)
    assert [look.drifted for look in found] == [True, True, False]
    assert {tuple(test["was"]) for look in found for test in look.tests if test["signal"] == "rejected"} == {
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
