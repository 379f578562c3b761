"""The inbox in the tenant's admin: read, edit, decide, by the same services as portal and API."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.services import person_add
from approvals.selectors import ApprovalView, approval_get
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.selectors import contact_by_email, listing_list
from crm.services import listing_update
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.story import CUSTOMER, mail, receive, samples, waiting

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
HOST = f"acacia.{settings.COUNTERSIGN.base_domain}"
INBOX = "/admin/approvals/approval/"


class Admin:
    """A person of acacia at the tenant's admin. A request leaves the tenant when it ends; this enters it again."""

    def __init__(self, person: Any) -> None:
        self.client = Client(headers={"host": HOST})
        self.client.force_login(get_user_model().objects.get(pk=person))

    def get(self, path: str, **query: str) -> Any:
        with tenant_context("acacia"):
            return self.client.get(path, query)

    def send(self, approval: ApprovalView, decision: str, **more: Any) -> Any:
        typed = {"decision": decision, "digest": approval.digest, **more}
        with tenant_context("acacia"):
            return self.client.post(page_of(approval), typed)


def page_of(approval: ApprovalView) -> str:
    return f"{INBOX}{approval.id}/change/"


def typed(approval: ApprovalView, **changed: str) -> dict[str, str]:
    """What the edit form sends, with some of its fields changed."""
    reply = approval.document["reply"]
    return {"edits.reply.subject": reply["subject"], "edits.reply.text": reply["text"]} | {
        f"edits.{name.replace('__', '.')}": value for name, value in changed.items()
    }


@pytest.fixture
def asked(work: Callable[[], None]) -> ApprovalView:
    samples()
    receive(mail())
    work()
    return waiting().approval


@pytest.fixture
def bob(cast: Cast, asked: ApprovalView) -> Admin:
    return Admin(cast.bob.id)


def go_stale() -> None:
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, open_times=[], actor=TESTS)


def told(approval: ApprovalView) -> list[dict[str, Any]]:
    return [entry.body for entry in entries(target=f"approval:{approval.id}")]


def test_the_inbox_shows_what_waits_and_the_rest_on_request(bob: Admin, asked: ApprovalView) -> None:
    def shown(**query: str) -> list[Any]:
        return [row.pk for row in bob.get(INBOX, **query).context["cl"].result_list]

    assert shown() == shown(status="pending") == shown(status="all") == shown(risk=asked.risk) == [asked.id]
    assert shown(q=CUSTOMER) == shown(q=str(asked.run)) == [asked.id]
    assert shown(status="rejected") == shown(q="nobody@example.com") == []
    bob.send(asked, "reject")
    assert shown() == []
    assert shown(status="rejected") == [asked.id]


def test_what_has_gone_stale_waits_too(bob: Admin, asked: ApprovalView) -> None:
    go_stale()
    bob.send(asked, "approve")
    assert [row.pk for row in bob.get(INBOX).context["cl"].result_list] == [asked.id]


def test_the_page_shows_the_proposal_with_its_cause(bob: Admin, asked: ApprovalView) -> None:
    page = bob.get(page_of(asked)).content.decode()
    for part in (asked.title, "is the studio out the back council approved", asked.digest):
        assert part in page
    assert " style=" not in page
    assert "<script>" not in page


def test_approving_is_recorded_as_the_persons_and_carried_out_by_nobody_else(
    bob: Admin, asked: ApprovalView, cast: Cast
) -> None:
    answer = bob.send(asked, "approve", comment="Fine.")
    assert answer.status_code == 302
    decided = approval_get(asked.id)
    assert (decided.status, decided.decisions[0].comment) == ("approved", "Fine.")
    entry = told(asked)[0]
    assert (entry["event"], entry["actor"]) == ("approval.approved", f"person:{cast.bob.id}")
    assert contact_by_email(CUSTOMER) is None, "a worker carries it out, not the page"


def test_a_digest_that_was_not_shown_decides_nothing_and_loses_no_word(bob: Admin, asked: ApprovalView) -> None:
    with tenant_context("acacia"):
        answer = bob.client.post(
            page_of(asked), {"decision": "approve", "digest": "0" * 64, "comment": "I have called her."}
        )
    assert answer.status_code == 409
    assert "has changed since you saw it" in answer.content.decode()
    assert "I have called her." in answer.content.decode()
    assert approval_get(asked.id).status == "pending"


def test_an_edit_gets_a_new_digest_and_waits(bob: Admin, asked: ApprovalView) -> None:
    text = asked.document["reply"]["text"] + "\n\nSee you."
    answer = bob.send(asked, "edit", **typed(asked, reply__text=text), leave_out="book")
    assert answer.status_code == 302
    edited = approval_get(asked.id)
    assert (edited.status, edited.edited_by) == ("pending", "Bob")
    assert edited.digest != asked.digest
    assert edited.document["reply"]["text"] == text
    assert "book" not in [action["step"] for action in edited.document["actions"]]
    assert outbox().items == ()


def test_an_edit_that_changes_nothing_is_none(bob: Admin, asked: ApprovalView) -> None:
    assert bob.send(asked, "edit", **typed(asked)).status_code == 302
    assert approval_get(asked.id).digest == asked.digest


