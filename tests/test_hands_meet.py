"""Somebody decides while another asks, answers, gives it away, or it expires: one of both happens, or one after the other."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from approvals.errors import Refused
from approvals.selectors import approval_get
from approvals.services import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_decide,
    approval_delegate,
    approval_recall_question,
)
from audit.selectors import entries
from conftest import Cast
from mail.selectors import outbox
from tests.story import Asked, due_now, person
from tests.test_decisions import decide, inside

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
Owner = psycopg.Connection[Any]


def refused(outcome: Any) -> bool:
    assert isinstance(outcome, Refused) or not isinstance(outcome, Exception), outcome
    return isinstance(outcome, Refused)


def told(asked: Asked, event: str) -> int:
    return sum(1 for entry in entries(target=f"approval:{asked.approval.id}") if entry.body["event"] == event)


def test_a_decision_meets_a_question_and_a_claim(
    asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Owner
) -> None:
    ident = asked.approval.id
    decided, asked_too, claimed = at_once(
        inside(decide, asked=asked, who=cast.alice),
        inside(approval_ask, approval_id=ident, colleague=cast.alice.id, note="Sure?", actor=person(cast.bob)),
        inside(approval_claim, approval_id=ident, actor=person(cast.bob)),
    )
    assert refused(decided) != refused(asked_too), (decided, asked_too)
    refused(claimed)
    work()
    due_now(owner)
    work()
    assert len(outbox().items) == told(asked, "approval.approved") == (0 if refused(decided) else 1)


def test_a_decision_meets_an_answer_and_its_being_taken_back(
    asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Owner
) -> None:
    """What was shown before the answer has another digest: it cannot be decided, whoever is first."""
    ident = asked.approval.id
    approval_ask(approval_id=ident, colleague=cast.alice.id, note="Sure?", actor=person(cast.bob))
    decided, answered, recalled = at_once(
        inside(decide, asked=asked, who=cast.bob),
        inside(approval_answer, approval_id=ident, answer="Yes", actor=person(cast.alice)),
        inside(approval_recall_question, approval_id=ident, actor=person(cast.bob)),
    )
    assert refused(decided)
    assert refused(answered) != refused(recalled)
    work()
    assert (approval_get(ident).status, told(asked, "approval.answered"), outbox().items) == ("pending", 1, ())


def test_a_decision_meets_its_being_given_to_another(asked: Asked, cast: Cast, at_once: Any, work: Work) -> None:
    ident = asked.approval.id
    decided, given = at_once(
        inside(decide, asked=asked, who=cast.bob),
        inside(approval_delegate, approval_id=ident, to=cast.alice.id, actor=person(cast.alice)),
    )
    assert refused(decided) != refused(given), (decided, given)
    assert approval_get(ident).status == ("pending" if refused(decided) else "approved")


def test_a_decision_meets_its_expiry(asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Owner) -> None:
    """It expires while both wait for its row: whoever comes first finds it expired."""
    owner.execute("UPDATE acacia.approvals_approval SET escalate_to = ''")
    digest = approval_get(asked.approval.id).digest
    owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
    due_now(owner)
    decided, _ = at_once(inside(decide, asked=asked, who=cast.bob, digest=digest), work)
    assert refused(decided)
    work()
    assert approval_get(asked.approval.id).status == "expired"
    with pytest.raises(Refused, match="expired"):
        approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    assert outbox().items == ()
