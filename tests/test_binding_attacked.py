"""What people try who want something else to happen than what was approved, each by a door that they have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from approvals.errors import InvalidEdit, NoSuchColleague, Stale, WrongDigest
from approvals.selectors import ApprovalView, approval_get
from approvals.services import approval_ask, approval_decide, approval_edit
from audit.services import Actor
from conftest import Cast
from crm.records import record_create
from crm.selectors import listing_list
from crm.services import listing_update
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.story import Asked, due_now, person
from tests.test_hands import later

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
Owner = psycopg.Connection[Any]
TESTS = Actor.system("tests")
SLOT = {"starts_at": "2031-01-01T10:00:00Z", "ends_at": "2031-01-01T10:30:00Z"}


def now(asked: Asked) -> ApprovalView:
    return approval_get(asked.approval.id)


def approve(asked: Asked, who: Any) -> ApprovalView:
    return approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=now(asked).digest, actor=person(who)
    )


def edit(asked: Asked, who: Any, **given: Any) -> ApprovalView:
    return approval_edit(approval_id=asked.approval.id, digest=now(asked).digest, actor=person(who), **given)


def replies() -> list[str]:
    return [message.status for message in outbox().items]


def test_a_number_of_another_type_is_another_number_before_the_decision(asked: Asked, cast: Cast, owner: Owner) -> None:
    """10.0 has no canonical form, and so no digest; it is 10 to Python, and to nobody who signs."""
    hold = f"{asked.approval.document['reply']['hold_seconds']}.0"
    written = "UPDATE acacia.approvals_approval SET document = jsonb_set(document, '{reply,hold_seconds}', %s)"
    owner.execute(written, [hold])
    with pytest.raises(Stale):
        approve(asked, cast.bob)
    assert [fact["field"] for fact in now(asked).stale] == ["digest"]


def test_a_number_of_another_type_is_another_number_when_it_is_carried_out_and_leaves(
    asked: Asked, cast: Cast, owner: Owner, work: Work
) -> None:
    approve(asked, cast.bob)
    work()
    assert replies() == ["held"]
    hold = f"{asked.approval.document['reply']['hold_seconds']}.0"
    written = "UPDATE acacia.workflows_effect SET plan = jsonb_set(plan, '{mail,hold_seconds}', %s)"
    owner.execute(f"{written} WHERE status = 'held'", [hold])
    due_now(owner)
    work()
    assert (now(asked).status, replies()) == ("stale", ["stopped"])


def test_nobody_stops_the_clock_for_ever_by_asking_again_and_again(
    asked: Asked, cast: Cast, owner: Owner, work: Work
) -> None:
    def ask() -> None:
        approval_ask(approval_id=asked.approval.id, colleague=cast.alice.id, note="Sure?", actor=person(cast.bob))

    left = now(asked).expires_at - timezone.now()
    ask()
    later(owner, 25)
    work()
    assert now(asked).status == "pending", "nobody answered in time"
    with pytest.raises(NoSuchColleague, match="for a day in all"):
        ask()
    assert now(asked).expires_at - timezone.now() < left, "a day has passed for the question, an hour for the proposal"
    assert now(asked).expires_at - timezone.now() > left - timedelta(hours=2)


def test_a_time_that_the_listing_has_no_more_is_not_booked_though_no_reply_speaks_of_it(
    asked: Asked, cast: Cast
) -> None:
    edit(asked, cast.bob, leave_out=["reply"])
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, open_times=[], actor=TESTS)
    with pytest.raises(Stale):
        approve(asked, cast.bob)


def test_an_enquiry_that_somebody_has_made_meanwhile_is_made_no_second_time(asked: Asked, cast: Cast) -> None:
    contact = str(uuid4())
    record_create(kind="contact", id=contact, fields={"name": "G", "email": f"{contact}@example.com"}, actor=TESTS)
    fields = {"contact": contact, "summary": "By hand", "thread_id": asked.approval.thread}
    record_create(kind="enquiry", id=str(uuid4()), fields=fields, actor=TESTS)
    with pytest.raises(Stale) as refused:
        approve(asked, cast.bob)
    assert [fact["record"] for fact in refused.value.stale] == [f"enquiry-of-thread:{asked.approval.thread}"]


def test_what_is_added_is_about_the_customer_and_the_conversation_of_the_proposal(asked: Asked, cast: Cast) -> None:
    stranger, nobody = str(uuid4()), str(uuid4())
    record_create(kind="contact", id=stranger, fields={"name": "S", "email": f"{stranger}@example.com"}, actor=TESTS)
    theirs = {"$step": "record", "field": "contact"}
    refused = [
        ("crm.create_task", "contact", stranger),
        ("crm.create_task", "contact", nobody),
        ("crm.create_task", "contact", {"a": theirs}),
        ("crm.create_task", "contact", {"a": 1.5, "b": theirs}),
        ("crm.create_task", "contact", [theirs]),
        ("crm.create_task", "contact", {"$step": "record", "field": "enquiry"}),
        ("crm.create_task", "enquiry", nobody),
        ("crm.upsert_enquiry", "email", f"{stranger}@example.com"),
        ("crm.upsert_enquiry", "thread", nobody),
        ("crm.upsert_enquiry", "listing", nobody),
        ("crm.book_appointment", "contact", stranger),
    ]
    for action, field, value in refused:
        given = {"title": "Call"} if action == "crm.create_task" else {"slot": SLOT} if "book" in action else {}
        with pytest.raises(InvalidEdit) as told:
            edit(asked, cast.bob, add=[{"action": action, "input": {**given, field: value}}])
        assert told.value.path == f"add[0].input.{field}", told.value
    edited = edit(asked, cast.bob, add=[{"action": "crm.create_task", "input": {"title": "Call", "contact": theirs}}])
    assert [action["step"] for action in edited.document["actions"]].count("added_1") == 1


def test_a_listing_that_a_person_books_is_shown_by_its_own_title(asked: Asked, cast: Cast) -> None:
    other = next(item for item in listing_list().items if item.address != "14 Wattle Street")
    edited = edit(
        asked, cast.bob, add=[{"action": "crm.book_appointment", "input": {"listing": str(other.id), "slot": SLOT}}]
    )
    [added] = [action for action in edited.document["actions"] if action["step"] == "added_1"]
    assert [change["shown"] for change in added["changes"] if change["field"] == "listing"] == [other.title]


def test_a_held_reply_that_was_put_under_a_step_which_nobody_approved_does_not_leave(
    asked: Asked, cast: Cast, owner: Owner, work: Work
) -> None:
    approve(asked, cast.bob)
    work()
    owner.execute(
        "UPDATE acacia.workflows_effect e SET step_id = s.id FROM acacia.workflows_step s"
        " WHERE e.status = 'held' AND s.run_id = e.run_id AND s.key = 'draft'"
    )
    due_now(owner)
    work()
    assert (now(asked).status, replies()) == ("stale", ["stopped"])


def test_from_whom_a_reply_comes_is_shown_everywhere_and_is_how_it_leaves(
    asked: Asked, cast: Cast, client: Client, work: Work
) -> None:
    sender = asked.approval.document["reply"]["sender"]
    [answers_to] = [address["email"] for address in sender["reply_to"]]
    host = f"acacia.{settings.COUNTERSIGN.base_domain}"
    client.force_login(get_user_model().objects.get(pk=cast.alice.id))
    for path in (f"/approvals/{asked.approval.id}/", f"/admin/approvals/approval/{asked.approval.id}/change/"):
        page = client.get(path, headers={"host": host}).content.decode()
        assert f"{sender['from_name']} &lt;{sender['from_email']}&gt;" in page
        assert f"Answers go to {answers_to}" in page
    token = {"host": host, "authorization": f"Bearer {cast.alice.token}"}
    told = Client().get(f"/api/v1/approvals/{asked.approval.id}", headers=token).json()
    assert told["reply"]["sender"] == sender
    with tenant_context("acacia"):
        approve(asked, cast.bob)
        work()
        [held] = outbox().items
    assert (held.from_name, held.from_email) == (sender["from_name"], sender["from_email"])
    assert [address.email for address in held.reply_to] == [answers_to]


def test_a_reply_does_not_leave_in_another_name_than_was_approved(
    asked: Asked, cast: Cast, owner: Owner, work: Work
) -> None:
    rename = "UPDATE public.tenants_tenant SET name = %s WHERE slug = 'acacia' RETURNING name"
    former = owner.execute("SELECT name FROM public.tenants_tenant WHERE slug = 'acacia'").fetchone()
    assert former is not None
    approve(asked, cast.bob)
    owner.execute(rename, ["Mallory & Partners"])
    try:
        work()
    finally:
        owner.execute(rename, former)
    assert (now(asked).status, [fact["field"] for fact in now(asked).stale]) == ("stale", ["sender"])
    assert replies() == []


def test_nothing_of_a_suspended_tenant_leaves(asked: Asked, cast: Cast, owner: Owner, work: Work) -> None:
    move = "UPDATE public.tenants_tenant SET status = %s WHERE slug = 'acacia'"
    approve(asked, cast.bob)
    work()
    owner.execute(move, ["suspended"])
    try:
        due_now(owner)
        work()
        assert replies() == ["held"]
    finally:
        owner.execute(move, ["active"])
    due_now(owner)
    work()
    assert replies() == ["kept"]


def test_what_was_edited_and_edited_back_is_not_what_was_shown_before(asked: Asked, cast: Cast) -> None:
    [title] = [a["input"]["title"] for a in asked.approval.document["actions"] if a["step"] == "follow_up"]
    first = edit(asked, cast.alice, edits={"follow_up": {"title": "One"}})
    back = edit(asked, cast.alice, edits={"follow_up": {"title": title}})
    for former in (asked.approval.digest, first.digest):
        with pytest.raises(WrongDigest):
            approval_decide(approval_id=asked.approval.id, decision="approve", digest=former, actor=person(cast.bob))
    assert back.editors == [str(cast.alice.id)]


def test_neither_a_link_nor_a_page_of_another_site_decides_for_who_is_signed_in(asked: Asked, cast: Cast) -> None:
    """With their session, though without what only our pages know; and by methods that never change anything."""
    ident, before = asked.approval.id, now(asked)
    given = {
        "decision": "approve",
        "digest": before.digest,
        "act": "claim",
        "release": "",
        "comment": "",
        "action": "together",
    }
    chosen = given | {"chosen": f"{ident}:{before.digest}", "_selected_action": str(ident)}
    client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"}, enforce_csrf_checks=True)
    with tenant_context("acacia"):
        client.force_login(get_user_model().objects.get(pk=cast.bob.id))
    for path in (
        f"/approvals/{ident}/decide/",
        f"/approvals/{ident}/edit/",
        f"/approvals/{ident}/hands/",
        "/inbox/together/",
        f"/admin/approvals/approval/{ident}/change/",
        "/admin/approvals/approval/",
    ):
        assert client.post(path, chosen).status_code == 403, path
        for visit in (client.get, client.head, client.options):
            assert visit(path, chosen).status_code < 500, path
    for path in (f"/api/v1/approvals/{ident}/decide", f"/api/v1/approvals/{ident}/edit", "/api/v1/approvals/decide"):
        assert client.post(path, chosen, content_type="application/json").status_code == 401, path
    with tenant_context("acacia"):
        assert now(asked) == before
