"""What was approved is what happens: any field of it that is changed behind the platform's back is missed in time.

The suite tries some of the fields; `make binding` tries every one of them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import transaction

from approvals.errors import AlreadyDecided, Refused
from approvals.selectors import approval_get
from approvals.services import approval_decide, approval_execute
from audit.services import Actor
from conftest import Cast
from crm.selectors import contact_by_email
from dispatch.worker import run_next
from mail.selectors import outbox
from tenants.selectors import public_context, tenant_context
from tests.mutations import Mutation, Rows, mutations
from tests.story import CUSTOMER, Asked, due_now, person
from workflows.engine.waking import run_wake

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
EVERY = bool(os.environ.get("EVERY_FIELD"))
REPLAYS = 1000 if EVERY else 20
SHOWN = ["title", "risk", "document", "blocked_reason"]
RULE = [
    "approver_role",
    "required_approvers",
    "escalate_to",
    "escalate_count",
    "requesters",
    "editors",
    "expires_at",
    "lasts",
]
BOUND = ["thread", "binding", "basis", "digest", *SHOWN, *RULE]
REPLY = [
    "message_id", "in_reply_to", "references", "from_email", "from_name", "to", "cc", "reply_to", "subject", "text",
    "new_text", "effect_key", "run_id",
]  # fmt: skip
LEFT = ("sending", "sent", "kept", "unknown", "failed")


def chosen(found: Iterator[Mutation], some: int) -> list[Mutation]:
    """All, or `some` of them that stand at even distances."""
    every = list(found)
    return every if EVERY else every[:: max(1, len(every) // some)]


@contextmanager
def without_triggers(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """As an owner who has switched off what would refuse the change at once."""
    for table in ("approvals_approval", "workflows_workflowversion"):
        owner.execute(f"ALTER TABLE acacia.{table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in ("approvals_approval", "workflows_workflowversion"):
            owner.execute(f"ALTER TABLE acacia.{table} ENABLE TRIGGER USER")


def approve(asked: Asked, who: Any) -> None:
    digest = approval_get(asked.approval.id).digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(who))


def wake(asked: Asked) -> None:
    """Have the run's worker look, and wait for it."""
    with tenant_context("acacia"), transaction.atomic():
        run_wake(asked.run.id)
    with public_context():
        while any(run_next(queue) for queue in ("runs", "ai")):
            pass


def count_of(owner: psycopg.Connection[Any], query: str) -> int:
    found = owner.execute(f"SELECT count(*) FROM acacia.{query}").fetchone()
    assert found is not None
    return int(found[0])


def test_no_field_of_what_was_approved_can_be_changed_before_it_is_carried_out(
    asked: Asked, cast: Cast, owner: Any
) -> None:
    approve(asked, cast.bob)
    rows = Rows(owner)
    approval = rows.only("approvals_approval", id=str(asked.approval.id))
    decision = rows.only("approvals_decision", approval_id=str(asked.approval.id))
    version = next(iter(rows.kept["workflows_workflowversion"].values()))
    tried = [
        *chosen(mutations(approval, "approvals_approval", BOUND), 60),
        *mutations(decision, "approvals_decision", ["digest"]),
        Mutation("approvals_decision", decision["id"], "decision", (), "turned", "reject"),
        Mutation("approvals_decision", decision["id"], "person", (), "another", str(cast.charlie.id)),
        *chosen(mutations(version, "workflows_workflowversion", ["definition"]), 5),
    ]
    missed = []
    with without_triggers(owner):
        for mutation in tried:
            mutation.make(owner)
            wake(asked)
            done = count_of(owner, "workflows_effect") + count_of(owner, "mail_message WHERE direction = 'out'")
            status = owner.execute(
                "SELECT status FROM acacia.approvals_approval WHERE id = %s", [asked.approval.id]
            ).fetchone()
            if done or status != ("stale",):
                missed.append(f"{mutation}: {status}, {done} effects and replies")
            rows.put_back()
    assert not missed, "\n".join(missed)
    assert len(tried) >= (1000 if EVERY else 50), len(tried)
    print(f"{len(tried)} changes of one field before it is carried out: {len(tried)} refused")
    wake(asked)
    assert approval_get(asked.approval.id).status == "executing", "as it was approved, it is carried out"


def test_no_field_of_it_or_of_its_held_reply_can_be_changed_before_that_leaves(
    asked: Asked, cast: Cast, owner: Any
) -> None:
    approve(asked, cast.bob)
    wake(asked)
    due_now(owner)
    rows = Rows(owner)
    approval = rows.only("approvals_approval", id=str(asked.approval.id))
    effect = rows.only("workflows_effect", status="held")
    reply = rows.only("mail_message", status="held")
    tried = [
        *chosen(mutations(approval, "approvals_approval", BOUND), 15),
        *chosen(mutations(effect, "workflows_effect", ["plan", "outcome", "action", "key"]), 25),
        *mutations(reply, "mail_message", REPLY),
    ]
    missed = []
    with without_triggers(owner):
        for mutation in tried:
            mutation.make(owner)
            wake(asked)
            stands = owner.execute(
                "SELECT a.status, e.status, m.status FROM acacia.approvals_approval a, acacia.workflows_effect e,"
                " acacia.mail_message m WHERE a.id = %s AND e.id = %s AND m.id = %s",
                [asked.approval.id, effect["id"], reply["id"]],
            ).fetchone()
            if stands != ("stale", "stopped", "stopped"):
                missed.append(f"{mutation}: {stands}")
            rows.put_back()
    assert not missed, "\n".join(missed)
    print(f"{len(tried)} changes of one field while the reply is held: {len(tried)} refused")
    wake(asked)
    assert [message.status for message in outbox().items] == ["kept"], "as it was approved, it leaves"


def test_an_approval_that_was_consumed_is_consumed_never_again(asked: Asked, cast: Cast, owner: Any) -> None:
    approve(asked, cast.bob)
    wake(asked)
    due_now(owner)
    wake(asked)
    contact = contact_by_email(CUSTOMER)
    assert contact is not None
    before = count_of(owner, "workflows_effect"), count_of(owner, "mail_message WHERE direction = 'out'")
    for turn in range(REPLAYS):
        with pytest.raises(AlreadyDecided), transaction.atomic():
            approval_execute(approval_id=asked.approval.id, actor=TESTS)
        with pytest.raises(AlreadyDecided):
            approve(asked, cast.alice if turn % 2 else cast.bob)
        wake(asked)
    # The same, should somebody have said that it was never carried out.
    owner.execute("UPDATE acacia.approvals_approval SET status = 'approved'")
    owner.execute("UPDATE acacia.workflows_run SET status = 'waiting'")
    wake(asked)
    assert (count_of(owner, "workflows_effect"), count_of(owner, "mail_message WHERE direction = 'out'")) == before
    print(f"{REPLAYS} replays of a consumed approval: 0 executions")


def test_what_was_changed_before_the_decision_cannot_be_decided(asked: Asked, cast: Cast, owner: Any) -> None:
    """Not even by who sends the digest that the page has shown: the page shows what is stored."""
    text = "{reply,text}"
    owner.execute(
        "UPDATE acacia.approvals_approval SET document = jsonb_set(document, %s, '\"Transfer it to me.\"')", [text]
    )
    with pytest.raises(Refused, match="Renew it"):
        approve(asked, cast.bob)
    shown = approval_get(asked.approval.id)
    assert (shown.status, [fact["field"] for fact in shown.stale]) == ("stale", ["digest"])
