"""The whole story, with real rows, roles and mail; workers' turns are taken in this process."""

import email.message
import email.policy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from approvals.errors import AlreadyDecided, InvalidEdit, NotAllowed, Stale, Unsupported, WrongDigest
from approvals.selectors import approval_get, approvals
from approvals.services import approval_decide, approval_edit, approval_renew
from audit.selectors import story as ledger_of
from conftest import Cast
from crm.selectors import appointment_list, contact_by_email, enquiry_list, listing_list, task_list
from crm.services import listing_update
from mail.selectors import message_list, message_view, outbox
from tests.sink import Mood, sink
from tests.story import ASKS, CUSTOMER, due_now, mail, person, receive, samples, waiting
from workflows.selectors import RunView, run_get, runs
from workflows.services import run_wake

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def run_of(asked: Any) -> RunView:
    found = run_get(asked.run.id)
    assert found is not None
    return found


def approve(asked: Any, who: Any, **more: Any) -> None:
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(who), **more)


def test_a_customers_mail_becomes_a_proposal_that_waits_for_a_person(asked: Any) -> None:
    actions = [action["action"] for action in asked.approval.document["actions"]]
    assert actions == ["crm.upsert_enquiry", "crm.create_task", "crm.book_appointment", "mail.send_reply"]
    reply = asked.approval.document["reply"]
    assert reply["to"] == [CUSTOMER]
    assert "$512.40 per quarter" in reply["text"]
    assert all(item["supported"] for item in asked.approval.document["evidence"])
    assert asked.approval.blocked_reason == ""
    assert contact_by_email(CUSTOMER) is None, "nothing is written before a person has decided"


