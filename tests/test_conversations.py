"""People in conversations: a reply by hand, taking over and giving back, notes, assigning; with the AI at work."""

import email
import email.policy
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from approvals.selectors import approval_get, approvals
from approvals.services import approval_decide
from audit.selectors import entries
from conftest import Cast
from dispatch.worker import run_next
from mail.errors import NoSuchThread, ReplyAlreadyHeld, ReplyRefused, ThreadRefused
from mail.parsing.stages import Options, parsed_of, stages
from mail.selectors import (
    answering_of,
    last_message_of_thread,
    message_list,
    message_view,
    messages_of_thread,
    notes_of_thread,
    outbox,
    taken_over,
    thread_list,
    thread_view,
)
from mail.services import (
    message_receive,
    message_store,
    note_add,
    reply_sending,
    reply_take_back,
    reply_write,
    thread_assign,
    thread_give_back,
    thread_take_over,
)
from tenants.selectors import current, public_context, tenant_context
from tests.sink import Mood, sink
from tests.story import CUSTOMER, due_now, mail, person, receive
from workflows.selectors import RunView, run_get, runs
from workflows.services import event_receive, thread_answer

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def thread_of(asked: Any) -> UUID:
    return UUID(asked.run.thread)


def run_of(asked: Any) -> RunView:
    found = run_get(asked.run.id)
    assert found is not None
    return found


def approve(asked: Any, who: Any) -> None:
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(who))


def by_hand(asked: Any, who: Any, text: str = "Hi Georgia,\n\nCome on Saturday at ten.\n\nBob", **more: Any) -> UUID:
    return reply_write(thread_id=thread_of(asked), text=text, actor=person(who), **({"key": uuid4()} | more))


def told(event: str) -> list[dict[str, Any]]:
    return [entry.body for entry in entries(event=event)]


def writes_again(work: Work, text: str = "One more thing: is there parking?") -> UUID:
    first = message_list(direction="in", sender=CUSTOMER).items[-1]
    came = receive(mail(text, In_Reply_To=first.message_id))
    work()
    return came


