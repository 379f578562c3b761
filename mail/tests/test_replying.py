"""Replies: written once, held alone, threaded as mail programs expect."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import IllegalMove, MovedMeanwhile
from audit.selectors import entries
from audit.services import Actor
from mail.errors import NoSuchMessage, ReplyAlreadyHeld, ReplyRefused
from mail.models import MOVES, OUTGOING, Message, Status, Thread
from mail.selectors import message_view
from mail.services import Outcome, annotate, reply_prepare, reply_sending, reply_settle, reply_stop
from mail.tests.tenant import arrive, thread_of
from tenants.selectors import current

pytestmark = pytest.mark.usefixtures("in_acacia", "heard")
RUN = Actor("run", "0190")


def reply(message, **given):
    asked = {
        "thread_id": thread_of(message),
        "in_reply_to": message.id,
        "to": [message.answer_to],
        "subject": "",
        "text": "Yes, it is.\n",
        "effect_key": "run:reply",
        "release_at": timezone.now() + timedelta(seconds=10),
        "actor": RUN,
    }
    return reply_prepare(**(asked | given))


def test_a_reply_is_held_in_its_conversation():
    first = arrive(headers=["References: <zero@customer.test>"])
    view = message_view(reply(first, cc=["Jane <jane@customer.test>"]))
    thread = Thread.objects.get(pk=thread_of(first))
    local, _, domain = current().inbound_address.partition("@")
    assert (view.direction, view.status, view.thread) == ("out", "held", first.thread)
    assert (view.from_name, view.from_email) == ("Acacia Realty", current().inbound_address)
    assert view.reply_to[0].email == f"{local}+t{thread.token}@{domain}"
    assert view.in_reply_to == "<first@customer.test>"
    assert view.references == ("<zero@customer.test>", "<first@customer.test>")
    assert view.subject == "Re: 14 Wattle Street"
    assert [a.email for a in (*view.to, *view.cc)] == ["georgia@customer.test", "jane@customer.test"]


@pytest.mark.parametrize(
    ("subject", "answer"), [("RE: x", "RE: x"), ("x\r\nBcc: a@b.test", "Re: x Bcc: a@b.test"), ("AW: x", "Re: AW: x")]
)
def test_a_subject_gets_one_re_and_no_second_line(subject, answer):
    assert message_view(reply(arrive(), subject=subject)).subject == answer


def test_an_effect_has_one_reply_with_one_message_id():
    first = arrive()
    view = message_view(reply(first))
    assert reply(first, text="Something else") == view.id
    assert Message.objects.filter(direction="out").count() == 1
    assert view.message_id.endswith("@in.localhost>") and len(view.message_id) > 40


def test_a_conversation_holds_one_reply_at_a_time():
    first = arrive()
    held = reply(first)
    with pytest.raises(ReplyAlreadyHeld):
        reply(first, effect_key="other")
    reply_stop(held, actor=RUN)
    assert message_view(reply(first, effect_key="other")).status == "held"


def test_an_answer_to_our_reply_joins_the_conversation():
    first = arrive()
    ours = message_view(reply(first)).message_id
    assert arrive(message_id="<2@customer.test>", headers=[f"In-Reply-To: {ours}"]).thread == first.thread


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"to": []}, ReplyRefused),
        ({"to": ["nobody"]}, ReplyRefused),
        ({"to": ["a@b.test, c@d.test"]}, ReplyRefused),
        ({"text": " \n"}, ReplyRefused),
        ({"in_reply_to": uuid4()}, NoSuchMessage),
        ({"thread_id": uuid4()}, NoSuchMessage),
    ],
)
def test_what_cannot_be_sent_is_refused(given, error):
    with pytest.raises(error):
        reply(arrive(), **given)


def test_each_move_leaves_its_entry():
    held = reply(arrive())
    reply_sending(held, actor=RUN)
    reply_settle(held, outcome=Outcome("sent", "250 OK"), actor=RUN)
    view = message_view(held)
    assert (view.status, view.error) == ("sent", "") and view.sent_at is not None
    told = [e.body["event"] for e in entries(target=f"message:{held}")]
    assert told == ["reply.sent", "reply.sending", "reply.held"]
    assert all("wattle" not in e.text.lower() and "georgia" not in e.text.lower() for e in entries())


@pytest.mark.parametrize("status", ["kept", "unknown", "failed"])
def test_other_outcomes_are_recorded_as_what_they_are(status):
    held = reply(arrive())
    reply_sending(held, actor=RUN)
    reply_settle(held, outcome=Outcome(status, "because"), actor=RUN)
    view = message_view(held)
    assert (view.status, view.error) == (status, "" if status == "kept" else "because")


def test_a_stopped_reply_can_not_be_sent():
    held = reply(arrive())
    reply_stop(held, actor=RUN)
    with pytest.raises(IllegalMove):
        reply_sending(held, actor=RUN)


def test_of_two_who_move_a_reply_one_is_late():
    held = reply(arrive())
    Message.objects.filter(pk=held).update(status=Status.SENDING)
    stale = Message.objects.get(pk=held)
    Message.objects.filter(pk=held).update(status=Status.SENT)
    from audit.services import transition

    with pytest.raises(MovedMeanwhile):
        transition(stale, moves=MOVES, to=Status.FAILED, actor=RUN, data={"thread": "x"})


def test_the_table_of_moves_has_no_way_out_of_an_end():
    # Out of `unknown` a person leads who says what became of it.
    assert {s for s in OUTGOING if not MOVES.targets(s)} == {"stopped", "sent", "kept", "failed"}


def test_notes_of_upper_floors_stand_on_the_message():
    first = arrive()
    annotate(first.id, intent="inspection")
    annotate(str(first.id), run_id="0190")
    view = message_view(first.id)
    assert (view.intent, view.run_id) == ("inspection", "0190")
    with pytest.raises(NoSuchMessage):
        annotate(uuid4(), intent="x")


@pytest.mark.parametrize(
    "fields",
    [
        {"direction": "in", "status": "held", "received_at": timezone.now()},
        {"direction": "out", "status": "parsed", "effect_key": "k", "release_at": timezone.now(), "message_id": "<a>"},
        {"direction": "in", "status": "parsed", "received_at": timezone.now()},
        {"direction": "in", "status": "received"},
        {"direction": "out", "status": "sent", "message_id": "<a>"},
        {"direction": "out", "status": "sent", "effect_key": "k", "release_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_cannot_be(fields):
    thread = (
        None if fields["status"] in ("parsed", "received") else Thread.objects.create(last_message_at=timezone.now())
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(thread=thread, **fields)
