"""Examples of decisions: what the models have read, to the letter, and what people let stand of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ai.evaluation.errors import EvaluationRefused
from ai.evaluation.selectors import case_counts, case_views, cases, evaluation_report
from ai.evaluation.services import evaluation_advance, evaluation_start, golden_export
from ai.providers.local import LOCAL_HOP
from approvals.selectors import ApprovalView, approval_get
from approvals.services import approval_decide, approval_edit
from audit.services import Actor
from conftest import Cast
from crm.selectors import listing_list
from crm.services import listing_update
from tests.story import Asked, due_now, person
from workflows.golden import examples_keep, step_keep

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
Work = Callable[[], None]


def decided(asked: Asked, cast: Cast, work: Work, decision: Any = "approve") -> ApprovalView:
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision=decision, digest=shown.digest, actor=person(cast.bob))
    work()
    return approval_get(shown.id)


def expected(purpose: str) -> dict[str, Any]:
    (found,) = case_views(cases(purpose=purpose))
    return found.expected


def test_of_an_approved_proposal_every_step_that_asked_a_model_becomes_an_example(
    asked: Asked, cast: Cast, work: Work
) -> None:
    approval = decided(asked, cast, work)
    kept = examples_keep(approval=approval, actor=person(cast.bob))
    assert (sorted(kept.added), kept.known, kept.left) == (["draft", "recommend", "understand"], (), {})
    understood = expected("understand")
    assert (understood["intent"], understood["language"], understood["wants_person"]) == ("inspection", "en", False)
    assert understood["facts"]["phone"] == "0491 570 156"
    actions = {action["action"] for action in approval.document["actions"]}
    assert set(expected("recommend")["actions"]) == actions
    assert expected("draft")["text"] == approval.document["reply"]["text"]
    (found,) = case_views(cases(purpose="draft"))
    assert (found.run, found.origin) == (asked.run.id, "A decision")


def test_keeping_it_twice_keeps_it_once(asked: Asked, cast: Cast, work: Work) -> None:
    approval = decided(asked, cast, work)
    examples_keep(approval=approval, actor=TESTS)
    again = examples_keep(approval=approval, actor=TESTS)
    assert (again.added, sorted(again.known)) == ((), ["draft", "recommend", "understand"])


def test_what_people_changed_is_what_is_right(asked: Asked, cast: Cast, work: Work) -> None:
    mended = asked.approval.document["reply"]["text"] + "\n\nPS: Bring good shoes."
    approval_edit(
        approval_id=asked.approval.id,
        digest=asked.approval.digest,
        actor=person(cast.alice),
        edits={"reply": {"text": mended}},
    )
    examples_keep(approval=decided(asked, cast, work), actor=TESTS)
    assert expected("draft")["text"] == mended


def test_what_nobody_approved_says_nothing(asked: Asked, cast: Cast, work: Work) -> None:
    with pytest.raises(EvaluationRefused, match="Only what people have approved"):
        examples_keep(approval=asked.approval, actor=TESTS)
    with pytest.raises(EvaluationRefused, match="Only what people have approved"):
        examples_keep(approval=decided(asked, cast, work, "reject"), actor=TESTS)
    assert case_counts() == {}


def test_an_example_has_the_records_as_the_model_has_read_them(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    approval = decided(asked, cast, work)
    due_now(owner)
    work()
    (listing,) = [found for found in listing_list().items if found.address == "14 Wattle Street"]
    facts = {**listing.facts, "council_rates": "$999.90 per quarter"}
    listing_update(listing=listing.id, actor=TESTS, facts=facts)
    kept = examples_keep(approval=approval_get(approval.id), actor=TESTS)
    assert kept.left == {}
    (line,) = golden_export(purpose="draft", actor=TESTS)
    assert "$512.40" in line
    assert "$999.90" not in line


def test_one_step_is_kept_as_it_answered_whatever_becomes_of_its_proposal(asked: Asked, cast: Cast, work: Work) -> None:
    decided(asked, cast, work, "reject")
    for step, purpose in (("understand", "understand"), ("recommend", "recommend"), ("draft", "draft")):
        kept = step_keep(run=asked.run.id, step=step, actor=TESTS)
        assert (kept.added, kept.left) == ((purpose,), {})
        assert step_keep(run=asked.run.id, step=step, actor=TESTS).known == (purpose,)
    outputs = {step.key: step.output or {} for step in asked.run.steps}
    assert expected("understand")["intent"] == outputs["understand"]["intent"]
    assert set(expected("recommend")["actions"]) == {each["name"] for each in outputs["recommend"]["actions"]}
    assert expected("draft") == {"text": outputs["draft"]["text"]}
    for step in ("match", "nowhere"):
        with pytest.raises(EvaluationRefused, match="no answer of a model"):
            step_keep(run=asked.run.id, step=step, actor=TESTS)


def test_what_is_kept_is_measured_without_a_fault(asked: Asked, cast: Cast, work: Work) -> None:
    examples_keep(approval=decided(asked, cast, work), actor=TESTS)
    for purpose in ("understand", "recommend", "draft"):
        started = evaluation_start(purpose=purpose, hops=[LOCAL_HOP], actor=TESTS, in_background=False)
        evaluation_advance(started)
        report = evaluation_report(started, in_force=[LOCAL_HOP])
        assert {figure.metric.name: figure.mean for figure in report.figures if figure.metric.gate} == dict.fromkeys(
            [figure.metric.name for figure in report.figures if figure.metric.gate], 1.0
        )
