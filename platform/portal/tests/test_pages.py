"""The pages over real rows: what each role sees, what is refused, and that nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import person_add
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from crm.selectors import listing_list
from crm.services import listing_update
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import due_now, mail, person, receive, samples, waiting

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


@pytest.fixture
def asked(work: Callable[[], None]) -> Any:
    samples()
    receive(mail())
    work()
    return waiting()


def page_of(asked: Any, tail: str = "") -> str:
    return f"/approvals/{asked.approval.id}/{tail}"


def text_of(asked: Any) -> str:
    return str(asked.approval.document["reply"]["text"])


def status_of(asked: Any) -> str:
    # A request leaves its tenant behind when it ends.
    with tenant_context("acacia"):
        return approval_get(asked.approval.id).status


def test_a_stranger_is_sent_to_sign_in_and_a_wrong_password_tells_nothing(cast: Cast) -> None:
    client = Client(HTTP_HOST="acacia.localhost")
    assert client.get("/inbox/").headers["Location"] == "/sign-in/?next=/inbox/"
    answer = client.post("/sign-in/", {"username": cast.bob.email, "password": "wrong"})
    assert "do not belong together" in answer.content.decode()
    assert cast.bob.email in answer.content.decode(), "what was typed stays"


def test_the_page_shows_exactly_what_is_signed(asked: Any, cast: Cast) -> None:
    shown = signed_in(cast.bob).get(page_of(asked)).content.decode()
    assert f'data-digest="{asked.approval.digest}"' in shown
    assert "georgia.papadopoulos@example.com" in shown
    assert 'class="quote"' in shown, "the quoted words are marked in their source"
    assert 'name="decision" value="approve"' in shown
    assert "Worked out offline, without a model" in shown


def test_an_edit_comes_back_with_a_new_digest_beside_the_old_and_the_changed_words(asked: Any, cast: Cast) -> None:
    client = signed_in(cast.bob)
    edit = {"digest": asked.approval.digest, "edits.reply.text": text_of(asked) + "\r\n\r\nRing the bell twice."}
    answer = client.post(page_of(asked, "edit/"), edit, follow=True)
    shown = answer.content.decode()
    assert "New since your edit, was" in shown
    assert asked.approval.digest in shown
    assert "Added: </span>Ring the bell twice." in shown.replace("</span>\n", "</span>")


def test_an_edit_of_what_was_changed_meanwhile_is_refused_and_keeps_every_word(asked: Any, cast: Cast) -> None:
    edit = {"digest": "0" * 64, "edits.reply.text": "My own words."}
    answer = signed_in(cast.bob).post(page_of(asked, "edit/"), edit)
    assert answer.status_code == 409
    assert "My own words." in answer.content.decode()
    assert asked.approval.digest in answer.content.decode()


def test_an_edit_that_the_action_refuses_is_told_beside_its_field(asked: Any, cast: Cast) -> None:
    answer = signed_in(cast.bob).post(
        page_of(asked, "edit/"), {"digest": asked.approval.digest, "edits.reply.text": ""}
    )
    assert answer.status_code == 422
    assert 'id="edit-reply-text-error"' in answer.content.decode()


def test_a_decision_about_another_digest_is_refused_with_a_sentence(asked: Any, cast: Cast) -> None:
    answer = signed_in(cast.bob).post(page_of(asked, "decide/"), {"decision": "approve", "digest": "0" * 64})
    assert answer.status_code == 409
    assert "has changed since you saw it" in answer.content.decode()
    assert status_of(asked) == "pending"


def test_an_approved_reply_is_counted_down_and_then_told_as_kept(
    asked: Any, cast: Cast, work: Callable[[], None], owner: Any
) -> None:
    client = signed_in(cast.bob)
    decide = {"decision": "approve", "digest": asked.approval.digest}
    answer = client.post(page_of(asked, "decide/"), decide, follow=True)
    assert "Approved" in answer.content.decode()
    work()
    assert "The reply leaves in" in client.get(page_of(asked)).content.decode()
    assert "held, leaves in" in client.get("/outbox/").content.decode()
    due_now(owner)
    work()
    assert "kept in the outbox, not delivered" in client.get(page_of(asked)).content.decode()
    assert "no outgoing mail server is set up" in client.get("/outbox/").content.decode()
    run = client.get(f"/runs/{asked.run.id}/").content.decode()
    assert "Kept in the outbox, not delivered" in run
    assert "A person approved a proposal" in client.get("/ledger/").content.decode()


def test_who_decided_meanwhile_is_told_to_the_one_who_came_second(asked: Any, cast: Cast) -> None:
    client = signed_in(cast.bob)
    digest = asked.approval.digest
    with tenant_context("acacia"):
        approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.alice))
    answer = client.post(page_of(asked, "decide/"), {"decision": "approve", "digest": digest})
    assert answer.status_code == 409
    assert "Alice" in answer.content.decode()


def test_a_rejection_keeps_its_reason(asked: Any, cast: Cast) -> None:
    decide = {"decision": "reject", "digest": asked.approval.digest, "comment": "She called already."}
    shown = signed_in(cast.bob).post(page_of(asked, "decide/"), decide, follow=True).content.decode()
    assert "She called already." in shown
    assert "Nothing was sent or changed" in shown


def test_changed_facts_are_shown_as_was_and_is_and_can_be_renewed(asked: Any, cast: Cast) -> None:
    quoted = [item["source"] for item in asked.approval.document["evidence"] if item["source"]["kind"] == "listing"]
    name = next(source["field"] for source in quoted if source["field"].startswith("facts."))
    listing = next(item for item in listing_list().items if str(item.id) == quoted[0]["id"])
    facts = {**listing.facts, name.removeprefix("facts."): "$530.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=Actor.system("tests"))
    client = signed_in(cast.bob)
    answer = client.post(page_of(asked, "decide/"), {"decision": "approve", "digest": asked.approval.digest})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "$530.00 per quarter" in shown
    assert 'value="renew"' in shown
    assert 'value="approve"' not in shown
    client.post(page_of(asked, "decide/"), {"decision": "renew", "digest": asked.approval.digest})
    assert status_of(asked) == "pending"


def test_a_viewer_reads_but_finds_no_buttons_and_no_ledger(asked: Any) -> None:
    email = f"viewer-{timezone.now().timestamp()}@example.com"
    vera = person_add(email=email, name="Vera", role="viewer", password=PASSWORD, actor=Actor.system("tests"))
    client = signed_in(Person(vera, email, "Vera", ""))
    shown = client.get(page_of(asked)).content.decode()
    assert "You can read this, not decide it" in shown
    assert 'value="approve"' not in shown
    assert client.get("/ledger/").status_code == 403
    assert client.get(page_of(asked, "edit/")).status_code == 403
    decide = {"decision": "approve", "digest": asked.approval.digest}
    assert client.post(page_of(asked, "decide/"), decide).status_code == 403


def test_charlie_of_harbour_finds_nothing_of_acacia(asked: Any, cast: Cast) -> None:
    client = signed_in(cast.charlie, "harbour")
    assert client.get("/inbox/").status_code == 200
    decide = {"decision": "approve", "digest": asked.approval.digest}
    assert client.get(page_of(asked)).status_code == 404
    assert client.get(page_of(asked, "edit/")).status_code == 404
    assert client.post(page_of(asked, "decide/"), decide).status_code == 404
    assert client.get(f"/runs/{asked.run.id}/").status_code == 404


def test_empty_lists_say_what_to_do(cast: Cast) -> None:
    client = signed_in(cast.bob)
    assert "Nothing waits for you." in client.get("/inbox/").content.decode()
    assert "No email has arrived." in client.get("/runs/").content.decode()
    assert "No reply has left." in client.get("/outbox/").content.decode()


def test_a_cursor_that_is_none_of_ours_is_no_page(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert client.get("/ledger/?cursor=x").status_code == 404
    assert client.get("/runs/?cursor=zzz").status_code == 404


def test_the_public_host_tells_how_to_reach_a_workspace(cast: Cast) -> None:
    shown = Client(HTTP_HOST="localhost").get("/").content.decode()
    assert "your-company" in shown