def test_a_reply_by_hand_ends_what_the_ai_has_open_and_leaves_after_its_window(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    written = by_hand(asked, cast.bob)
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert run_of(asked).status == "cancelled"
    work()
    held = message_view(written)
    assert held.status == "held", "its undo window has not passed"
    assert held.author is not None and held.author.name == "Bob"
    assert [a.email for a in held.to] == [CUSTOMER]
    due_now(owner)
    work()
    assert message_view(written).status == "kept", "no outgoing server is set up: it is kept, and says so"
    assert thread_view(thread_of(asked)).unanswered_since is None
    entry = next(body for body in told("reply.held") if body["target"] == f"message:{written}")
    assert entry["actor"] == f"person:{cast.bob.id}"


@pytest.mark.parametrize(
    ("mood", "status"), [("take", "sent"), ("refuse recipient", "failed"), ("hang up after text", "unknown")]
)
def test_what_the_server_says_of_a_reply_by_hand_is_what_stands_and_it_is_never_sent_again(
    asked: Any,
    cast: Cast,
    work: Work,
    owner: Any,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    mood: Mood,
    status: str,
) -> None:
    with sink(mood) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
        cc = ["jane@example.com"] if mood == "refuse recipient" else []
        if cc:
            receive(mail("Jane is with me.", Cc="Jane <jane@example.com>"))
            work()
            thread = message_list(direction="in").items[0].thread
            assert thread is not None
            written = reply_write(thread_id=thread, text="Hello", cc=cc, key=uuid4(), actor=person(cast.bob))
        else:
            written = by_hand(asked, cast.bob)
        for _ in range(3):
            due_now(owner)
            work()
    assert message_view(written).status == status
    taken = [raw for _, recipients, raw in server.taken if CUSTOMER in recipients]
    assert len(taken) == (0 if status == "failed" else 1), "handed over once at most"
    unanswered = thread_view(message_view(written).thread or "").unanswered_since
    assert (unanswered is None) == (status == "sent")
    if status == "sent":
        left = email.message_from_bytes(taken[0], policy=email.policy.default)
        assert left["Message-ID"] == message_view(written).message_id
        assert left["In-Reply-To"] in left["References"]
        assert left["Auto-Submitted"] is None, "a person wrote it"


def test_a_worker_that_died_while_sending_leaves_an_unknown_outcome(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    written = by_hand(asked, cast.bob)
    with transaction.atomic():
        reply_sending(written, actor=person(cast.bob))
    due_now(owner)
    work()
    assert message_view(written).status == "unknown"
    assert thread_view(thread_of(asked)).unanswered_since is not None, "nobody knows whether it was answered"


def test_the_same_reply_submitted_twice_is_one_reply(asked: Any, cast: Cast) -> None:
    key = uuid4()
    assert by_hand(asked, cast.bob, key=key) == by_hand(asked, cast.bob, key=key)
    assert len(outbox().items) == 1


def test_a_second_reply_is_refused_while_one_is_held(asked: Any, cast: Cast) -> None:
    by_hand(asked, cast.bob)
    with pytest.raises(ReplyAlreadyHeld, match="A reply of Bob is held already"):
        by_hand(asked, cast.alice)


def test_two_people_who_write_at_once_do_not_both_answer(
    asked: Any, cast: Cast, at_once: Callable[..., list[Any]]
) -> None:
    def write(who: Any) -> UUID:
        with tenant_context("acacia"):
            return by_hand(asked, who)

    ends = at_once(lambda: write(cast.bob), lambda: write(cast.alice))
    assert sorted(type(end).__name__ for end in ends) == ["ReplyAlreadyHeld", "UUID"]
    assert len(outbox(status="held").items) == 1


def test_a_reply_by_hand_takes_the_place_of_the_ais_held_one(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    held = outbox(status="held").items[0]
    written = by_hand(asked, cast.bob)
    assert message_view(held.id).status == "stopped"
    due_now(owner)
    work()
    assert [(m.id, m.status) for m in outbox().items] == [(written, "kept"), (held.id, "stopped")]


def test_a_reply_by_hand_can_be_taken_back_until_it_leaves(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    key = uuid4()
    written = by_hand(asked, cast.bob, key=key)
    reply_take_back(message_id=written, actor=person(cast.alice))
    due_now(owner)
    work()
    assert message_view(written).status == "stopped"
    with pytest.raises(ReplyRefused, match="was taken back"):
        by_hand(asked, cast.bob, key=key)
    with pytest.raises(ReplyRefused, match="not held any more"):
        reply_take_back(message_id=written, actor=person(cast.alice))


def test_a_reply_whose_author_may_not_write_any_more_is_stopped(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    from accounts.models import User

    written = by_hand(asked, cast.bob)
    User.objects.filter(pk=cast.bob.id).update(is_active=False)
    try:
        due_now(owner)
        work()
    finally:
        User.objects.filter(pk=cast.bob.id).update(is_active=True)
    assert message_view(written).status == "stopped"


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
def test_a_reply_needs_a_text_of_a_sane_length_and_otherwise_ends_nothing(asked: Any, cast: Cast, text: str) -> None:
    with pytest.raises(ReplyRefused):
        by_hand(asked, cast.bob, text=text)
    assert approval_get(asked.approval.id).status == "pending"


def test_a_copy_goes_only_to_those_who_take_part(asked: Any, cast: Cast, work: Work) -> None:
    with pytest.raises(ReplyRefused, match="takes no part"):
        by_hand(asked, cast.bob, cc=["eve@example.org"])
    first = message_list(direction="in").items[0]
    receive(mail("Jane comes too.", In_Reply_To=first.message_id, Cc="Jane <jane@example.com>"))
    work()
    written = by_hand(asked, cast.bob, cc=["jane@example.com"])
    assert [a.email for a in message_view(written).cc] == ["jane@example.com"]


def test_a_reply_never_goes_to_ourselves(in_committed_acacia: None, cast: Cast, work: Work) -> None:
    local, _, domain = current().inbound_address.partition("@")
    came = receive(mail("Answer yourself.", Reply_To=f"{local}+loop@{domain}"))
    work()
    thread = message_view(came).thread
    assert thread is not None
    answering = answering_of(thread)
    assert answering is not None and answering.to.email == CUSTOMER
    assert all(domain not in other.email for other in answering.others)


def test_automatic_mail_is_not_answered(in_committed_acacia: None, cast: Cast, work: Work) -> None:
    came = receive(mail("I am away.", Auto_Submitted="auto-replied"))
    work()
    thread = message_view(came).thread
    assert thread is not None
    with pytest.raises(ReplyRefused, match="nobody to answer"):
        reply_write(thread_id=thread, text="Hello", key=uuid4(), actor=person(cast.bob))
    assert thread_view(thread).unanswered_since is None


def test_taking_over_withdraws_what_is_open_and_silences_the_ai(asked: Any, cast: Cast, work: Work) -> None:
    thread_take_over(thread_id=thread_of(asked), actor=person(cast.bob))
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert run_of(asked).status == "cancelled"
    came = writes_again(work)
    assert message_view(came).thread == thread_of(asked)
    assert [run.pk for run in runs()] == [asked.run.id], "the AI is silent"
    assert taken_over(thread_of(asked))
    row = thread_list(state="unanswered").items[0]
    assert row.thread.taken_over_by is not None and row.thread.taken_over_by.name == "Bob"
    assert row.beginning == "One more thing: is there parking?"
    assert [body["actor"] for body in told("thread.taken_over")] == [f"person:{cast.bob.id}"]


def test_taking_over_stops_the_ais_held_reply(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob)
    work()
    thread_take_over(thread_id=thread_of(asked), actor=person(cast.alice))
    due_now(owner)
    work()
    assert [reply.status for reply in outbox().items] == ["stopped"]


def test_no_event_from_outside_wakes_the_ai_in_a_conversation_that_was_taken_over(
    asked: Any, cast: Cast, work: Work
) -> None:
    thread_take_over(thread_id=thread_of(asked), actor=person(cast.bob))
    last = last_message_of_thread(thread_of(asked))
    assert last is not None
    received = event_receive(type="email.received", data={"message": str(last.id)}, actor=person(cast.alice))
    assert received.runs == []


def test_giving_back_lets_the_next_message_start_runs_again(asked: Any, cast: Cast, work: Work) -> None:
    thread_take_over(thread_id=thread_of(asked), actor=person(cast.bob))
    thread_give_back(thread_id=thread_of(asked), actor=person(cast.bob))
    assert len(runs()) == 1
    writes_again(work)
    assert len(runs()) == 2
    assert approvals(status="pending").count() == 1
    with pytest.raises(ThreadRefused):
        thread_give_back(thread_id=thread_of(asked), actor=person(cast.bob))


def test_the_last_email_can_be_answered_when_giving_back(asked: Any, cast: Cast, work: Work) -> None:
    thread_take_over(thread_id=thread_of(asked), actor=person(cast.bob))
    came = writes_again(work)
    thread_give_back(thread_id=thread_of(asked), actor=person(cast.bob))
    received = thread_answer(thread=thread_of(asked), actor=person(cast.bob))
    assert received is not None
    work()
    [waiting] = approvals(status="pending")
    assert waiting.document["message"]["id"] == str(came)


def test_a_message_that_arrives_while_someone_takes_over_is_left_to_them(
    asked: Any, cast: Cast, at_once: Callable[..., list[Any]]
) -> None:
    first = message_list(direction="in").items[0]
    for number in range(6):
        raw = mail(f"Number {number}", In_Reply_To=first.message_id).as_bytes()
        address = current().inbound_address
        came = message_receive(raw=raw, envelope_from=CUSTOMER, recipient=address, peer="127.0.0.1")
        parsed = parsed_of(stages(raw, Options(envelope_from=CUSTOMER, dns_seconds=0)))

        def arrive(message: UUID = came.id, read: Any = parsed) -> None:
            with tenant_context("acacia"), transaction.atomic():
                message_store(message, parsed=read)

        def take_over() -> None:
            with tenant_context("acacia"):
                thread_take_over(thread_id=thread_of(asked), actor=person(cast.bob))

        assert at_once(arrive, take_over) == [None, None]
        assert message_view(came.id).thread == thread_of(asked)
        assert {run.status for run in runs()} == {"cancelled"}, "whichever came first, nothing of the AI is open"
        thread_give_back(thread_id=thread_of(asked), actor=person(cast.bob))


def test_an_older_reply_does_not_answer_what_came_after_it(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    by_hand(asked, cast.bob)
    came = writes_again(work)
    due_now(owner)
    work()
    assert thread_view(thread_of(asked)).unanswered_since == message_view(came).received_at


def test_a_note_is_seen_by_colleagues_and_by_nobody_else(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    secret = "She offered 1.2 million on the phone."
    note_add(thread_id=thread_of(asked), text=secret, actor=person(cast.bob))
    [note] = notes_of_thread(thread_of(asked))
    assert (note.author.name, note.text) == ("Bob", secret)
    [entry] = told("thread.noted")
    assert (entry["actor"], entry["data"]) == (f"person:{cast.bob.id}", {"note": str(note.id)})
    by_hand(asked, cast.bob)
    due_now(owner)
    work()
    assert all(secret not in message.text for message in messages_of_thread(thread_of(asked)))
    for text in ("", "x" * 5_001):
        with pytest.raises(ThreadRefused):
            note_add(thread_id=thread_of(asked), text=text, actor=person(cast.bob))


def test_a_conversation_is_assigned_to_a_colleague(asked: Any, cast: Cast) -> None:
    thread_assign(thread_id=thread_of(asked), person=cast.alice.id, actor=person(cast.bob))
    assert [row.thread.id for row in thread_list(assignee=cast.alice.id).items] == [thread_of(asked)]
    assert thread_list(assignee=cast.bob.id).items == ()
    thread_assign(thread_id=thread_of(asked), person=None, actor=person(cast.bob))
    assert thread_view(thread_of(asked)).assignee is None
    assert {body["data"]["assignee"] for body in told("thread.assigned")} == {str(cast.alice.id), None}
    with pytest.raises(ThreadRefused):
        thread_assign(thread_id=thread_of(asked), person=uuid4(), actor=person(cast.bob))


def test_another_tenant_can_do_nothing_with_a_conversation(asked: Any, cast: Cast) -> None:
    thread = thread_of(asked)
    with tenant_context("harbour"):
        assert thread_list().items == ()
        for act in (
            lambda: thread_view(thread),
            lambda: thread_take_over(thread_id=thread, actor=person(cast.charlie)),
            lambda: note_add(thread_id=thread, text="x", actor=person(cast.charlie)),
            lambda: reply_write(thread_id=thread, text="x", key=uuid4(), actor=person(cast.charlie)),
        ):
            with pytest.raises(NoSuchThread):
                act()


def test_a_list_of_conversations_takes_as_many_queries_for_many_as_for_few(
    in_committed_acacia: None, django_assert_num_queries: Any
) -> None:
    with connection.cursor() as cursor:
        for count in (10, 990):
            cursor.execute(
                "INSERT INTO mail_thread (id, token, subject, created_at, last_message_at)"
                " SELECT gen_random_uuid(), md5(random()::text), 'Subject ' || n, now(), now() - n * interval '1 s'"
                " FROM generate_series(1, %s) n",
                [count],
            )
            with django_assert_num_queries(4):
                found = thread_list()
    assert len(found.items) == 50
    seen = list(found.items)
    while found.older:
        found = thread_list(after=found.older)
        seen += found.items
    assert len({row.thread.id for row in seen}) == 1_000


def test_a_colleagues_answer_from_their_mail_client_withdraws_what_waits(asked: Any, cast: Cast, work: Work) -> None:
    first = message_list(direction="in").items[0]
    answer = mail("See you then. Bob", sender=f"Bob <{cast.bob.email}>", In_Reply_To=first.message_id, Cc=CUSTOMER)
    receive(answer)
    work()
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert run_of(asked).status == "cancelled"
    assert runs().count() == 1
    assert thread_view(thread_of(asked)).unanswered_since is None


def test_a_forged_own_address_does_not_make_a_proposal_stale(asked: Any, cast: Cast, work: Work) -> None:
    first = message_list(direction="in").items[0]
    own = current().inbound_address
    lines = mail("We are sold out.", sender=own, In_Reply_To=first.message_id).as_bytes().split(b"\n", 1)
    forged = b"\n".join([lines[0], b"From: someone@example.org", lines[1]])
    message_receive(raw=forged, envelope_from=own, recipient=own, peer="127.0.0.1")
    work()
    approve(asked, cast.bob)
    assert approval_get(asked.approval.id).status == "approved"


def test_no_reply_leaves_while_an_email_is_not_read_yet(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    """It may be the customer's: the reply would be outdated."""
    approve(asked, cast.bob)
    work()
    first = message_list(direction="in").items[0]
    came = receive(mail("Only Sunday works.", In_Reply_To=first.message_id))
    due_now(owner)
    with public_context():
        while run_next("ai"):
            pass
    assert outbox().items[0].status == "held"
    work()
    assert message_view(came).status == "parsed"
    assert outbox().items[0].status == "stopped"


def test_what_the_customer_writes_while_a_colleagues_reply_is_held_is_answered_after_it(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    """The AI drafts nothing that repeats or contradicts a reply which it has not seen leave."""
    written = by_hand(asked, cast.bob)
    came = writes_again(work)
    assert approvals(status="pending").count() == 0, "one reply at a time"
    due_now(owner)
    work()
    assert message_view(written).status == "kept"
    (found,) = approvals(status="pending")
    shown = approval_get(found.pk)
    sources = [source["id"] for source in shown.document["sources"] if source["kind"] == "message"]
    assert sources == [str(came)], "the first email is answered: by the colleague"


def test_what_the_customer_wrote_is_proposed_for_when_the_colleague_takes_their_reply_back(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    written = by_hand(asked, cast.bob)
    came = writes_again(work)
    reply_take_back(message_id=written, actor=person(cast.bob))
    due_now(owner)
    work()
    (found,) = approvals(status="pending")
    assert approval_get(found.pk).document["message"]["id"] == str(came)


def test_an_email_that_was_not_read_yet_when_a_colleague_wrote_is_answered_too(
    asked: Any, cast: Cast, work: Work, owner: Any
) -> None:
    first = message_list(direction="in").items[0]
    came = receive(mail("Is there parking?", In_Reply_To=first.message_id))
    written = by_hand(asked, cast.bob)
    work()
    due_now(owner)
    work()
    assert message_view(written).status == "kept"
    assert thread_view(thread_of(asked)).unanswered_since is not None
    (found,) = approvals(status="pending")
    shown = approval_get(found.pk)
    assert [source["id"] for source in shown.document["sources"] if source["kind"] == "message"] == [str(came)]
