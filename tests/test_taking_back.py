"""Taking back what was approved while its reply is held, against the reply that leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.services import person_add
from approvals.errors import NotAllowed, NothingHeld, Refused, TooLate
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from crm.selectors import contact_by_email, enquiry_list, task_list
from dispatch.worker import run_next
from mail.selectors import outbox
from tenants.selectors import public_context, tenant_context
from tests.pages import signed_in
from tests.sink import sink
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, waiting
from workflows.selectors import run_get
from workflows.services import approval_take_back, run_cancel

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")


@pytest.fixture
def held(asked: Asked, cast: Cast, work: Work) -> Asked:
    """Bob has approved; the records are written, the reply is held."""
    digest = asked.approval.digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    work()
    assert approval_get(asked.approval.id).status == "executing"
    return asked


def take_back(asked: Asked, who: Any) -> Any:
    with tenant_context("acacia"):
        return approval_take_back(approval_id=asked.approval.id, actor=person(who))


def state(asked: Asked) -> tuple[str, str, str, str, str]:
    """Of the approval, its effect, its mail, its step and its run."""
    with tenant_context("acacia"):
        run = run_get(asked.run.id)
        assert run is not None
        effect = next(effect for effect in run.effects if effect.action == "mail.send_reply")
        step = next(step for step in run.steps if step.key == "reply")
        return approval_get(asked.approval.id).status, effect.status, outbox().items[0].status, step.status, run.status


TAKEN = ("taken_back", "stopped", "stopped", "skipped", "succeeded")
LEFT = ("executed", "done", "kept", "succeeded", "succeeded")


def test_a_held_reply_is_taken_back_and_its_records_stay(held: Asked, cast: Cast, work: Work, owner: Any) -> None:
    assert take_back(held, cast.bob).status == "taken_back"
    work()
    assert state(held) == TAKEN
    contact = contact_by_email(CUSTOMER)
    assert contact is not None
    assert len(enquiry_list(contact=contact.id).items) == len(task_list(contact=contact.id).items) == 1
    due_now(owner)
    work()
    assert state(held) == TAKEN, "nothing leaves afterwards"


def test_the_ledger_tells_who_took_it_back_and_what_was_stopped(held: Asked, cast: Cast) -> None:
    take_back(held, cast.bob)
    [told] = entries(event="approval.taken_back", target=f"approval:{held.approval.id}")
    assert told.body["actor"] == f"person:{cast.bob.id}"
    assert told.body["data"] == {"digest": held.approval.digest}
    [stopped] = entries(event="effect.stopped", run=str(held.run.id))
    assert stopped.body["data"]["reason"] == "taken_back"
    [skipped] = entries(event="step.skipped", run=str(held.run.id))
    assert (skipped.body["data"]["step"], skipped.body["data"]["reason"]) == ("reply", "taken_back")
    assert len(entries(event="reply.stopped", run=str(held.run.id))) == 1


def test_what_was_taken_back_makes_room_for_the_next_reply_of_the_conversation(
    held: Asked, cast: Cast, work: Work
) -> None:
    take_back(held, cast.bob)
    work()
    receive(mail("One more thing: is there parking?", In_Reply_To=outbox().items[0].in_reply_to))
    work()
    assert waiting().approval.id != held.approval.id


def test_a_reply_that_has_left_is_not_taken_back(held: Asked, cast: Cast, work: Work, owner: Any) -> None:
    due_now(owner)
    work()
    with pytest.raises(TooLate, match=r"^It left at \d+:\d\d [ap]m, into the outbox\. A sent reply cannot be taken"):
        take_back(held, cast.bob)
    assert state(held) == LEFT


def test_a_reply_that_was_sent_says_when(held: Asked, cast: Cast, work: Work, owner: Any, settings: Any) -> None:
    with sink("take") as server:
        url = f"smtp://127.0.0.1:{server.port}"
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
        due_now(owner)
        work()
    with pytest.raises(TooLate, match=r"^It left at \d+:\d\d [ap]m\. A sent reply cannot be taken back\.$"):
        take_back(held, cast.bob)


def test_it_is_taken_back_once(held: Asked, cast: Cast) -> None:
    take_back(held, cast.bob)
    with pytest.raises(TooLate, match="taken back already"):
        take_back(held, cast.alice)


def test_nothing_is_taken_back_before_it_is_held_or_where_nothing_was_approved(
    asked: Asked, cast: Cast, work: Work
) -> None:
    with pytest.raises(NothingHeld, match="waits for a decision"):
        take_back(asked, cast.bob)
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    with pytest.raises(NothingHeld, match="about to be carried out"):
        take_back(asked, cast.bob)
    run_cancel_now(asked)
    with pytest.raises(NothingHeld, match="No reply of this is held"):
        take_back(asked, cast.bob)


def run_cancel_now(asked: Asked) -> bool:
    with tenant_context("acacia"), transaction.atomic():
        return run_cancel(run=asked.run.id, reason="person", actor=TESTS)


def test_who_may_not_decide_may_not_take_back(held: Asked, cast: Cast) -> None:
    email = f"vera-{held.run.id}@example.com"
    viewer = person_add(email=email, name="Vera", role="viewer", password=PASSWORD, actor=TESTS)
    for who in (Person(viewer, "", "Vera", ""), cast.charlie):
        with pytest.raises(NotAllowed):
            take_back(held, who)
    assert state(held)[0] == "executing"


@pytest.mark.parametrize("turn", range(20))
def test_of_taking_back_and_leaving_at_once_exactly_one_happens(
    held: Asked, cast: Cast, at_once: Any, work: Work, owner: Any, turn: int
) -> None:
    due_now(owner)

    def leave() -> Any:
        with public_context():
            while run_next("runs") or run_next("ai"):
                pass

    bob, alice, left = at_once(lambda: take_back(held, cast.bob), lambda: take_back(held, cast.alice), leave)
    assert left is None, left
    work()
    taken = [each for each in (bob, alice) if not isinstance(each, Exception)]
    refused = [each for each in (bob, alice) if isinstance(each, Exception)]
    assert all(isinstance(each, TooLate) for each in refused), refused
    assert state(held) == (TAKEN if taken else LEFT)
    assert len(taken) <= 1
    assert len(entries(event="approval.taken_back")) + len(entries(event="effect.intended")) == 1


@pytest.mark.parametrize("turn", range(5))
def test_taking_back_and_the_customers_next_mail_at_once_send_nothing(
    held: Asked, cast: Cast, at_once: Any, work: Work, owner: Any, turn: int
) -> None:
    taken, cancelled = at_once(lambda: take_back(held, cast.bob), lambda: run_cancel_now(held))
    assert not isinstance(cancelled, Exception), cancelled
    assert not isinstance(taken, Exception) or isinstance(taken, Refused), taken
    due_now(owner)
    work()
    approval, effect, sent, step, _ = state(held)
    assert (effect, sent) == ("stopped", "stopped")
    assert (approval, step) in (("taken_back", "skipped"), ("withdrawn", "waiting"))


def test_in_the_portal_it_is_a_button_beside_the_countdown(held: Asked, cast: Cast, work: Work, owner: Any) -> None:
    page, client = f"/approvals/{held.approval.id}/", signed_in(cast.bob)
    assert 'value="take_back"' in client.get(page).content.decode()
    shown = client.post(f"{page}decide/", {"decision": "take_back"}, follow=True).content.decode()
    assert "Taken back by Bob" in shown
    assert "The reply did not leave." in shown
    assert 'value="take_back"' not in shown
    again = client.post(f"{page}decide/", {"decision": "take_back"})
    assert again.status_code == 409
    assert "taken back already" in again.content.decode()


def test_in_the_admin_it_is_a_button_too(held: Asked, cast: Cast) -> None:
    client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"})
    client.force_login(User.objects.get(pk=cast.bob.id))
    page = f"/admin/approvals/approval/{held.approval.id}/change/"
    assert 'value="take_back"' in client.get(page).content.decode()
    shown = client.post(page, {"decision": "take_back"}, follow=True).content.decode()
    assert "Taken back" in shown
    assert state(held)[0] == "taken_back"
    assert client.post(page, {"decision": "take_back"}).status_code == 409


def test_over_the_api_it_answers_with_the_approval_and_then_a_problem(held: Asked, cast: Cast) -> None:
    def call(who: Person, slug: str) -> Any:
        headers = {"host": f"{slug}.localhost", "authorization": f"Bearer {who.token}"}
        return Client(raise_request_exception=False).post(
            f"/api/v1/approvals/{held.approval.id}/take-back", content_type="application/json", headers=headers
        )

    assert call(cast.charlie, "harbour").status_code == 404
    taken = call(cast.bob, "acacia")
    assert (taken.status_code, taken.json()["status"]) == (200, "taken_back")
    again = call(cast.bob, "acacia")
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "too-late")
