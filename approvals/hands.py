"""What forms of portal and admin say about who works on a proposal, brought to the services."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from approvals.errors import NoSuchColleague
from approvals.selectors import ApprovalView
from approvals.services import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_delegate,
    approval_recall_question,
    approval_release,
)
from audit.services import Actor

TOLD = {
    "claim": "You are on it. Others see that, and may decide it all the same.",
    "release": "You are on it no more.",
    "ask": "Asked. It waits for the answer, and does not expire meanwhile.",
    "answer": "Answered. It waits for a decision again.",
    "recall": "The question is taken back. It waits for a decision again.",
    "delegate": "Given away. Only they are asked now, and managers.",
}


def hand(act: str, *, approval_id: UUID, typed: Mapping[str, Any], actor: Actor) -> ApprovalView:
    """Do what a form says: `act` is one of TOLD, the rest of it is `typed`. Raises Refused."""
    if act == "ask":
        colleague, note = _person(typed.get("colleague", "")), typed.get("note", "")
        return approval_ask(approval_id=approval_id, colleague=colleague, note=note, actor=actor)
    if act == "answer":
        return approval_answer(approval_id=approval_id, answer=typed.get("answer", ""), actor=actor)
    if act == "delegate":
        return approval_delegate(approval_id=approval_id, to=_person(typed.get("to", "")), actor=actor)
    simple = {"claim": approval_claim, "release": approval_release, "recall": approval_recall_question}
    return simple[act](approval_id=approval_id, actor=actor)


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchColleague("colleague", "Choose a colleague.") from None