def test_an_edit_that_is_refused_keeps_what_was_typed(bob: Admin, asked: ApprovalView) -> None:
    wrong = typed(asked, reply__text="A whole new letter.", book__starts_at="next week")
    answer = bob.send(asked, "edit", **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This was not saved." in page
    assert "is a day and a time" in page
    assert "A whole new letter." in page
    assert "next week" in page
    assert f'id="edit" method="post" action="{page_of(asked)}"' in page, "with #edit the browser ignores autofocus"
    assert approval_get(asked.id).digest == asked.digest


def test_a_rejection_sends_nothing(bob: Admin, asked: ApprovalView) -> None:
    bob.send(asked, "reject", comment="She has called already.")
    assert approval_get(asked.id).status == "rejected"
    page = bob.get(page_of(asked)).content.decode()
    for part in ("She has called already.", f"/runs/{asked.run}/", f"/admin/audit/entry/?run={asked.run}"):
        assert part in page


def test_a_second_decision_is_told_who_was_first(bob: Admin, asked: ApprovalView, cast: Cast) -> None:
    bob.send(asked, "approve")
    answer = Admin(cast.alice.id).send(asked, "reject")
    assert answer.status_code == 409
    assert "Bob decided" in answer.content.decode()


def test_stale_facts_are_shown_and_the_proposal_is_renewed(bob: Admin, asked: ApprovalView) -> None:
    go_stale()
    answer = bob.send(asked, "approve")
    assert answer.status_code == 409
    assert "What this rests on has changed" in answer.content.decode()
    assert approval_get(asked.id).status == "stale"
    assert bob.send(asked, "renew").status_code == 302
    renewed = approval_get(asked.id)
    assert (renewed.status, renewed.digest != asked.digest) == ("pending", True)


def test_many_at_once_are_renewed_or_read_together(bob: Admin, asked: ApprovalView) -> None:
    go_stale()
    bob.send(asked, "approve")
    listed = bob.get(INBOX)
    offered = [name for name, _ in listed.context["action_form"].fields["action"].choices if name]
    assert offered == ["renew", "together"]
    with tenant_context("acacia"):
        bob.client.post(INBOX, {"action": "renew", "_selected_action": [str(asked.id)], "index": "0"})
    assert approval_get(asked.id).status == "pending"
    assert told(asked)[0]["event"] == "approval.renewed"


def test_several_are_shown_in_full_before_the_action_decides_about_any(bob: Admin, asked: ApprovalView) -> None:
    begun = {"action": "together", "_selected_action": [str(asked.id)], "index": "0"}
    with tenant_context("acacia"):
        page = bob.client.post(INBOX, begun).content.decode()
    assert f'value="{asked.id}:{asked.digest}"' in page
    assert asked.document["reply"]["subject"] in page
    assert approval_get(asked.id).status == "pending"
    with tenant_context("acacia"):
        chosen = {**begun, "decision": "reject", "chosen": [f"{asked.id}:{asked.digest}"]}
        answer = bob.client.post(INBOX, chosen, follow=True)
    assert f"Rejected: {asked.title}." in answer.content.decode()
    assert approval_get(asked.id).status == "rejected"


def test_nothing_is_added_or_deleted_by_hand(bob: Admin, asked: ApprovalView) -> None:
    assert bob.get(f"{INBOX}add/").status_code == 403
    assert bob.get(f"{INBOX}{asked.id}/delete/").status_code == 403


def test_who_may_only_read_decides_nothing(asked: ApprovalView) -> None:
    email = f"ada-{uuid4()}@example.com"  # people stay in the database after a test that commits
    auditor = Admin(person_add(email=email, name="Ada", role="auditor", password=None, actor=TESTS))
    assert "decides no proposals" in auditor.get(page_of(asked)).content.decode()
    for decision in ("approve", "reject", "edit", "renew"):
        answer = auditor.send(asked, decision, **typed(asked, reply__text="Mine."))
        assert answer.status_code == 403
        assert "Ada may not do this" in answer.content.decode()
    assert approval_get(asked.id).digest == asked.digest


@pytest.mark.parametrize("name", ["01a20952-2779-754b-83cb-c3c13c165857", "x"])
def test_what_is_not_there_is_not_found(bob: Admin, name: str) -> None:
    assert bob.get(f"{INBOX}{name}/change/").status_code == 404


def test_an_unknown_decision_is_none(bob: Admin, asked: ApprovalView) -> None:
    assert bob.send(asked, "explode").status_code == 404
    assert approval_get(asked.id).status == "pending"


def test_the_list_needs_no_query_per_row(bob: Admin, asked: ApprovalView, work: Callable[[], None]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            bob.get(INBOX)
        return len(seen)

    bob.get(INBOX)
    one = queries()
    for name in ("Tom", "Ines"):
        receive(mail(sender=f"{name} <{name.lower()}@example.com>"))
    work()
    assert len(bob.get(INBOX).context["cl"].result_list) == 3
    assert queries() == one
