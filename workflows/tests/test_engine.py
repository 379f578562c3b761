"""The engine where it is pressed: odd definitions, workers that die, conversations that move."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from approvals.selectors import approval_get, approvals
from approvals.services import approval_decide, approval_edit, approval_renew
from audit.services import Actor
from conftest import Cast
from crm.errors import Missing
from crm.selectors import appointment_list, contact_by_email, enquiry_list, listing_list, task_list
from crm.services import listing_update
from dispatch.leases import Lease
from dispatch.services import MAX_ATTEMPTS
from dispatch.worker import run_next
from mail.selectors import message_list, outbox
from tenants.selectors import public_context
from tests.looking import approve, seen, states
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, samples, waiting
from workflows.actions import ACTIONS
from workflows.actions.base import Hands, Plan
from workflows.engine import sending
from workflows.engine.checkpoint import Checkpoint
from workflows.engine.giving_up import run_give_up
from workflows.engine.segment import Segment
from workflows.engine.steps import ready
from workflows.errors import NotRetryable, Retryable
from workflows.models import Step
from workflows.selectors import runs
from workflows.services import run_cancel, run_retry
from workflows.steps import STEP_KINDS
from workflows.steps.draft_reply import DraftReply

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")


def message_without_run() -> str:
    """A customer's message whose own run was cancelled before it did anything."""
    received = receive(mail())
    with public_context():
        run_next("runs")
    for run in runs():
        with transaction.atomic():
            run_cancel(run=run.pk, reason="person", actor=TESTS)
    return str(received)


TASK = "do: crm.create_task, needs: []"


def test_a_step_that_needs_a_proposal_runs_once_it_has_happened(start: Any, work: Work, cast: Cast) -> None:
    run = start(f"  - {{key: task, {TASK}, with: {{title: One}}}}\n  - {{key: after, do: crm.match, needs: [task]}}\n")
    assert states(run) == {"task": "waiting", "after": "pending"}
    approve(approvals(run=run.id).get().pk, cast.bob)
    work()
    assert states(run) == {"task": "succeeded", "after": "succeeded"}
    assert seen(run).status == "succeeded"


def test_a_step_that_needs_a_rejected_proposal_runs_too(start: Any, work: Work, cast: Cast) -> None:
    run = start(f"  - {{key: task, {TASK}, with: {{title: One}}}}\n  - {{key: after, do: crm.match, needs: [task]}}\n")
    shown = approvals(run=run.id).get()
    approval_decide(approval_id=shown.pk, decision="reject", digest=shown.digest, actor=person(cast.bob))
    work()
    assert states(run) == {"task": "skipped", "after": "succeeded"}


def test_a_proposal_none_of_whose_conditions_hold_is_skipped(start: Any) -> None:
    run = start(f'  - {{key: task, {TASK}, when: "event.wanted == true", with: {{title: One}}}}\n', wanted=False)
    assert (states(run), run.status) == ({"task": "skipped"}, "succeeded")


@pytest.mark.parametrize(
    "steps",
    [
        f'  - {{key: a, {TASK}, when: "event.n < event.s", with: {{title: One}}}}\n',
        '  - {key: a, do: crm.match, when: "event.n < event.s"}\n',
        f'  - {{key: a, {TASK}, with: {{title: "${{event.n < event.s}}"}}}}\n',
        f"  - {{key: a, {TASK}, with: {{title: One, contact: nobody}}}}\n",
        "  - {key: a, do: mail.send_reply, with: {draft: {text: Hello}, to: a@example.com}}\n",
        "  - {key: a, do: mail.send_reply, with: {draft: {text: Hello}, to: a@example.com, hold: '${event.hold}'}}\n",
        "  - {key: a, do: crm.upsert_enquiry, with: {email: 'a b@example.com'}}\n",
        "  - {key: a, do: crm.book_appointment, with: {slot: '${event.slot}', listing: '${event.s}', contact: y}}\n",
    ],
)
def test_what_cannot_be_planned_ends_in_a_failed_run_at_once(start: Any, steps: str) -> None:
    run = start(steps, n=1, s="x", hold="9999999999d", slot={})
    assert run.status == "failed", states(run)
    assert "worker" not in run.error
    assert run.error


