"""The moment in which a reply leaves, and what happens in the same one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from approvals.selectors import approval_get
from approvals.services import approval_decide, approval_recheck
from conftest import Cast
from dispatch.crash_points import reached
from mail.selectors import message_view, outbox
from tenants.selectors import tenant_context
from tests.story import Asked, due_now, mail, person, receive
from tests.test_decisions import meanwhile
from workflows.engine import sending

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
Owner = psycopg.Connection[Any]


def held(asked: Asked, cast: Cast, work: Work) -> None:
    """Have the reply approved, and held."""
    digest = asked.approval.digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    work()
    assert replies() == ["held"]


def replies() -> list[str]:
    return [message.status for message in outbox().items]


def another(asked: Asked) -> Callable[[], UUID]:
    """The customer writes again in the same conversation."""
    first = message_view(UUID(asked.approval.document["message"]["id"])).message_id

    def write() -> UUID:
        with tenant_context("acacia"):
            return receive(mail("Sorry, only Sunday works for us.", In_Reply_To=first))

    return write


def test_a_mail_that_was_acknowledged_a_moment_before_a_reply_would_leave_keeps_it(
    asked: Asked, cast: Cast, at_once: Any, owner: Owner, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first look for unread mail, and before it is committed that the reply leaves."""
    held(asked, cast, work)
    write, compare, received = another(asked), approval_recheck, list[UUID]()

    def late(**given: Any) -> bool:
        if not received:
            received.extend(at_once(write))
        return compare(**given)

    monkeypatch.setattr(sending, "approval_recheck", late)
    due_now(owner)
    work()
    due_now(owner)
    work()
    assert len(received) == 1
    assert replies() == ["stopped"], "it would have been outdated"
    assert approval_get(asked.approval.id).status == "withdrawn"


def test_a_mail_that_comes_while_it_is_committed_that_a_reply_leaves_is_acknowledged_after_it(
    asked: Asked, cast: Cast, owner: Owner, owner_url: str, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(asked, cast, work)
    write, received = another(asked), list[Callable[[], Any]]()

    def at(point: Any, name: str) -> None:
        if (point, name) == ("before_commit", "intent"):
            received.append(meanwhile(write, owner_url))  # comes back once it waits for us
        reached(point, name)

    monkeypatch.setattr(sending, "reached", at)
    due_now(owner)
    work()
    [outcome] = received
    came = outcome()
    work()
    assert replies() == ["kept"], "it had begun to leave"
    assert message_view(came).status == "parsed"
    assert str(message_view(came).thread) == asked.approval.thread