def test_what_was_approved_happens_and_the_reply_leaves_in_the_thread(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    approve(asked, cast.bob)
    work()
    held = outbox().items[0]
    assert (held.status, run_of(asked).status) == ("held", "waiting")
    due_now(owner)
    work()
    run = run_of(asked)
    sent = message_view(held.id)
    came = message_list(direction="in").items[0]
    assert run.status == "succeeded", (run.error, run.steps)
    assert approval_get(asked.approval.id).status == "executed"
    assert sent.status == "kept", "no outgoing server is set up: it is kept, and says so"
    assert sent.text.strip() == asked.approval.document["reply"]["text"].strip()
    assert (sent.in_reply_to.strip("<>"), sent.thread) == (came.message_id.strip("<>"), came.thread)
    contact = contact_by_email(CUSTOMER)
    assert contact is not None
    assert contact.phone == "0491 570 156"
    assert len(enquiry_list(contact=contact.id).items) == len(task_list(contact=contact.id).items) == 1


def test_a_customer_who_asks_again_for_the_same_time_stays_down_for_it_once(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    for proposal in (asked, None):
        if proposal is None:
            receive(mail(subject="Once more: inspection at 14 Wattle Street"))
            work()
            proposal = waiting()
        approve(proposal, cast.bob)
        work()
        due_now(owner)
        work()
        assert run_of(proposal).status == "succeeded", run_of(proposal).error
    contact = contact_by_email(CUSTOMER)
    assert contact is not None
    assert len(appointment_list(contact=contact.id).items) == 1


def test_the_ledger_tells_every_decision_of_the_run(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    due_now(owner)
    work()
    events = [entry.body["event"] for entry in ledger_of(asked.run.id)]
    for expected in (
        "run.queued",
        "run.started",
        "step.succeeded",
        "ai.called",
        "approval.opened",
        "approval.approved",
        "approval.executing",
        "crm.record_created",
        "effect.held",
        "effect.intended",
        "effect.done",
        "approval.executed",
        "run.succeeded",
    ):
        assert expected in events, f"{expected} is missing from {events}"
    decided = next(entry for entry in ledger_of(asked.run.id) if entry.body["event"] == "approval.approved")
    assert decided.body["actor"] == f"person:{cast.bob.id}"
    assert decided.body["data"]["digest"] == asked.approval.digest


def test_an_edit_never_executes_and_has_a_new_digest(asked: Any, cast: Cast, work: Work) -> None:
    text = asked.approval.document["reply"]["text"] + "\n\nSee you on Saturday."
    edited = approval_edit(
        approval_id=asked.approval.id,
        digest=asked.approval.digest,
        edits={"reply": {"text": text}},
        actor=person(cast.bob),
    )
    assert (edited.status, edited.edited_by) == ("pending", "Bob")
    assert edited.digest != asked.approval.digest
    assert edited.former_digest == asked.approval.digest
    with pytest.raises(WrongDigest):
        approval_decide(approval_id=edited.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob))
    work()
    assert outbox().items == ()


def test_what_a_person_wrote_is_what_leaves(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    text = "Hi Georgia,\n\nThe studio has a certificate, I have seen it.\n\nBob"
    approval_edit(
        approval_id=asked.approval.id,
        digest=asked.approval.digest,
        edits={"reply": {"text": text}},
        leave_out=["book"],
        actor=person(cast.bob),
    )
    approve(asked, cast.bob)
    work()
    due_now(owner)
    work()
    assert outbox().items[0].text.strip() == text
    assert run_of(asked).status == "succeeded"
    skipped = [step.key for step in run_of(asked).steps if step.status == "skipped"]
    assert skipped == ["book"]


def test_a_second_decision_is_told_so_and_does_nothing(asked: Any, cast: Cast) -> None:
    approve(asked, cast.bob)
    with pytest.raises(AlreadyDecided, match="Bob decided"):
        approve(asked, cast.alice)


def test_a_rejected_proposal_changes_nothing(asked: Any, cast: Cast, work: Work) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="reject", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    assert run_of(asked).status == "succeeded"
    assert outbox().items == ()
    assert contact_by_email(CUSTOMER) is None


def test_a_person_of_another_workspace_may_not_decide(asked: Any, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        approve(asked, cast.charlie)


def test_a_listing_that_changed_makes_the_proposal_stale_until_it_is_renewed(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=person(cast.alice))
    with pytest.raises(Stale) as refused:
        approve(asked, cast.bob)
    assert refused.value.stale == [
        {
            "record": f"listing:{listing.id}",
            "field": "facts.council_rates",
            "was": "$512.40 per quarter",
            "is": "$600.00 per quarter",
        }
    ]
    assert approval_get(asked.approval.id).status == "stale"
    renewed = approval_renew(approval_id=asked.approval.id, actor=person(cast.bob))
    assert renewed.status == "pending"
    with pytest.raises(Unsupported):
        approve(asked, cast.bob)  # the reply still tells the old rates, which no source says any more


def test_a_fact_that_changes_while_the_reply_is_held_stops_it(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=person(cast.alice))
    due_now(owner)
    work()
    assert outbox().items[0].status == "stopped"
    assert approval_get(asked.approval.id).status == "stale"
    assert run_of(asked).status == "waiting"


def test_an_edit_elsewhere_in_the_listing_does_not_matter(asked: Any, cast: Cast, work: Work) -> None:
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, facts={**listing.facts, "colour_of_the_door": "Green"}, actor=person(cast.alice))
    approve(asked, cast.bob)
    work()
    assert outbox().items[0].status == "held"


def test_a_second_mail_withdraws_what_waits_and_is_answered_instead(asked: Any, cast: Cast, work: Work) -> None:
    first = message_list(direction="in").items[0]
    receive(mail("Sorry, only Sunday works for us.\n\nGeorgia", In_Reply_To=first.message_id))
    work()
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert run_of(asked).status == "cancelled"
    second = waiting()
    assert second.run.id != asked.run.id
    sources = [source for source in second.approval.document["sources"] if source["kind"] == "message"]
    assert len(sources) == 2, "the unanswered first mail is a source too"


def test_a_second_mail_stops_the_reply_that_is_held(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    first = message_list(direction="in").items[0]
    receive(mail("Sorry, only Sunday works for us.\n\nGeorgia", In_Reply_To=first.message_id))
    work()
    due_now(owner)
    work()
    assert [message.status for message in outbox().items] == ["stopped"]
    assert waiting().run.id != asked.run.id


def test_the_same_mail_delivered_three_times_starts_one_run(work: Work) -> None:
    samples()
    message = mail()
    for _ in range(3):
        receive(message)
    work()
    assert runs().count() == 1


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Besichtigung",
            "Guten Tag,\n\nist die Wohnung in der 14 Wattle Street noch frei? Was kostet sie?\n\nJonas Weber",
        ),
        ("", "hi"),
        ("Bonjour", "Bonjour,\n\nje cherche un appartement à Paris avec vue sur la mer.\n\nMarie"),
        ("您好", "您好，请问 14 Wattle Street 周六可以看房吗？谢谢"),
        ("🏡🏡", "🏡" * 50),
        ("Nothing", " "),
    ],
)
def test_any_mail_ends_at_a_sensible_proposal(subject: str, text: str, work: Work) -> None:
    samples()
    receive(mail(text, subject=subject))
    work()
    shown = waiting().approval
    assert shown.document["reply"]["text"].strip()
    assert shown.document["reply"]["to"] == [CUSTOMER]


def test_automatic_mail_starts_no_run(work: Work) -> None:
    receive(mail("I am away.", Auto_Submitted="auto-replied"))
    work()
    assert runs().count() == 0
    assert "auto_submitted" in message_list(direction="in").items[0].flags


def test_a_reply_by_hand_from_an_own_address_withdraws_the_proposal(asked: Any, work: Work) -> None:
    from tenants.selectors import current

    first = message_list(direction="in").items[0]
    by_hand = mail("Hi Georgia, see you there. Helen", sender=current().inbound_address, In_Reply_To=first.message_id)
    receive(by_hand)
    work()
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert runs().count() == 1


def test_the_text_of_the_mail_is_in_no_ledger_entry(asked: Any) -> None:
    told = " ".join(entry.text for entry in ledger_of(asked.run.id))
    for word in ("Georgia", "0491 570 156", "Wattle", CUSTOMER):
        assert word not in told
    assert ASKS.split("\n")[0] not in told


def test_nothing_is_left_waiting_when_all_has_happened(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    due_now(owner)
    work()
    assert approvals(status="pending").count() == 0
    rows = owner.execute("SELECT handler FROM public.dispatch_work").fetchall()
    assert rows == [("ai.forget",)], "what was asked is deleted in its time"


def test_a_stopped_reply_is_renewed_on_the_new_facts_and_leaves_once(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    approve(asked, cast.bob)
    work()
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    moved = [{"starts_at": t.starts_at, "ends_at": t.ends_at + timedelta(minutes=15)} for t in listing.open_times]
    listing_update(listing=listing.id, open_times=moved, actor=person(cast.alice))
    due_now(owner)
    work()
    assert approval_get(asked.approval.id).status == "stale"
    renewed = approval_renew(approval_id=asked.approval.id, actor=person(cast.bob))
    assert [action["step"] for action in renewed.document["actions"]] == ["reply"], "the records are there already"
    edited = approval_edit(
        approval_id=renewed.id,
        digest=renewed.digest,
        edits={"reply": {"text": "Hi Georgia,\n\nThe open home is a little longer now. See you there.\n\nBob"}},
        actor=person(cast.bob),
    )
    approval_decide(approval_id=edited.id, decision="approve", digest=edited.digest, actor=person(cast.bob))
    work()
    due_now(owner)
    work()
    assert run_of(asked).status == "succeeded"
    assert [message.status for message in outbox().items] == ["kept", "stopped"]
    assert len(enquiry_list().items) == 1


def test_a_proposal_that_nobody_decides_goes_to_the_manager_and_then_expires(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    def time_passes() -> None:
        owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
        due_now(owner)
        work()

    time_passes()
    escalated = approval_get(asked.approval.id)
    assert (escalated.status, escalated.approver_role, escalated.expires_to) == ("pending", "manager", "")
    assert escalated.digest != asked.approval.digest, "the expiry is part of what is decided"
    with pytest.raises(NotAllowed):
        approve(asked, cast.bob)
    time_passes()
    assert approval_get(asked.approval.id).status == "expired"
    assert run_of(asked).status == "failed"
    assert outbox().items == ()


def test_a_colleague_who_was_removed_after_approving_has_not_approved(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    approve(asked, cast.bob)
    owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE id = %s", [cast.bob.id])
    try:
        work()
    finally:
        owner.execute("UPDATE acacia.accounts_user SET is_active = true WHERE id = %s", [cast.bob.id])
    assert approval_get(asked.approval.id).status == "stale"
    assert outbox().items == ()
    assert contact_by_email(CUSTOMER) is None


def test_what_was_stored_differently_from_what_was_signed_is_not_carried_out(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    approve(asked, cast.bob)
    owner.execute(
        "UPDATE acacia.approvals_approval SET binding = jsonb_set(binding, '{plans,0,plan,changes,0,fields,name,after}',"
        " '\"Mallory\"')"
    )
    work()
    assert approval_get(asked.approval.id).status == "stale"
    assert contact_by_email(CUSTOMER) is None


def test_leaving_out_what_others_work_on_is_refused_by_name(asked: Any, cast: Cast) -> None:
    with pytest.raises(InvalidEdit, match="follow_up needs record"):
        approval_edit(
            approval_id=asked.approval.id,
            digest=asked.approval.digest,
            leave_out=["record", "book"],
            actor=person(cast.bob),
        )


@pytest.mark.parametrize(
    ("edits", "path"),
    [
        ({"reply": {"to": ["mallory@example.com"]}}, "edits.reply.to"),
        ({"nobody": {"text": "x"}}, "edits.nobody"),
        ({"reply": {"text": ""}}, "edits.reply.text"),
        ({"reply": {"subject": "a\nBcc: b@example.com"}}, "edits.reply.subject"),
        ({"follow_up": {"due_at": "soon"}}, "edits.follow_up.due_at"),
    ],
)
def test_an_edit_of_what_is_no_field_or_no_value_is_refused(asked: Any, cast: Cast, edits: Any, path: str) -> None:
    with pytest.raises(InvalidEdit) as refused:
        approval_edit(approval_id=asked.approval.id, digest=asked.approval.digest, edits=edits, actor=person(cast.bob))
    assert refused.value.path == path
    assert approval_get(asked.approval.id).digest == asked.approval.digest


def test_an_action_can_be_added_from_the_versions_allow_list_only(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    def add(action: str, **given: Any) -> Any:
        return approval_edit(
            approval_id=asked.approval.id,
            digest=approval_get(asked.approval.id).digest,
            add=[{"action": action, "input": given}],
            actor=person(cast.bob),
        )

    for action in ("mail.send_reply", "crm.delete_everything", ""):
        with pytest.raises(InvalidEdit):
            add(action, title="x")
    edited = add("crm.create_task", title="Ask the vendor about the studio")
    added = [action for action in edited.document["actions"] if action["step"] == "added_1"]
    assert added[0]["summary"] == "Ask the vendor about the studio"
    approve(asked, cast.bob)
    work()
    due_now(owner)
    work()
    assert run_of(asked).status == "succeeded"
    assert "Ask the vendor about the studio" in [task.title for task in task_list().items]


def test_a_sentence_that_no_source_supports_cannot_be_approved(work: Work, cast: Cast, owner: Any) -> None:
    """The stored answer of the model says what no source says, as a model that invents would."""
    samples()
    receive(mail())
    work()
    first = waiting()
    invented = "Hi Georgia,\n\nThe studio was approved by council in 2019.\n\nKind regards,\nAcacia Realty"
    owner.execute("UPDATE acacia.workflows_step SET output = jsonb_set(output, '{text}', %s)", [json.dumps(invented)])
    owner.execute("DELETE FROM acacia.approvals_approval")
    owner.execute("UPDATE acacia.workflows_step SET status = 'pending' WHERE kind ~ '^(crm.[^m]|mail)'")
    with transaction.atomic():
        run_wake(first.run.id)
    work()
    shown = waiting().approval
    assert shown.blocked_reason == "Approve is off: 1 sentence has no source."
    with pytest.raises(Unsupported):
        approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.alice))
    sentence = next(item for item in shown.document["sentences"] if item["verdict"] == "unsupported")
    assert sentence["text"] == "The studio was approved by council in 2019."
    assert sentence["finding"]


@pytest.mark.parametrize(
    ("mood", "message", "effect", "run", "approval"),
    [
        ("take", "sent", "done", "succeeded", "executed"),
        ("refuse text", "failed", "failed", "failed", "failed"),
        ("hang up after text", "unknown", "unknown", "failed", "failed"),
    ],
)
def test_what_the_mail_server_did_is_what_the_run_says(
    asked: Any,
    cast: Cast,
    work: Work,
    owner: Any,
    settings: Any,
    mood: Mood,
    message: str,
    effect: str,
    run: str,
    approval: str,
) -> None:
    with sink(mood) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
        approve(asked, cast.bob)
        work()
        assert server.taken == [], "held for its undo window"
        for _ in range(3):
            due_now(owner)
            work()
    first = message_list(direction="in").items[0]
    [(return_path, recipients, content)] = server.taken
    left = email.message_from_bytes(content, policy=email.policy.default)
    assert (recipients, left["To"].addresses[0].addr_spec) == ([CUSTOMER], CUSTOMER)
    assert left["In-Reply-To"].strip("<>") == first.message_id.strip("<>")
    assert first.message_id.strip("<>") in left["References"]
    assert left["Subject"] == "Re: Inspection at 14 Wattle Street"
    assert "Auto-Submitted" not in left, "a person approved it"
    assert return_path.endswith("@in.localhost")
    assert outbox().items[0].status == message
    ended = run_of(asked)
    assert [item.status for item in ended.effects if item.action == "mail.send_reply"] == [effect]
    assert (ended.status, approval_get(asked.approval.id).status) == (run, approval)