def test_two_proposals_of_a_run_wait_side_by_side_without_a_timer(
    start: Any, work: Work, owner: Any, cast: Cast
) -> None:
    message = message_without_run()
    reply = "do: mail.send_reply, needs: [], with: {draft: {text: Thank you for your email.}, hold: 0s}"
    run = start(f"  - {{key: reply, {reply}}}\n  - {{key: task, {TASK}, with: {{title: One}}}}\n", message=message)
    found = {row.key: row.pk for row in approvals(run=run.id)}
    assert set(found) == {"reply", "task"}, "records do not wait for a reply"
    add = [{"action": "crm.create_task", "input": {"title": "Two"}}]
    for key, pk in found.items():
        shown = approval_get(pk)
        with suppress(Exception):
            approval_edit(approval_id=pk, digest=shown.digest, add=add, actor=person(cast.bob))
        assert len(approval_get(pk).document["actions"]) == 2, key
        approve(pk, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(run).status == "succeeded", states(run)
    assert sorted(task.title for task in task_list().items) == ["One", "Two", "Two"]


def test_a_reply_that_waits_for_its_turn_in_a_conversation_is_looked_at_less_and_less(
    asked: Asked, start: Any, work: Work, owner: Any
) -> None:
    message = asked.approval.document["message"]["id"]
    run = start("  - {key: reply, do: mail.send_reply, with: {draft: {text: Thank you.}}}\n", message=message)
    assert (run.status, approvals(run=run.id).count()) == ("waiting", 0), "another workflow's reply is open"

    def pause() -> timedelta:
        left = "SELECT due_at FROM public.dispatch_work WHERE subject = %s"
        due: datetime = owner.execute(left, [str(run.id)]).fetchone()[0]
        return due - timezone.now()

    assert pause() < timedelta(seconds=6)
    owner.execute("UPDATE acacia.workflows_run SET created_at = created_at - interval '5 hours'")
    due_now(owner)
    work()
    assert timedelta(minutes=5) < pause() < timedelta(minutes=7)


def test_two_replies_in_one_proposal_are_refused(start: Any) -> None:
    message = message_without_run()
    text = 'bundle: both, needs: [], when: "event.message != null", with: {draft: {text: Hello}}'
    steps = f"  - {{key: a, do: mail.send_reply, {text}}}\n  - {{key: b, do: mail.send_reply, {text}}}\n"
    run = start(f"{steps}bundles: {{both: {{}}}}\n", message=message)
    assert run.status == "failed"
    assert "one reply" in run.error


def test_a_failed_step_withdraws_what_the_run_asks_elsewhere(start: Any, work: Work, cast: Cast) -> None:
    run = start(
        f"  - {{key: task, {TASK}, with: {{title: One}}}}\n"
        f"  - {{key: other, {TASK}, with: {{title: Two, contact: 01a20978-3b89-7356-ac91-6b1f935c5f1a}}}}\n"
    )
    found = {row.key: row.pk for row in approvals(run=run.id)}
    approve(found["other"], cast.bob)
    work()
    assert seen(run).status == "failed"
    assert approval_get(found["other"]).status == "failed"
    assert approval_get(found["task"]).status == "withdrawn"


def test_a_run_that_is_given_up_asks_and_holds_nothing_any_more(asked: Asked, work: Work, cast: Cast) -> None:
    run_give_up(str(asked.run.id), "died")
    assert (seen(asked.run).status, approval_get(asked.approval.id).status) == ("failed", "withdrawn")
    first = message_list(direction="in").items[0]
    receive(mail("Only Sunday works.\n\nGeorgia", In_Reply_To=first.message_id))
    work()
    second = waiting()
    approve(second.approval, cast.bob)
    work()
    run_give_up(str(second.run.id), "died")
    assert [message.status for message in outbox().items] == ["stopped"]
    assert [effect.status for effect in seen(second.run).effects if effect.step == "reply"] == ["stopped"]


class Died(BaseException):
    """A worker that is no more."""


def revive(owner: Any) -> None:
    owner.execute("UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'")


def test_a_worker_that_dies_while_sending_leaves_an_unknown_outcome_that_is_not_repeated(
    asked: Asked, cast: Cast, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(asked.approval, cast.bob)
    work()
    due_now(owner)

    def dies(**_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(sending, "reply_transmit", dies)
        with pytest.raises(Died):
            work()
    revive(owner)
    work()
    assert [message.status for message in outbox().items] == ["unknown"]
    assert seen(asked.run).status == "failed"
    assert approval_get(asked.approval.id).status == "failed"
    assert [effect.status for effect in seen(asked.run).effects if effect.step == "reply"] == ["unknown"]


def test_a_worker_that_dies_at_any_commit_is_taken_over_and_all_happens_once(
    cast: Cast, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples()
    hold, written, holds, dies_at = Lease.hold, Checkpoint._write, [0], [0]

    def dying(at: int) -> Callable[..., None]:
        def held(lease: Lease, *, progress: bool = True) -> None:
            hold(lease, progress=progress)
            holds[0] += 1
            if holds[0] == at:
                raise Died

        return held

    def write(checkpoint: Checkpoint, *given: Any) -> bool:
        quiet = written(checkpoint, *given)
        holds[0] += 1
        if holds[0] == dies_at[0]:
            raise Died
        return quiet

    monkeypatch.setattr(Checkpoint, "_write", write)

    def live() -> None:
        while True:
            try:
                return work()
            except Died:
                revive(owner)

    died_at, alive = 0, True
    while alive:
        died_at += 1
        holds[0] = 0
        dies_at[0] = died_at
        monkeypatch.setattr(Lease, "hold", dying(died_at))
        customer = f"customer{died_at}@example.com"
        receive(mail(sender=f"Georgia Papadopoulos <{customer}>"))
        live()
        asked = waiting()
        approve(asked.approval, cast.bob)
        live()
        due_now(owner)
        live()
        alive = holds[0] >= died_at
        sent = [message for message in outbox().items if message.run_id == str(asked.run.id)]
        contact = contact_by_email(customer)
        assert contact is not None
        assert len(enquiry_list(contact=contact.id).items) == 1
        assert len(task_list(contact=contact.id).items) == 1
        assert len(appointment_list(contact=contact.id).items) == 1
        assert len(sent) == 1
        ended = (seen(asked.run).status, sent[0].status)
        assert ended in (("succeeded", "kept"), ("failed", "unknown")), (died_at, ended, states(asked.run))
    assert died_at > 15


def test_a_step_over_which_workers_keep_dying_ends_in_a_failed_run(
    start: Any, work: Work, owner: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        deaths.append(1)
        raise Died

    deaths: list[int] = []
    steps = f"  - {{key: task, {TASK}, with: {{title: One}}}}\n  - {{key: after, do: crm.match, needs: [task]}}\n"
    run = start(steps)
    approve(approvals(run=run.id).get().pk, cast.bob)
    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", dies)
    for _ in range(MAX_ATTEMPTS + 2):
        with suppress(Died):
            work()
        revive(owner)
    assert len(deaths) in (MAX_ATTEMPTS, MAX_ATTEMPTS + 1), "to have begun a step may count once as progress"
    assert seen(run).status == "failed"
    assert "died" in seen(run).error
    assert len(task_list().items) == 1


@pytest.mark.parametrize("error", [Retryable, NotRetryable, LookupError])
def test_a_failure_whose_words_cannot_be_stored_is_told_all_the_same(
    start: Any, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fails(*_: Any) -> None:
        raise error("It said a\0b and half of \ud83d.")

    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", fails)
    run = start("  - {key: match, do: crm.match, with: {facts: {}}, retry: {attempts: 2}}\n")
    for _ in range(MAX_ATTEMPTS):
        owner.execute("UPDATE acacia.workflows_step SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL")
        due_now(owner)
        work()
    assert seen(run).status == "failed"
    assert "It said a\ufffdb and half of ?" in seen(run).error


def test_an_added_action_that_is_refused_fails_the_run_with_its_reason(
    start: Any, work: Work, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(f"  - {{key: task, {TASK}, with: {{title: One}}}}\n")
    shown = approval_get(approvals(run=run.id).get().pk)
    add = [{"action": "crm.create_task", "input": {"title": "Two"}}]
    approval_edit(approval_id=shown.id, digest=shown.digest, add=add, actor=person(cast.bob))
    approve(shown.id, cast.bob)
    applies = ACTIONS["crm.create_task"].apply

    def refuses(plan: Plan, hands: Hands) -> Any:
        if plan.input["title"] == "Two":
            raise Missing("contact", "any")
        return applies(plan, hands)

    monkeypatch.setitem(vars(ACTIONS["crm.create_task"]), "apply", refuses)
    work()
    after = seen(run)
    assert (after.status, after.cause) == ("failed", "crm.create_task:Missing")
    assert not task_list().items
    monkeypatch.undo()
    run_retry(run=run.id, actor=TESTS)
    work()
    approve(approvals(run=run.id, status="pending").get().pk, cast.bob)
    work()
    assert sorted(task.title for task in task_list().items) == ["One", "Two"]


def test_a_step_that_comes_due_while_its_run_goes_to_rest_is_not_forgotten(
    start: Any, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overloaded(*_: Any) -> None:
        raise Retryable("Overloaded.")

    passed: list[Step] = []

    def looks_just_before(segment: Segment) -> list[Step]:
        found = ready(segment)
        for step in segment.steps:
            if step.due_at and not found and len(passed) < 2:
                passed.append(step)
                if len(passed) == 2:
                    step.due_at = timezone.now()  # by now its time has come
        return found

    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", overloaded)
    monkeypatch.setattr("workflows.engine.advance.ready", looks_just_before)
    run = start("  - {key: match, do: crm.match, with: {facts: {}}}\n")
    assert (run.status, len(passed)) == ("waiting", 2)
    left = owner.execute("SELECT count(*) FROM public.dispatch_work WHERE subject = %s", [str(run.id)]).fetchone()
    assert left[0] == 1, "a worker looks at it again"


def test_a_step_whose_condition_no_longer_holds_when_it_is_tried_again_is_skipped(
    start: Any, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overloaded(*_: Any) -> None:
        raise Retryable("Overloaded.")

    name = owner.execute("SELECT name FROM public.tenants_tenant WHERE slug = 'acacia'").fetchone()[0]
    monkeypatch.setitem(vars(STEP_KINDS["crm.match"]), "run", overloaded)
    run = start(f"  - {{key: a, do: crm.match, with: {{facts: {{}}}}, when: 'tenant.name == \"{name}\"'}}\n")
    assert states(run) == {"a": "retrying"}
    try:
        owner.execute("UPDATE public.tenants_tenant SET name = 'Another' WHERE slug = 'acacia'")
        due_now(owner)
        owner.execute("UPDATE acacia.workflows_step SET due_at = now() - interval '1 second'")
        work()
        assert (states(run), seen(run).status) == ({"a": "skipped"}, "succeeded")
    finally:
        owner.execute("UPDATE public.tenants_tenant SET name = %s WHERE slug = 'acacia'", [name])


def test_a_run_told_of_by_an_event_ends_with_a_newer_message_of_the_thread(start: Any, work: Work) -> None:
    message = message_without_run()
    run = start(
        "  - {key: reply, do: mail.send_reply, with: {draft: {text: Thank you for your email.}}}\n", message=message
    )
    assert run.status == "waiting"
    first = message_list(direction="in").items[0]
    receive(mail("Only Sunday works.\n\nGeorgia", In_Reply_To=first.message_id))
    work()
    assert seen(run).status == "cancelled"
    assert waiting().run.workflow == "property-enquiry"


def test_mail_that_is_read_late_is_answered_with_the_newer_one(asked: Asked, work: Work, owner: Any) -> None:
    first = message_list(direction="in").items[0]
    second = receive(mail("Only Sunday works.\n\nGeorgia", In_Reply_To=first.message_id))
    third = receive(mail("And the other Sunday?\n\nGeorgia", In_Reply_To=first.message_id))
    owner.execute(
        "UPDATE public.dispatch_work SET due_at = now() + interval '1 hour' WHERE handler = 'mail.parse'"
        " AND subject = %s",
        [str(second)],
    )
    work()
    owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second'")
    work()
    shown = waiting().approval
    assert shown.document["message"]["id"] == str(third)
    sources = {source["id"] for source in shown.document["sources"] if source["kind"] == "message"}
    assert sources == {str(first.id), str(second), str(third)}


def test_an_added_step_keeps_its_key_when_another_is_left_out(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    def edit(**given: Any) -> Any:
        shown = approval_get(asked.approval.id)
        return approval_edit(approval_id=shown.id, digest=shown.digest, actor=person(cast.bob), **given)

    for title in ("One", "Two"):
        edit(add=[{"action": "crm.create_task", "input": {"title": title}}])
    edit(leave_out=["added_1"])
    edited = edit(edits={"added_2": {"title": "Second"}})
    assert [a["summary"] for a in edited.document["actions"] if a["step"].startswith("added")] == ["Second"]
    edited = edit(add=[{"action": "crm.create_task", "input": {"title": "Three"}}])
    assert [a["step"] for a in edited.document["actions"] if a["step"].startswith("added")] == ["added_2", "added_3"]
    approve(asked.approval, cast.bob)
    work()
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=person(cast.alice))
    due_now(owner)
    work()
    approval_renew(approval_id=asked.approval.id, actor=person(cast.bob))
    text = "Hi Georgia,\n\nSee you there.\n\nBob"
    edit(add=[{"action": "crm.create_task", "input": {"title": "Four"}}], edits={"reply": {"text": text}})
    approve(asked.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(asked.run).status == "succeeded", states(asked.run)
    titles = sorted(task.title for task in task_list().items)
    assert [title for title in titles if title in ("One", "Second", "Two", "Three", "Four")] == [
        "Four",
        "Second",
        "Three",
    ]


def test_what_is_shown_is_what_leaves(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    edited = approval_edit(
        approval_id=asked.approval.id,
        digest=asked.approval.digest,
        edits={"reply": {"subject": "See  you", "text": "Hi\x07 Georgia,\r\n\r\nSee you.\r\n"}, "book": {}},
        actor=person(cast.bob),
    )
    approve(edited, cast.bob)
    work()
    due_now(owner)
    work()
    sent, shown = outbox().items[0], edited.document["reply"]
    assert (sent.subject, sent.text) == (shown["subject"], shown["text"])


@pytest.mark.parametrize(
    "headers",
    [{"subject": "long " * 150}, {"sender": '"john smith" <"john smith"@example.com>'}, {"Reply_To": "nobody"}],
)
def test_odd_heads_end_where_people_see_them(headers: dict[str, str], work: Work) -> None:
    samples()
    receive(mail(**headers))
    work()
    run = seen(runs()[0].pk)
    assert run.status in ("waiting", "failed")
    assert "worker" not in run.error, run.error


def test_a_budget_that_cannot_be_stored_is_no_reason_to_fail(work: Work) -> None:
    samples()
    receive(mail("Is 14 Wattle Street open on Saturday? Our budget is $999,999,999,999,999,999.\n\nGeorgia"))
    work()
    assert waiting().approval.document["reply"]["to"] == [CUSTOMER]


def test_a_mail_that_comes_while_the_draft_is_written_drops_the_draft(
    work: Work, monkeypatch: pytest.MonkeyPatch, at_once: Any
) -> None:
    samples()
    receive(mail())
    draft = DraftReply.run
    came: list[Any] = []

    def read_second() -> None:
        with public_context():
            run_next("runs")

    def slowly(kind: Any, given: Any, world: Any) -> dict[str, Any]:
        if not came:
            first = message_list(direction="in").items[0]
            came.append(receive(mail("Only Sunday works.\n\nGeorgia", In_Reply_To=first.message_id)))
            at_once(read_second)
        return draft(kind, given, world)

    monkeypatch.setattr(DraftReply, "run", slowly)
    work()
    second = waiting()
    assert second.approval.document["message"]["id"] == str(came[0])
    assert sorted(run.status for run in runs()) == ["cancelled", "waiting"]
    assert approvals().count() == 1


def test_a_run_that_was_at_work_longer_than_its_limit_fails_and_says_so(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    assert owner.execute("SELECT ran > '0', running_since FROM acacia.workflows_run").fetchone() == (True, None)
    owner.execute("UPDATE acacia.workflows_run SET ran = '31 minutes'")
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    run = seen(asked.run.id)
    assert (run.status, outbox().items) == ("failed", ())
    assert "its limit is 0:30:00" in run.error


def test_a_forged_own_address_withdraws_nothing(asked: Asked, work: Work, owner: Any) -> None:
    from mail.signals import message_received

    forged = receive(mail("We are sold out. Your agency", sender="someone@example.org"))
    work()
    owner.execute("UPDATE acacia.mail_message SET flags = '{own_address,suspicious}' WHERE id = %s", [forged])
    thread = asked.approval.thread
    with transaction.atomic():
        message_received.send(None, message_id=forged, thread_id=thread, automatic=False, own=True, unreadable=False)
    assert approval_get(asked.approval.id).status == "pending"
