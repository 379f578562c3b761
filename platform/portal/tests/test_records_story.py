"""What the workflow wrote, on the pages of the records, with the way to the email it came from."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from approvals.services import approval_decide
from conftest import Cast
from crm.selectors import contact_by_email, enquiry_list
from crm.services import contact_update
from mail.selectors import message_list
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import CUSTOMER, person


def test_a_record_that_a_run_wrote_leads_to_its_run_and_to_its_conversation(
    asked: Any, cast: Cast, work: Callable[[], None]
) -> None:
    decide = {"decision": "approve", "digest": asked.approval.digest}
    approval_decide(approval_id=asked.approval.id, actor=person(cast.bob), **decide)
    work()
    with tenant_context("acacia"):
        contact = contact_by_email(CUSTOMER)
        assert contact is not None
        contact_update(contact=contact.id, actor=person(cast.bob), phone="0491 570 999")
        enquiry = enquiry_list(contact=contact.id).items[0]
        thread = message_list(sender=CUSTOMER).items[0].thread
    client = signed_in(cast.bob)
    for path in (f"/customers/{contact.id}/", f"/enquiries/{enquiry.id}/"):
        shown = " ".join(client.get(path).content.decode().split())
        assert f'The workflow, for <a class="link" href="/runs/{asked.run.id}/">this email</a>, added this' in shown
        assert f"/conversations/{thread}/" in shown
    assert "Bob changed Phone" in " ".join(client.get(f"/customers/{contact.id}/").content.decode().split())


def test_search_finds_messages_by_their_words_and_a_run_by_its_id(asked: Any, cast: Cast) -> None:
    with tenant_context("acacia"):
        thread = message_list(sender=CUSTOMER).items[0].thread
    client = signed_in(cast.bob)
    assert f"/conversations/{thread}/" in client.get("/search/?q=studio+council").content.decode()
    assert f"/runs/{asked.run.id}/" in client.get(f"/search/?q={asked.run.id}").content.decode()
    assert "Nothing fits" in client.get(f"/search/?q={UUID(int=7)}").content.decode()
    harbour = signed_in(cast.charlie, "harbour")
    assert "Nothing fits" in harbour.get("/search/?q=studio+council").content.decode()
    assert "Nothing fits" in harbour.get(f"/search/?q={asked.run.id}").content.decode()
