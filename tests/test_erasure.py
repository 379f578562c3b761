"""A customer who is erased is nowhere any more, and what happened to them can still be told and proved."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.selectors import person_by_email
from approvals.selectors import approval_get
from audit.erasing import ERASED
from audit.selectors import entries
from audit.tests.sealed import sealed
from audit.verification import verify
from conftest import Cast
from crm.selectors import contact_by_email, contact_view
from crm.services import contact_create, task_create
from gateway.services import token_create
from mail.selectors import message_list, message_view
from mail.services import reply_write
from tenants.selectors import tenant_context
from tests.erased import (
    NAME,
    Customer,
    Work,
    approve,
    cached,
    contact_of,
    customer_known,
    dump,
    found_in,
    helen,
    lines_with,
    plain_dump,
    provision,
    signed_in,
    state,
)
from tests.story import CUSTOMER, due_now, mail, person, receive, samples, waiting
from workflows.models import Erasure
from workflows.services import erasure_request, event_receive

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


@pytest.fixture
def known(work: Work, cast: Cast, owner: Any) -> Customer:
    return customer_known(work, cast, owner)


THEIRS = (
    "mail_thread", "mail_message", "mail_rawmessage", "mail_attachment", "mail_note", "crm_contact", "crm_enquiry",
    "crm_task", "ai_call", "evaluation_goldencase", "approvals_approval", "approvals_decision", "workflows_step", "workflows_effect",
)  # fmt: skip


def test_an_erased_customer_stands_in_no_table_and_no_cache(
    known: Customer, owner: Any, owner_url: str, work: Work
) -> None:
    receive(mail())
    work()
    stored = dump(owner)
    stood, anothers = found_in(stored, known), lines_with(CUSTOMER, stored)
    missing = [table for table in THEIRS if not any(place.startswith(f"acacia.{table}:") for place in stood)]
    assert not missing, "nothing of theirs was there to begin with"
    assert {table for table, _ in anothers} >= {"acacia.mail_message", "acacia.approvals_approval"}
    cache.set("control", known.email)
    assert found_in(cached(), known) != [], "what stands in Valkey would be found"
    cache.delete("control")
    sealed()
    head = verify().head
    erasure = erasure_request(contact=contact_of(known), actor=helen())
    provision()
    assert state(erasure) == "done"
    sealed()
    assert verify().holds
    assert verify().head != head, "the erasure is told of by the ledger"
    after = dump(owner)
    assert found_in(after, known) == []
    assert found_in({"pg_dump": plain_dump(owner_url)}, known) == []
    assert found_in(cached(), known) == []
    assert lines_with(CUSTOMER, after) == anothers, "another customer's data is as it was"


def test_what_happened_to_an_erased_customer_can_still_be_told(known: Customer, cast: Cast, work: Work) -> None:
    contact, came = contact_of(known), message_list(sender=known.email).items
    erasure_request(contact=contact, actor=helen())
    provision()
    browser, api = signed_in(cast.alice), {"authorization": f"Bearer {cast.alice.token}"}

    def told(path: str) -> Any:
        answer = browser.get(path, headers=api if path.startswith("/api/") else {})
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.json() if path.startswith("/api/") else answer.content.decode()

    for message in came:
        assert told(f"/api/v1/messages/{message.id}")["flags"] == ["erased"]
        assert "[erased]" in told(f"/conversations/{message.thread}/")
        told(f"/api/v1/conversations/{message.thread}")
        assert browser.get(f"/messages/{message.id}/raw/").status_code == 404
        assert browser.get(f"/attachments/{message.attachments[0].id}/").status_code == 404
    found = told("/api/v1/runs")["results"]
    assert sorted(run["status"] for run in found) == ["cancelled", "succeeded"]
    for run in found:
        one = told(f"/api/v1/runs/{run['id']}")
        assert {step["key"] for step in one["steps"]} >= {"understand", "match", "draft", "record", "reply"}
        assert "Draft" in told(f"/runs/{run['id']}/")
        told(f"/ledger/?run={run['id']}")
        for approval in one["approvals"]:
            shown = told(f"/api/v1/approvals/{approval}")
            assert {action["step"] for action in shown["actions"]} >= {"record", "reply"}
            assert shown["digest"]
            assert "[erased]" in told(f"/approvals/{approval}/")
        refused = browser.post(f"/api/v1/runs/{run['id']}/again", headers=api)
        assert (refused.status_code, refused.json()["detail"]) == (409, GONE)
        plan = browser.post(f"/api/v1/runs/{run['id']}/undo-plan", {}, "application/json", headers=api)
        if plan.status_code == 201:
            told(f"/undo-plans/{plan.json()['id']}/")
        undone = [effect["does"] for effect in plan.json().get("effects", ())]
        assert set(undone) <= {"nothing"}, plan.content
    assert told(f"/api/v1/contacts/{contact}")["name"] == "Erased customer"
    pages = ("", "inbox", "runs", "conversations", "outbox", "customers", f"customers/{contact}", "tasks", "enquiries")
    for name in pages:
        told(f"/{name}/".replace("//", "/"))
    for name in (
        "messages",
        "conversations",
        "approvals",
        "contacts",
        "tasks",
        "enquiries",
        "ai/calls",
        "events",
        "audit",
    ):
        told(f"/api/v1/{name}")


GONE = "Its customer was erased: nothing is left to work on."


def test_who_was_erased_and_writes_again_is_a_new_customer(known: Customer, cast: Cast, work: Work, owner: Any) -> None:
    former, thread = contact_of(known), message_list(sender=known.email).items[-1].thread
    last = message_list(sender=known.email).items[0]
    erasure_request(contact=former, actor=helen())
    provision()
    assert contact_by_email(known.email) is None
    known.writes("Me again", In_Reply_To=last.message_id, References=last.message_id)
    work()
    [came] = message_list(sender=known.email).items
    assert came.thread not in (thread, last.thread), "nothing leads back into what was erased"
    approve(work, cast, owner)
    assert contact_of(known) != former


def test_what_waits_for_an_erased_customer_and_what_is_held_stops_at_once(work: Work, cast: Cast) -> None:
    samples()
    customer = Customer()
    customer.writes()
    work()
    asked = waiting()
    contact = contact_create(name=NAME, email=customer.email, actor=person(cast.bob)).id
    erasure_request(contact=contact, actor=helen())
    assert approval_get(asked.approval.id).status == "withdrawn"
    refused = Client(headers={"host": "acacia.localhost", "authorization": f"Bearer {cast.alice.token}"})
    again = refused.post(f"/api/v1/runs/{asked.run.id}/again")
    assert (again.status_code, again.json()["detail"]) == (409, GONE), "not even before the rest has followed"


def test_a_reply_that_a_colleague_wrote_by_hand_does_not_leave_either(work: Work, cast: Cast, owner: Any) -> None:
    customer = Customer()
    customer.writes(Auto_Submitted="no")
    work()
    came = message_list(sender=customer.email).items[0]
    held = reply_write(thread_id=str(came.thread), text="See you there.", key=uuid4(), actor=person(cast.bob))
    contact = contact_create(name=NAME, email=customer.email, actor=person(cast.bob)).id
    erasure_request(contact=contact, actor=helen())
    due_now(owner)
    work()
    assert message_view(held).status == "stopped"


def test_an_erasure_that_breaks_in_the_middle_goes_on_where_it_was(known: Customer, owner: Any) -> None:
    contact = contact_of(known)
    owner.execute(
        "CREATE FUNCTION acacia.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$"
    )
    owner.execute(
        "CREATE TRIGGER broken BEFORE UPDATE ON acacia.crm_enquiry FOR EACH ROW EXECUTE FUNCTION acacia.broken()"
    )
    try:
        erasure = erasure_request(contact=contact, actor=helen())
        provision()
        assert state(erasure) == "requested"
        assert contact_view(contact).email == known.email, "by it the rest is found"  # type: ignore[union-attr]
    finally:
        owner.execute("DROP FUNCTION acacia.broken() CASCADE")
    due_now(owner)
    provision()
    assert state(erasure) == "done"
    assert found_in(dump(owner), known) == []


def test_an_owner_reads_what_goes_and_types_who_it_is(work: Work, cast: Cast, owner: Any) -> None:
    customer = Customer()
    customer.writes()
    work()
    contact = contact_create(name=NAME, email=customer.email, actor=person(cast.bob)).id
    olive = person_by_email("owner@acacia.example")
    browser, path = signed_in(olive), f"/customers/{contact}/erase/"
    assert path in browser.get(f"/customers/{contact}/").content.decode()
    page = browser.get(path).content.decode()
    assert "1 conversation" in page
    assert "1 email" in page
    assert browser.post(path, {"typed": "somebody@else.example"}).status_code == 422
    with tenant_context("acacia"):
        assert not Erasure.objects.exists()
    assert browser.post(path, {"typed": f" {customer.email.upper()} "}).status_code == 302
    assert "Being erased since" in browser.get(path).content.decode()
    provision()
    assert "What was erased" in browser.get(path).content.decode()
    with tenant_context("acacia"):
        entry = entries(event="erasure.done").get()
    assert entry.body["data"]["contact"] == str(contact)
    assert entry.body["data"]["counts"]["mail.Message"] == 1
    assert signed_in(cast.alice).get(path).status_code == 403


def test_the_api_asks_for_an_erasure_once_and_tells_how_far_it_is(cast: Cast) -> None:
    customer = Customer()
    contact = contact_create(name=NAME, email=customer.email, actor=person(cast.bob)).id
    olive = person_by_email("owner@acacia.example")
    assert olive is not None
    token = token_create(person=olive.id, name="tests", scopes=["erasures:read", "erasures:write"], actor=helen())
    client = Client(headers={"host": "acacia.localhost", "authorization": f"Bearer {token}"})
    path = f"/api/v1/contacts/{contact}/erase"
    assert client.get(path).status_code == 404
    asked, again = client.post(path), client.post(path)
    assert (asked.status_code, again.status_code) == (202, 202)
    assert asked.json()["id"] == again.json()["id"]
    assert (asked.json()["status"], asked.json()["counts"]) == ("requested", {})
    provision()
    assert (client.get(path).json()["status"], client.get(path).json()["counts"]) == ("done", {"crm.Contact": 1})
    assert client.post(f"/api/v1/contacts/{uuid4()}/erase").status_code == 404


def test_what_names_their_address_goes_and_what_names_another_that_ends_alike_stays(cast: Cast, owner: Any) -> None:
    customer = Customer()
    theirs, anothers = customer.email, f"jo{customer.email}"
    for address in (theirs, anothers):
        data = {"lead": {"email": address.upper(), "wish": f"of {address}."}}
        event_receive(type="lead.created", data=data, actor=person(cast.bob))
        task_create(title=f"Answer by hand: “A garden” from {address}", actor=person(cast.bob))
    erasure = erasure_request(contact=contact_create(name=NAME, email=theirs, actor=person(cast.bob)).id, actor=helen())
    provision()
    assert state(erasure) == "done"
    rows = [
        *owner.execute("SELECT data::text FROM acacia.workflows_event WHERE type = 'lead.created' ORDER BY id"),
        *owner.execute("SELECT title FROM acacia.crm_task WHERE title ~ 'by hand|erased' ORDER BY id"),
    ]
    assert [anothers in text.lower() for (text,) in rows] == [False, True, False, True]
    assert [ERASED in text for (text,) in rows] == [True, False, True, False]
