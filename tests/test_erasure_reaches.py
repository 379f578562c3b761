"""How far an erasure reaches: what colleagues did for somebody, files, errors, shared conversations, odd addresses."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from approvals.services import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_decide,
    approval_delegate,
    approval_edit,
)
from audit.canonical import digest
from audit.erasing import ERASED
from audit.models import Entry
from conftest import Cast
from crm.selectors import contact_by_email
from crm.services import contact_create, contact_update
from dispatch.services import work_add
from mail.selectors import message_list
from mail.services import reply_write
from tenants.selectors import tenant_context
from tests.erased import (
    NAME,
    WORDS,
    Customer,
    Work,
    approve,
    contact_of,
    customer_known,
    dump,
    found_in,
    helen,
    lines_with,
    provision,
    signed_in,
    state,
)
from tests.story import CUSTOMER, due_now, mail, person, receive, samples, waiting
from workflows.errors import ReplyLeaving
from workflows.models import Run, UndoPlan
from workflows.services import erasure_request

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


def erased(contact: Any) -> None:
    erasure = erasure_request(contact=contact, actor=helen())
    provision()
    assert state(erasure) == "done"


def written_to_files() -> dict[str, bytes]:
    """What stands in DATA_DIR and beside it, but for the files of PostgreSQL itself (docs/privacy.md)."""
    folder = settings.COUNTERSIGN.data_dir.absolute()
    parent = folder.parent if (folder.parent / "secrets").is_dir() else folder
    databases = {file.parent for file in parent.rglob("PG_VERSION")}
    return {
        str(file): file.read_bytes()
        for file in parent.rglob("*")
        if file.is_file() and not databases & set(file.parents) and not file.is_symlink()
    }


def test_no_file_holds_a_word_of_a_customer_at_any_time(work: Work, cast: Cast, owner: Any, tmp_path: Path) -> None:
    control = settings.COUNTERSIGN.data_dir.absolute() / f"{tmp_path.name}.txt"
    customer = customer_known(work, cast, owner)
    assert found_in(written_to_files(), customer) == []
    control.write_text(customer.email)
    try:
        assert found_in(written_to_files(), customer) != [], "what stands in a file would be found"
    finally:
        control.unlink()
    erased(contact_of(customer))
    assert found_in(written_to_files(), customer) == []


def test_whatever_colleagues_did_for_a_customer_goes_with_them(work: Work, cast: Cast, owner: Any) -> None:
    customer = customer_known(work, cast, owner)
    asked, bob = waiting().approval, person(cast.bob)
    approval_claim(approval_id=asked.id, actor=bob)
    edited = approval_edit(
        approval_id=asked.id,
        digest=asked.digest,
        edits={"reply": {"text": f"Hi {NAME},\n\nWe call you on {customer.phone}.\n\nBob"}},
        actor=bob,
    )
    approval_ask(approval_id=edited.id, colleague=cast.alice.id, note=f"Is {NAME} known to you?", actor=bob)
    answered = approval_answer(approval_id=edited.id, answer=f"{NAME} says {WORDS}.", actor=person(cast.alice))
    approval_delegate(approval_id=answered.id, to=cast.alice.id, actor=bob)
    api = signed_in(cast.alice)
    token = {"authorization": f"Bearer {cast.alice.token}"}
    runs = list(Run.objects.order_by("pk"))
    for run in runs:
        api.post(f"/api/v1/runs/{run.pk}/undo-plan", {}, "application/json", headers=token)
    browser = signed_in(cast.alice)
    with tenant_context("acacia"):
        assert UndoPlan.objects.exists()
        contact = contact_of(customer)
    typed = {"name": NAME, "email": customer.email, "phone": customer.phone}
    assert browser.get(f"/admin/crm/contact/{contact}/change/").status_code == 200
    assert browser.post(f"/admin/crm/contact/{contact}/change/", typed).status_code == 302
    event = {"type": "lead.created", "data": {"email": customer.email, "name": NAME}}
    answer = api.post("/api/v1/events", event, "application/json", headers={**token, "Idempotency-Key": str(uuid4())})
    assert answer.status_code == 202, answer.content
    with tenant_context("acacia"):
        approval_decide(
            approval_id=edited.id, decision="reject", digest=answered.digest, actor=person(cast.alice), comment=WORDS
        )
        work()
    with tenant_context("acacia"):
        erased(contact)
    assert found_in(dump(owner), customer) == []


def test_what_was_undone_for_a_customer_and_its_drafted_correction_go_too(work: Work, cast: Cast, owner: Any) -> None:
    customer = customer_known(work, cast, owner)
    api = signed_in(cast.alice)
    token = {"authorization": f"Bearer {cast.alice.token}"}
    done = Run.objects.filter(status="succeeded").get()
    plan = api.post(f"/api/v1/runs/{done.pk}/undo-plan", {}, "application/json", headers=token).json()
    started = api.post(
        f"/api/v1/undo-plans/{plan['id']}/start", {"digest": plan["digest"]}, "application/json", headers=token
    )
    assert started.status_code < 300, started.content
    work()
    found = found_in(dump(owner), customer)
    assert any(place.startswith("acacia.workflows_correction:") for place in found), "there is a draft to them"
    with tenant_context("acacia"):
        known = contact_by_email(customer.email) or contact_create(name=NAME, email=customer.email, actor=helen())
        erased(known.id)
    assert found_in(dump(owner), customer) == []


def test_what_errors_say_of_work_for_a_customer_goes_wherever_it_stands(work: Work, cast: Cast, owner: Any) -> None:
    customer = customer_known(work, cast, owner)
    [run] = Run.objects.filter(status="waiting").values_list("pk", flat=True)
    [message, *_] = message_list(sender=customer.email).items
    approval = waiting().approval.id
    subjects = [str(run), f"{run}:draft", str(message.id), f"approval:{approval}", str(approval)]
    for subject in subjects:
        work_add(handler="workflows.branch", subject=subject)
    owner.execute(
        "UPDATE dispatch_work SET error = %s, parked_at = now() WHERE handler = 'workflows.branch' AND subject = ANY(%s)",
        [f"DataError: value too long: {NAME}", subjects],
    )
    assert any("dispatch_work" in place for place in found_in(dump(owner), customer))
    erased(contact_of(customer))
    assert found_in(dump(owner), customer) == []


def test_of_two_customers_in_a_conversation_one_is_erased_and_the_other_stays(
    work: Work, cast: Cast, owner: Any
) -> None:
    """Georgia began it: her email stays as she sent it, with Theodora's address in its Cc. What Theodora wrote there
    goes, and what was written to her."""
    samples()
    customer = Customer()
    first = mail(Cc=f"<{customer.email}>")
    receive(first)
    work()
    customer.writes("Inspection", In_Reply_To=str(first["Message-ID"]), References=str(first["Message-ID"]))
    work()
    theirs = message_list(sender=customer.email).items[0]
    [hers] = message_list(sender=CUSTOMER).items
    assert theirs.thread == hers.thread
    assert theirs.thread is not None
    text = f"Dear {NAME}, we call you on {customer.phone}."
    reply_write(thread_id=theirs.thread, text=text, key=uuid4(), actor=person(cast.bob), in_reply_to=theirs.id)
    due_now(owner)
    work()
    contact = contact_by_email(customer.email) or contact_create(name=NAME, email=customer.email, actor=helen())
    erased(contact.id)
    left = dump(owner)
    found = {tuple(place.split(": ")) for place in found_in(left, customer)}
    assert {table for table, _ in found} == {"acacia.mail_message", "acacia.mail_rawmessage"}
    assert {needle for _, needle in found} == {customer.email, "Theodora"}, "her address, which begins like her name"
    assert {line.split(b"\t")[0] for _, line in lines_with(customer.email, left)} == {str(hers.id).encode()}
    [kept] = message_list(sender=CUSTOMER).items
    assert (kept.id, kept.from_name) == (hers.id, "Georgia Papadopoulos")
    assert "Wattle Street" in kept.text


def test_an_address_is_known_again_however_it_is_written(work: Work, cast: Cast, owner: Any) -> None:
    customer = Customer()
    customer.sender = f"{NAME} <{customer.email.upper()}>"
    customer.writes()
    work()
    contact = contact_by_email(customer.email) or contact_create(name=NAME, email=customer.email.title(), actor=helen())
    erased(contact.id)
    assert found_in(dump(owner), customer) == []


def test_what_came_from_a_former_address_goes_with_a_customer_who_is_added_by_it(
    work: Work, cast: Cast, owner: Any
) -> None:
    """Nothing remembers addresses that somebody had: whoever knows of one adds a customer by it (docs/privacy.md)."""
    customer = Customer()
    customer.writes()
    work()
    contact = contact_by_email(customer.email) or contact_create(name=NAME, email=customer.email, actor=helen())
    contact_update(contact=contact.id, actor=helen(), email=f"new.{customer.email}")
    erased(contact.id)
    erased(contact_create(name="By a former address", email=customer.email, actor=helen()).id)
    assert found_in(dump(owner), customer) == []


def test_who_is_written_to_at_this_moment_is_not_erased_and_nothing_of_it_is_stopped(
    work: Work, cast: Cast, owner: Any
) -> None:
    samples()
    customer = Customer()
    customer.writes()
    work()
    asked = waiting()
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    contact = contact_of(customer)
    owner.execute("UPDATE acacia.mail_message SET status = 'sending' WHERE status = 'held'")
    owner.execute("UPDATE acacia.workflows_effect SET status = 'intended' WHERE status = 'held'")
    before = Run.objects.values_list("status", flat=True).get()
    with pytest.raises(ReplyLeaving):
        erasure_request(contact=contact, actor=helen())
    assert Run.objects.values_list("status", flat=True).get() == before
    assert contact_by_email(customer.email) is not None


def test_nobody_can_try_guesses_of_a_comment_with_the_ledger(work: Work, cast: Cast, owner: Any) -> None:
    """Comments are short: with what is left, a digest of one would tell whether a guess was right."""
    samples()
    customer = Customer()
    customer.writes()
    work()
    asked = approve(work, cast, owner)
    erased(contact_of(customer))
    [entry] = Entry.objects.filter(body__event="approval.approved")
    guess = f"{NAME} called about it."
    told = entry.body["data"]["comment"]
    assert told not in (digest({"comment": guess, "approval": asked.approval.id}), digest(guess))
    assert ERASED in dump(owner)["acacia.approvals_decision"].decode()
