"""Reading as a worker does it: claimed, leased, at least once, given up where nothing helps."""

import pytest

from dispatch.worker import run_next
from mail.handlers import parse, parse_given_up
from mail.selectors import message_view
from mail.services import message_receive
from mail.tests.messages import mail, nested
from mail.tests.tenant import due
from tenants.selectors import current, public_context

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("in_committed_acacia")]


def receive(raw: bytes):
    return message_receive(raw=raw, envelope_from="g@customer.test", recipient=current().inbound_address, peer="").id


RAW = {
    "a mail": (mail(), "parsed"),
    "2000 levels": (nested(2_000), "unreadable"),
    "noise": (b"\xff" * 99, "unreadable"),
}


@pytest.mark.parametrize(("raw", "status"), RAW.values(), ids=RAW)
def test_a_worker_reads_what_arrived(heard, raw, status):
    message = receive(raw)
    with public_context():
        assert run_next("runs")
    assert message_view(message).status == status
    assert [said["message_id"] for said in heard] == [message]
    assert due("mail.parse") == []


def test_work_that_was_done_before_is_done_once(heard):
    message = receive(mail())
    with public_context():
        assert run_next("runs")
    parse(str(message), None)  # type: ignore[arg-type]  # it returns before it looks at the lease
    assert len(heard) == 1


def test_what_cannot_be_stored_is_shown_to_a_person(heard):
    message = receive(mail())
    parse_given_up(str(message), "DataError: what PostgreSQL refused")
    view = message_view(message)
    assert (view.status, view.from_email) == ("unreadable", "g@customer.test")
    assert "PostgreSQL" in view.error
    assert heard[0]["unreadable"]


def test_an_answer_that_is_read_before_what_it_answers_waits_for_it(heard, owner):
    first = receive(mail(message_id="<first@customer.test>"))
    second = receive(mail(message_id="<second@customer.test>", headers=["In-Reply-To: <first@customer.test>"]))
    owner.execute("UPDATE public.dispatch_work SET due_at = now() + interval '1 hour' WHERE subject = %s", [str(first)])
    with public_context():
        assert run_next("runs")
    assert message_view(second).status == "received", "the first is not read yet"
    for message in (first, second):
        owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE subject = %s", [str(message)])
        with public_context():
            assert run_next("runs")
    assert message_view(second).thread == message_view(first).thread
