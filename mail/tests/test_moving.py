"""Whose mail is ours: a colleague's answer from their own mail client, a forgery, one of our replies come back."""

from uuid import uuid4

import pytest

from accounts.services import person_add
from audit.services import Actor
from mail.models import Message
from mail.parsing.results import Flag
from mail.selectors import last_message_of_thread, unanswered_before
from mail.tests.tenant import arrive, thread_of
from tenants.selectors import current

pytestmark = pytest.mark.usefixtures("in_acacia", "heard")
CUSTOMER = "georgia@customer.test"
ANSWERS = ["In-Reply-To: <first@customer.test>"]


@pytest.fixture
def mei() -> str:
    """The address with which a colleague signs in."""
    email = f"mei-{uuid4().hex[:8]}@acacia.example"
    person_add(email=email, name="Mei", role="agent", password="a-long-test-password", actor=Actor.system("tests"))
    return email


def written(sender: str, *, to: str = f"To: {CUSTOMER}", more: tuple[str, ...] = ()) -> bytes:
    """A mail to a customer with the inbound address in Cc, in answer to their first."""
    head = [f"From: {sender}", *more, to, f"Cc: {current().inbound_address}", "Message-ID: <answer@acacia.example>"]
    return "\n".join([*head, *ANSWERS, "", "See you on Saturday."]).encode()


def test_a_colleagues_answer_to_the_customer_is_our_own_and_answers_them(heard, mei):
    first = arrive()
    answer = arrive(raw=written(f"Mei <{mei.upper()}>"), envelope_from=mei)
    assert answer.thread == first.thread
    assert (heard[-1]["own"], heard[-1]["automatic"]) == (True, False)
    later = arrive(message_id="<2@customer.test>", headers=ANSWERS)
    assert unanswered_before(later.id) == (), "a colleague has answered the first"


def test_a_colleague_who_writes_to_the_inbound_address_alone_is_like_anybody_who_does(heard, mei):
    arrive()
    asked = arrive(raw=written(mei, to=f"To: {current().inbound_address}"), envelope_from=mei)
    assert Flag.OWN_ADDRESS not in asked.flags
    assert not heard[-1]["own"]


def test_a_stranger_who_answers_the_customer_is_no_colleague(heard, mei):
    first = arrive()
    stranger = arrive(raw=written("mallory@elsewhere.test"), envelope_from="mallory@elsewhere.test")
    assert stranger.thread != first.thread
    assert not heard[-1]["own"]


def test_a_forged_colleague_gets_into_no_conversation(heard, mei):
    first = arrive()
    forged = arrive(raw=written(mei, more=("From: someone@elsewhere.test",)), envelope_from=mei)
    assert Flag.SUSPICIOUS in forged.flags
    assert forged.thread != first.thread


def test_a_forged_own_address_is_not_what_was_said_last():
    first = arrive()
    own = current().inbound_address
    forged = arrive(raw=written(own, more=("From: someone@elsewhere.test",)), envelope_from=own)
    assert forged.thread == first.thread
    assert {Flag.SUSPICIOUS, Flag.OWN_ADDRESS} <= set(forged.flags)
    last = last_message_of_thread(thread_of(first))
    assert last is not None and last.id == first.id


def test_one_of_our_replies_that_comes_back_moves_nothing(heard):
    first = arrive()
    Message.objects.create(
        direction="out", status="sent", thread_id=first.thread, message_id="<ours@in.localhost>", effect_key="k",
        release_at=first.created_at,
    )  # fmt: skip
    second = arrive(message_id="<2@customer.test>", headers=ANSWERS)
    echo = arrive(sender=current().inbound_address, message_id="<ours@in.localhost>", headers=ANSWERS)
    assert {Flag.ECHO, Flag.OWN_ADDRESS} <= set(echo.flags)
    assert heard[-1]["automatic"]
    last = last_message_of_thread(thread_of(first))
    assert last is not None and last.id == second.id


@pytest.mark.parametrize("to", [CUSTOMER, "somebody@elsewhere.test"])
def test_a_forged_colleague_says_nothing_in_a_conversation_that_they_take_part_in(heard, mei, to):
    first = arrive(headers=[f"Cc: {mei}"])
    forged = arrive(raw=written(mei, to=f"To: {to}", more=("From: someone@elsewhere.test",)), envelope_from=mei)
    assert forged.thread == first.thread
    assert heard[-1]["own"]
    last = last_message_of_thread(thread_of(first))
    assert last is not None and last.id == first.id
