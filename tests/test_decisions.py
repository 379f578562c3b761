"""Decisions that meet each other, and whose words and whose approvals they are."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction

from approvals.errors import AlreadyDecided, NotAllowed, Refused
from approvals.selectors import approval_get
from approvals.services import approval_decide, approval_edit, approvals_withdraw
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from dispatch.services import work_hold
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.story import Asked, due_now, person, two_must_approve
from workflows.selectors import run_get
from workflows.services import run_cancel

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
WAITING = (
    "SELECT count(DISTINCT a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)"
    " WHERE a.datname = current_database() AND NOT l.granted"
)


def inside(act: Callable[..., Any], **given: Any) -> Callable[[], Any]:
    """`act` in the tenant, for a thread with a connection of its own."""

    def run() -> Any:
        with tenant_context("acacia"), transaction.atomic():
            return act(**given)

    return run


def decide(asked: Asked, who: Any, decision: Any = "approve", **given: Any) -> Any:
    digest = given.pop("digest", asked.approval.digest)
    return approval_decide(approval_id=asked.approval.id, decision=decision, digest=digest, actor=person(who), **given)


def edit(asked: Asked, who: Any, **given: Any) -> Any:
    digest = approval_get(asked.approval.id).digest
    return approval_edit(approval_id=asked.approval.id, digest=digest, actor=person(who), **given)


def test_of_fifty_who_decide_at_once_one_has_decided(
    asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Any
) -> None:
    who = [cast.alice if n % 2 else cast.bob for n in range(50)]
    words = ["reject" if n % 5 == 0 else "approve" for n in range(50)]
    ended = at_once(
        *(inside(decide, asked=asked, who=one, decision=word) for one, word in zip(who, words, strict=True))
    )
    refused = [error for error in ended if isinstance(error, AlreadyDecided)]
    assert (len(ended) - len(refused), len(refused)) == (1, 49), ended
    shown = approval_get(asked.approval.id)
    assert len(shown.decisions) == 1
    assert len(entries(target=f"approval:{asked.approval.id}", event=f"approval.{shown.status}")) == 1
    work()
    due_now(owner)
    work()
    assert len(outbox().items) == (1 if shown.status == "approved" else 0)


@pytest.mark.parametrize("turn", range(5))
def test_a_decision_and_a_withdrawal_at_once_send_nothing(
    asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Any, turn: int
) -> None:
    decided, cancelled = at_once(
        inside(decide, asked=asked, who=cast.bob),
        inside(run_cancel, run=asked.run.id, reason="newer_message", actor=TESTS),
    )
    assert cancelled is True
    assert not isinstance(decided, Exception) or isinstance(decided, AlreadyDecided)
    work()
    due_now(owner)
    work()
    run = run_get(asked.run.id)
    assert run is not None
    assert (run.status, approval_get(asked.approval.id).status) == ("cancelled", "withdrawn")
    assert outbox().items == ()


@pytest.mark.parametrize("turn", range(5))
def test_an_edit_and_a_decision_at_once_never_carry_out_what_was_not_decided(
    asked: Asked, cast: Cast, at_once: Any, work: Work, owner: Any, turn: int
) -> None:
    text = "Hi Georgia,\n\nSee you.\n\nBob"
    decided, edited = at_once(
        inside(decide, asked=asked, who=cast.alice),
        inside(
            approval_edit,
            approval_id=asked.approval.id,
            digest=asked.approval.digest,
            edits={"reply": {"text": text}},
            actor=person(cast.bob),
        ),
    )
    assert isinstance(decided, Refused) != isinstance(edited, Refused), (decided, edited)
    work()
    sent = [message.text.strip() for message in outbox().items]
    assert sent == ([] if isinstance(decided, Refused) else [asked.approval.document["reply"]["text"].strip()])


def authors(approval: Any) -> dict[str, str]:
    """Who wrote each sentence that was not drafted."""
    labels = {item["n"]: item["label"] for item in approval.document["evidence"]}
    return {
        sentence["text"]: labels[sentence["evidence"][0]]
        for sentence in approval.document["sentences"]
        if sentence["verdict"] == "person"
    }


def test_each_sentence_stays_whose_it_is_when_another_person_edits(asked: Asked, cast: Cast) -> None:
    drafted = asked.approval.document["reply"]["text"]
    edit(asked, cast.bob, edits={"reply": {"text": f"{drafted}\n\nThe key is under the mat."}})
    twice = edit(
        asked, cast.alice, edits={"reply": {"text": f"{drafted}\n\nThe key is under the mat. The dog is friendly."}}
    )
    assert authors(twice) == {"The key is under the mat.": "Bob", "The dog is friendly.": "Alice"}
    untouched = [s["text"] for s in twice.document["sentences"] if s["verdict"] == "supported"]
    assert untouched == [s["text"] for s in asked.approval.document["sentences"] if s["verdict"] == "supported"]
    third = edit(asked, cast.alice, edits={"follow_up": {"title": "Call Georgia"}})
    assert authors(third) == authors(twice)


def test_who_has_edited_is_an_author_where_two_must_approve(asked: Asked, cast: Cast) -> None:
    two_must_approve(asked)
    edited = edit(asked, cast.bob, edits={"follow_up": {"title": "Call Georgia"}})
    with pytest.raises(NotAllowed, match="author"):
        decide(asked, cast.bob, digest=edited.digest)
    assert decide(asked, cast.alice, digest=edited.digest).status == "pending"
    assert decide(asked, cast.bob, "reject", digest=edited.digest).status == "rejected"


def test_what_the_database_cannot_hold_is_left_out_of_comments_and_edits(asked: Asked, cast: Cast) -> None:
    edited = edit(asked, cast.bob, edits={"follow_up": {"title": "Call\0 Georgia"}, "record": {"name": "G\0"}})
    decided = decide(asked, cast.bob, digest=edited.digest, comment="fine\0")
    assert decided.decisions[0].comment == "fine"


def test_a_proposal_without_its_reply_changes_records_only(asked: Asked, cast: Cast, work: Work) -> None:
    edited = edit(asked, cast.bob, leave_out=["reply"])
    assert edited.document["reply"] is None
    decide(asked, cast.bob, digest=edited.digest)
    work()
    run = run_get(asked.run.id)
    assert run is not None
    assert run.status == "succeeded"
    assert outbox().items == ()


def test_a_proposal_of_nothing_is_refused(asked: Asked, cast: Cast) -> None:
    steps = [action["step"] for action in asked.approval.document["actions"]]
    with pytest.raises(Refused, match="Nothing is left"):
        edit(asked, cast.bob, leave_out=steps)


def meanwhile(act: Callable[[], Any], owner_url: str) -> Callable[[], Any]:
    """Begin `act` in a thread, and come back once it waits for a lock; what is returned gives its outcome."""
    ended: list[Any] = []

    def run() -> None:
        try:
            ended.append(act())
        except Exception as error:
            ended.append(error)
        finally:
            connections.close_all()

    def outcome() -> Any:
        thread.join()
        return ended[0]

    thread = threading.Thread(target=run)
    thread.start()
    with psycopg.connect(owner_url, autocommit=True) as watch:
        while watch.execute(WAITING).fetchone() != (1,):
            assert thread.is_alive(), ended
    return outcome


def test_who_decides_waits_for_a_worker_without_being_in_its_way(asked: Asked, cast: Cast, owner_url: str) -> None:
    with transaction.atomic():
        work_hold(handler="workflows.advance", subject=str(asked.run.id))
        decided = meanwhile(inside(decide, asked=asked, who=cast.bob), owner_url)
        # What the worker does when another step of the run has failed.
        assert approvals_withdraw(run=asked.run.id, reason="run_failed", actor=TESTS) == [asked.approval.id]
    assert isinstance(decided(), AlreadyDecided)


def test_an_expiry_locks_the_run_before_the_proposal_as_a_cancellation_does(
    asked: Asked, work: Work, owner: Any, owner_url: str
) -> None:
    owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
    due_now(owner)
    with owner.transaction():
        owner.execute("SELECT 1 FROM acacia.approvals_approval WHERE id = %s FOR UPDATE", [asked.approval.id])
        worked = meanwhile(work, owner_url)
        with pytest.raises(psycopg.errors.LockNotAvailable), owner.transaction():
            owner.execute("SELECT 1 FROM acacia.workflows_run WHERE id = %s FOR UPDATE NOWAIT", [asked.run.id])
    assert worked() is None
