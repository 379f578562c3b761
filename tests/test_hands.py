"""People working on one proposal together: "I'm on it", a question to a colleague, giving it to somebody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.services import person_add, person_change
from approvals.errors import AlreadyClaimed, AlreadyDecided, NoSuchColleague, NotAllowed, NotAsked
from approvals.selectors import ApprovalView, approval_get, waiting
from approvals.services import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_decide,
    approval_delegate,
    approval_recall_question,
    approval_release,
    approvals_withdraw,
)
from audit.selectors import entries
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, due_now, person

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")


def now(asked: Asked) -> ApprovalView:
    with tenant_context("acacia"):
        return approval_get(asked.approval.id)


def decide(asked: Asked, who: Any) -> str:
    digest = now(asked).digest
    done = approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(who))
    return done.status


def ask(asked: Asked, who: Any, whom: Any, note: str = "Is the studio approved?") -> ApprovalView:
    return approval_ask(approval_id=asked.approval.id, colleague=whom.id, note=note, actor=person(who))


def told(asked: Asked) -> list[str]:
    return [entry.body["event"] for entry in entries(target=f"approval:{asked.approval.id}")]


def later(owner: Any, hours: int) -> None:
    """Time passes: everything of the proposal and of its question is so much longer ago."""
    for table, columns in (
        ("approval", ("expires_at", "claimed_at", "created_at")),
        ("question", ("asked_at", "until", "closed_at")),
    ):
        moved = ", ".join(f"{name} = {name} - interval '{hours} hours'" for name in columns)
        owner.execute(f"UPDATE acacia.approvals_{table} SET {moved}")
    due_now(owner)


@pytest.fixture
def third(asked: Asked) -> Any:
    """Another agent of acacia, who is gone when the test is."""
    email = f"{uuid4().hex}@example.com"
    found = Person(
        person_add(email=email, name="Vera", role="agent", password=PASSWORD, actor=TESTS), email, "Vera", ""
    )
    yield found
    with tenant_context("acacia"):
        person_change(person=found.id, fields={"is_active": False}, actor=TESTS)


def test_who_is_on_it_is_seen_and_keeps_nobody_from_deciding(asked: Asked, cast: Cast) -> None:
    claimed = approval_claim(approval_id=asked.approval.id, actor=person(cast.alice))
    assert claimed.claimant is not None
    assert (claimed.claimant.name, claimed.digest) == ("Alice", asked.approval.digest)
    with pytest.raises(AlreadyClaimed, match="Alice is on it already"):
        approval_claim(approval_id=asked.approval.id, actor=person(cast.bob))
    with pytest.raises(NotAllowed):
        approval_release(approval_id=asked.approval.id, actor=person(cast.bob))
    page = signed_in(cast.bob).get(f"/approvals/{asked.approval.id}/").content.decode()
    assert "Alice is on it</b> since" in page
    assert "You can decide it all the same." in page
    with tenant_context("acacia"):
        assert decide(asked, cast.bob) == "approved"
        with pytest.raises(AlreadyDecided):
            approval_claim(approval_id=asked.approval.id, actor=person(cast.alice))


def test_a_claim_ends_by_a_word_or_after_a_while(asked: Asked, cast: Cast, owner: Any) -> None:
    approval_claim(approval_id=asked.approval.id, actor=person(cast.alice))
    assert approval_release(approval_id=asked.approval.id, actor=person(cast.alice)).claimant is None
    approval_claim(approval_id=asked.approval.id, actor=person(cast.alice))
    later(owner, 1)
    assert now(asked).claimant is None
    claimed = approval_claim(approval_id=asked.approval.id, actor=person(cast.bob))
    assert (claimed.claimant and claimed.claimant.name) == "Bob"
    assert told(asked)[:4] == ["approval.claimed", "approval.claimed", "approval.released", "approval.claimed"]


def test_while_a_colleague_is_asked_nobody_decides_and_nothing_expires(
    asked: Asked, cast: Cast, owner: Any, work: Work
) -> None:
    left = asked.approval.expires_at - timezone.now()
    assert ask(asked, cast.bob, cast.alice).status == "asked"
    with pytest.raises(AlreadyDecided, match="waits for the answer of a colleague"):
        decide(asked, cast.alice)
    later(owner, 23)
    work()
    assert now(asked).status == "asked", "it would nearly have expired"
    assert [row.pk for row in waiting()] == [asked.approval.id]
    with pytest.raises(NotAllowed, match="Alice was asked"):
        approval_answer(approval_id=asked.approval.id, answer="Yes", actor=person(cast.bob))
    answered = approval_answer(approval_id=asked.approval.id, answer="Yes, since 2019", actor=person(cast.alice))
    assert (answered.status, answered.former_digest) == ("pending", asked.approval.digest)
    assert abs(answered.expires_at - timezone.now() - left) < timedelta(minutes=5), "as long is left as before"
    assert [(q.note, q.answer) for q in answered.questions] == [("Is the studio approved?", "Yes, since 2019")]
    page = signed_in(cast.bob).get(f"/approvals/{asked.approval.id}/").content.decode()
    assert "Yes, since 2019" in page
    with tenant_context("acacia"):
        assert decide(asked, cast.bob) == "approved"
        assert told(asked)[:3] == ["approval.approved", "approval.answered", "approval.asked"]


def test_what_waits_for_an_answer_is_nowhere_said_to_expire(asked: Asked, cast: Cast) -> None:
    ask(asked, cast.bob, cast.alice)
    pages = ["/inbox/", f"/approvals/{asked.approval.id}/"]
    for path in pages:
        page = signed_in(cast.bob).get(path).content.decode()
        assert "oes not expire while Alice is asked" in page, path
        assert re.findall(r"[Ee]xpires (?!until).*", page) == [], path
    with tenant_context("acacia"), transaction.atomic():
        approvals_withdraw(run=asked.run.id, reason="newer_message", actor=TESTS)
    withdrawn = signed_in(cast.alice).get(pages[1]).content.decode()
    assert "Not answered." in withdrawn
    assert re.search("oes not expire|Your answer|[Ee]xpires", withdrawn) is None


def test_a_question_that_nobody_answers_ends_after_a_day(asked: Asked, cast: Cast, owner: Any, work: Work) -> None:
    ask(asked, cast.bob, cast.alice)
    later(owner, 25)
    work()
    shown = now(asked)
    assert (shown.status, shown.questions[0].outcome) == ("pending", "unanswered")
    assert shown.expires_at > timezone.now(), "the day of the question was not its own"
    later(owner, 24)
    work()
    assert "approval.escalated" in told(asked), "then its time runs out as ever"


def test_a_question_can_be_taken_back_by_who_decides(asked: Asked, cast: Cast, third: Person) -> None:
    ask(asked, cast.bob, third)
    with pytest.raises(AlreadyDecided):
        ask(asked, cast.alice, cast.bob)
    assert approval_recall_question(approval_id=asked.approval.id, actor=person(cast.alice)).status == "pending"
    for act in (
        lambda: approval_recall_question(approval_id=asked.approval.id, actor=person(cast.alice)),
        lambda: approval_answer(approval_id=asked.approval.id, answer="Late", actor=person(third)),
    ):
        with pytest.raises(NotAsked):
            act()
    assert decide(asked, cast.bob) == "approved"


def test_what_a_colleague_is_asked_about_is_withdrawn_like_all_that_waits(asked: Asked, cast: Cast) -> None:
    ask(asked, cast.bob, cast.alice)
    with transaction.atomic():
        approvals_withdraw(run=asked.run.id, reason="newer_message", actor=TESTS)
    with pytest.raises(NotAsked):
        approval_answer(approval_id=asked.approval.id, answer="Late", actor=person(cast.alice))
    assert now(asked).status == "withdrawn"


@pytest.mark.parametrize(("whom", "note"), [("bob", "Right?"), ("charlie", "Right?"), ("alice", "  ")])
def test_only_another_colleague_can_be_asked_something(asked: Asked, cast: Cast, whom: str, note: str) -> None:
    with pytest.raises(NoSuchColleague):
        ask(asked, cast.bob, getattr(cast, whom), note)
    assert now(asked).status == "pending"


def test_what_was_given_to_somebody_is_decided_by_them_or_a_manager(asked: Asked, cast: Cast, third: Person) -> None:
    given = approval_delegate(approval_id=asked.approval.id, to=third.id, actor=person(cast.bob))
    assert (given.delegate and given.delegate.name, given.digest) == ("Vera", asked.approval.digest)
    with pytest.raises(NotAllowed, match="This was given to Vera"):
        decide(asked, cast.bob)
    assert not waiting(role="agent", person=cast.bob.id)
    assert [row.pk for row in waiting(role="agent", person=third.id)] == [asked.approval.id]
    assert [row.pk for row in waiting(role="manager", person=cast.alice.id)] == [asked.approval.id]
    page = signed_in(cast.bob).get(f"/approvals/{asked.approval.id}/").content.decode()
    assert "This was given to Vera: they decide it, or a manager." in page
    with tenant_context("acacia"):
        assert decide(asked, third) == "approved"


def test_it_is_given_only_to_who_may_decide_it(asked: Asked, cast: Cast, owner: Any) -> None:
    owner.execute("UPDATE acacia.approvals_approval SET approver_role = 'manager'")
    for whom in (cast.bob, cast.charlie):
        with pytest.raises(NoSuchColleague):
            approval_delegate(approval_id=asked.approval.id, to=whom.id, actor=person(cast.alice))
    with pytest.raises(NotAllowed):
        approval_delegate(approval_id=asked.approval.id, to=cast.alice.id, actor=person(cast.bob))


def test_portal_admin_and_api_do_the_same(asked: Asked, cast: Cast, client: Any) -> None:
    page, admin = f"/approvals/{asked.approval.id}/hands/", f"/admin/approvals/approval/{asked.approval.id}/change/"

    def call(act: str, **given: Any) -> Any:
        return client.post(
            f"/api/v1/approvals/{asked.approval.id}/{act}",
            given,
            content_type="application/json",
            headers={"host": "acacia.localhost", "authorization": f"Bearer {cast.alice.token}"},
        ).json()

    bob, alice = signed_in(cast.bob), signed_in(cast.alice)
    bob.post(page, {"act": "claim"})
    assert call("claim")["type"].endswith(":already-claimed")
    bob.post(admin, {"act": "release"})
    assert call("claim")["claimed_by"]["name"] == "Alice"
    assert call("claim", release=True)["claimed_by"] is None
    assert "Say what you want to know." in bob.post(page, {"act": "ask", "colleague": cast.alice.id}).content.decode()
    bob.post(admin, {"act": "ask", "colleague": str(cast.alice.id), "note": "Right?"})
    assert 'value="answer"' in alice.get(f"/approvals/{asked.approval.id}/").content.decode()
    assert call("answer", answer="Yes")["questions"][0]["answer"] == "Yes"
    assert call("ask", colleague=str(cast.bob.id), note="Sure?")["status"] == "asked"
    assert bob.post(page, {"act": "recall"}).status_code == 302
    assert call("delegate", to=str(cast.bob.id))["delegated_to"]["name"] == "Bob"
    assert bob.post(page, {"act": "explode"}).status_code == 404
    assert now(asked).status == "pending"
