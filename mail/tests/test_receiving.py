"""Taking mail in: stored once, before anything is read."""

import hashlib
import threading

import pytest
from django.db import connection

from audit.selectors import entries
from mail.errors import NotAMessage
from mail.models import Message, RawMessage, Status
from mail.parsing.caps import MESSAGE_BYTES
from mail.services import message_receive
from mail.tests.messages import mail
from mail.tests.tenant import due
from tenants.selectors import current, tenant_context


def receive(raw: bytes, recipient: str = "acacia@in.localhost", sender: str = "georgia@customer.test"):
    return message_receive(
        raw=raw, envelope_from=sender, recipient=recipient, peer="192.0.2.1", helo="mx.customer.test"
    )


def test_bytes_and_envelope_are_stored_as_they_came(in_acacia):
    raw = mail() + b"\xff\x00 raw"
    received = receive(raw, recipient="Acacia-X+T99@in.localhost")
    stored = RawMessage.objects.get(pk=received.id)
    assert bytes(stored.content) == raw
    assert (stored.recipient, stored.tag) == ("acacia-x@in.localhost", "t99")
    assert (stored.envelope_from, stored.peer, stored.helo) == (
        "georgia@customer.test",
        "192.0.2.1",
        "mx.customer.test",
    )
    assert stored.sha256 == hashlib.sha256(raw).hexdigest()
    assert Message.objects.get(pk=received.id).status == Status.RECEIVED


def test_the_receipt_leaves_work_and_an_entry_without_personal_text(in_acacia):
    received = receive(mail())
    assert due("mail.parse") == [str(received.id)]
    entry = entries(target=f"message:{received.id}").get()
    assert entry.body["event"] == "mail.received"
    assert "georgia" not in entry.text.lower()


def test_a_second_mail_with_the_same_id_is_not_stored_twice(in_acacia):
    first = receive(mail())
    second = receive(mail("Another text"))
    assert (second.id, second.duplicate) == (first.id, True)
    assert RawMessage.objects.count() == Message.objects.count() == 1
    assert entries(event="mail.received").count() == 1


def test_without_an_id_the_same_bytes_are_the_same_mail(in_acacia):
    first = receive(mail(message_id=None))
    assert receive(mail(message_id=None)).id == first.id
    assert not receive(mail("Another text", message_id=None)).duplicate
    assert not receive(mail(message_id="<>")).duplicate


def test_the_same_mail_to_a_thread_address_and_to_the_plain_one_is_one(in_acacia):
    first = receive(mail())
    assert receive(mail(), recipient="acacia+tabc@in.localhost").id == first.id
    assert not receive(mail(), recipient="other@in.localhost").duplicate


def test_two_tenants_may_get_the_same_mail(in_acacia):
    receive(mail())
    with tenant_context("harbour"):
        assert not receive(mail()).duplicate


def test_what_is_no_mail_is_refused(in_acacia):
    with pytest.raises(NotAMessage):
        receive(b" \r\n")
    with pytest.raises(NotAMessage):
        receive(b"x" * (MESSAGE_BYTES + 1))


def test_the_null_return_path_is_kept_as_such(in_acacia):
    assert RawMessage.objects.get(pk=receive(mail(), sender="<>").id).envelope_from == ""


@pytest.mark.committed
def test_of_two_that_arrive_at_once_one_is_stored(in_committed_acacia):
    barrier = threading.Barrier(6)
    found = []

    def run():
        try:
            with tenant_context("acacia"):
                current()
                barrier.wait()
                found.append(receive(mail()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.duplicate for r in found].count(False) == 1
    assert len({r.id for r in found}) == 1
    assert len(due("mail.parse")) == 1
