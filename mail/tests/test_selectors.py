"""Reading mail: lists in pages, and the last word of a conversation."""

from uuid import uuid4

import pytest
from django.utils import timezone

from audit.services import Actor
from mail.errors import NoSuchMessage
from mail.selectors import (
    last_message_of_thread,
    message_list,
    message_view,
    outbox,
    raw_content,
    unanswered_before,
)
from mail.services import Outcome, annotate, reply_prepare, reply_sending, reply_settle
from mail.tests.tenant import arrive, thread_of
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia", "heard")
ACTOR = Actor.system("tests")


def again(number: int, *headers: str, **given):
    """A further mail of the first one's conversation."""
    reference = "In-Reply-To: <first@customer.test>"
    return arrive(message_id=f"<{number}@customer.test>", headers=[reference, *headers], **given)


def replied(message, key: str = "k", *, status: str = "sent"):
    held = reply_prepare(
        thread_id=thread_of(message), in_reply_to=message.id, to=["a@b.test"], subject="", text="Yes.", effect_key=key,
        release_at=timezone.now(), actor=ACTOR,
    )  # fmt: skip
    if status != "held":
        reply_sending(held, actor=ACTOR)
        reply_settle(held, outcome=Outcome(status), actor=ACTOR)  # type: ignore[arg-type]
    return message_view(held)


def last(thread):
    found = last_message_of_thread(thread)
    return found and found.id


def test_a_list_comes_in_pages_newest_first():
    messages = [arrive(message_id=f"<{n}@customer.test>") for n in range(5)]
    first = message_list(limit=2)
    second = message_list(limit=2, before=first.older)
    third = message_list(limit=2, before=second.older)
    listed = [m.id for page in (first, second, third) for m in page.items]
    assert listed == [m.id for m in reversed(messages)]
    assert third.older is None


def test_a_list_can_be_narrowed():
    plain = arrive("About the garden")
    bulk = arrive(message_id="<2@customer.test>", headers=["Precedence: bulk"], sender="News <news@list.test>")
    sent = replied(plain)
    annotate(plain.id, intent="inspection", run_id="r1")
    for wanted, given in (
        (plain, {"intent": "inspection"}), (plain, {"run_id": "r1"}), (bulk, {"flag": "bulk"}),
        (sent, {"direction": "out"}), (sent, {"status": "sent"}), (bulk, {"sender": "NEWS@list.test"}),
        (plain, {"search": "garden georgia"}), (bulk, {"thread_id": bulk.thread}),
    ):  # fmt: skip
        assert [m.id for m in message_list(**given).items] == [wanted.id], given
    assert [m.id for m in outbox().items] == [sent.id]
    assert outbox(status="held").items == ()


def test_a_list_takes_the_same_number_of_queries_however_long(django_assert_num_queries):
    for number in range(4):
        arrive(message_id=f"<{number}@customer.test>")
    with django_assert_num_queries(2):
        assert len(message_list().items) == 4


def test_the_last_message_is_what_moved_the_conversation():
    first = arrive()
    thread = thread_of(first)
    assert last(thread) == first.id
    again(2, "Auto-Submitted: auto-replied")
    assert last(thread) == first.id
    held = replied(first, status="held")
    assert last(thread) == first.id
    reply_sending(held.id, actor=ACTOR)
    assert last(thread) == held.id
    second = again(3)
    assert last(thread) == second.id


def test_earlier_mails_that_nobody_answered_are_found():
    first, second = arrive(), again(2)
    robot = again(3, "Auto-Submitted: auto-replied")
    assert [m.id for m in unanswered_before(robot.id)] == [first.id, second.id]
    replied(second)
    third, fourth = again(4), again(5)
    assert [m.id for m in unanswered_before(fourth.id)] == [third.id]
    assert unanswered_before(first.id) == unanswered_before(uuid4()) == ()


def test_the_own_text_of_a_sender_has_the_signature_but_no_quote():
    text = (
        "Saturday.\n\n-- \nGeorgia 0491 570 156\n\nOn Mon, 23 Nov 2026 at 09:00, A <a@in.test> wrote:\n> Which day?\n"
    )
    view = arrive(text)
    assert view.new_text == "Saturday."
    assert view.own_text == "Saturday.\n\n-- \nGeorgia 0491 570 156"


def test_what_is_not_there_is_said_so():
    for read in (message_view, raw_content):
        with pytest.raises(NoSuchMessage):
            read(uuid4())
    assert last_message_of_thread(uuid4()) is None


def test_another_tenant_sees_nothing():
    view = arrive()
    with tenant_context("harbour"):
        assert message_list().items == ()
        with pytest.raises(NoSuchMessage):
            message_view(view.id)
