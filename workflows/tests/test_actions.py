"""Actions: a plan changes nothing, is applied as it stands, and is taken back field by field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from audit.services import Actor
from crm.errors import Changed
from crm.records import fields
from crm.selectors import appointment_list, contact_by_email, contact_list, enquiry_list, task_list
from crm.services import appointment_update, contact_create, contact_update, listing_create
from tenants.selectors import current
from workflows.actions import ACTIONS, Plan
from workflows.actions.base import Hands, Reader, resolve
from workflows.actions.book_appointment import AppointmentInput
from workflows.actions.upsert_enquiry import EnquiryGiven, EnquiryInput, Told
from workflows.engine.facts import changed

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
RECORD = ACTIONS["crm.upsert_enquiry"]
TASK = ACTIONS["crm.create_task"]
BOOK = ACTIONS["crm.book_appointment"]


def reader(step: str = "record") -> Reader:
    return Reader(tenant=current(), now=datetime.now(UTC), run=uuid4(), step=step, event={}, message={})


def hands() -> Hands:
    return Hands(actor=TESTS, run=uuid4(), key=str(uuid4()), release_at=datetime.now(UTC) + timedelta(seconds=10))


def plan_of(**given: Any) -> Plan:
    wanted = {"email": "theo@example.com", "name": "Theo", "phone": "0491 570 157", "summary": "asks"} | given
    return RECORD.plan(EnquiryInput(**wanted), reader())


def in_read_only(act: Callable[[], Plan]) -> Plan:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        return act()


def test_planning_needs_no_more_than_reading() -> None:
    plan = in_read_only(plan_of)
    assert [(change.kind, change.op) for change in plan.changes] == [("contact", "create"), ("enquiry", "create")]
    assert contact_list().items == ()


def test_what_is_applied_is_the_plan_and_its_output_names_the_new_records() -> None:
    output = RECORD.apply(plan_of(), hands())
    contact = contact_by_email("theo@example.com")
    assert contact is not None
    assert (contact.name, contact.phone) == ("Theo", "0491 570 157")
    assert output == {"contact": str(contact.id), "enquiry": str(enquiry_list().items[0].id)}


def test_a_known_customer_is_not_overwritten_by_what_a_mail_says() -> None:
    contact_create(name="Theodore", email="theo@example.com", phone="", actor=TESTS)
    RECORD.apply(plan_of(), hands())
    contact = contact_by_email("theo@example.com")
    assert contact is not None
    assert (contact.name, contact.phone) == ("Theodore", "0491 570 157"), "a gap is filled, nothing is replaced"


@pytest.mark.parametrize(("dmarc", "kept"), [("pass", "0491 570 157"), ("fail", ""), ("none", ""), ("unknown", "")])
def test_a_mails_number_for_a_known_customer_is_proposed_only_where_dmarc_passed(dmarc: str, kept: str) -> None:
    given = EnquiryGiven(email="theo@example.com", facts=Told(phone="0491 570 157"))
    came = replace(reader(), message={"dmarc": dmarc})
    assert RECORD.prepare(given, came).model_dump()["phone"] == "0491 570 157", "of somebody new it is all there is"
    contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    assert RECORD.prepare(given, came).model_dump()["phone"] == kept


def test_who_proves_one_address_and_is_answered_at_another_is_not_believed_to_be_who_has_that() -> None:
    given = EnquiryGiven(email="theo@example.com", facts=Told(phone="0491 570 157"))
    contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    came = {"dmarc": "pass", "answer_to": "theo@example.com"}
    own = replace(reader(), message={**came, "from_email": "Theo@example.com"})
    forged = replace(reader(), message={**came, "from_email": "mallory@elsewhere.test"})
    assert RECORD.prepare(given, own).model_dump()["phone"] == "0491 570 157"
    assert RECORD.prepare(given, forged).model_dump()["phone"] == ""


def test_a_plan_whose_record_changed_meanwhile_is_refused() -> None:
    known = contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    plan = plan_of()
    contact_update(contact=known.id, phone="0491 570 158", actor=TESTS)
    with pytest.raises(Changed), transaction.atomic():
        RECORD.apply(plan, hands())
    assert enquiry_list().items == ()


def test_undo_puts_back_what_was_written_and_removes_what_was_made() -> None:
    known = contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    plan = plan_of()
    output = RECORD.apply(plan, hands())
    assert RECORD.undo(plan, output, hands()) == []
    assert enquiry_list().items == ()
    assert fields("contact", known.id) == {"name": "Theo", "email": "theo@example.com", "phone": ""}


def test_undo_leaves_what_people_changed_since_and_says_so() -> None:
    known = contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    plan = plan_of()
    output = RECORD.apply(plan, hands())
    contact_update(contact=known.id, phone="0491 570 158", actor=TESTS)
    kept = RECORD.undo(plan, output, hands())
    assert [(item.kind, item.field, item.wrote, item.now, item.why) for item in kept] == [
        ("contact", "phone", "0491 570 157", "0491 570 158", "changed")
    ]
    contact = contact_by_email("theo@example.com")
    assert contact is not None
    assert contact.phone == "0491 570 158"


def test_a_record_to_come_is_named_by_its_step_until_it_is_there() -> None:
    recorded = plan_of()
    given = TASK.Given.model_validate({"title": "Call", **recorded.output})
    task = TASK.plan(TASK.prepare(given, reader("task")), reader("task"))
    assert task.changes[0].fields["contact"].after == {"$step": "record", "field": "contact"}
    output = RECORD.apply(recorded, hands())
    TASK.apply(Plan.model_validate(resolve(task.model_dump(mode="json"), {"record": output})), hands())
    assert str(task_list().items[0].contact) == output["contact"]


@pytest.fixture
def visit() -> AppointmentInput:
    listing = listing_create(address="14 Wattle Street", suburb="Marrickville", actor=TESTS)
    contact = contact_create(name="Theo", email="theo@example.com", phone="", actor=TESTS)
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    ends = begins + timedelta(minutes=30)
    return AppointmentInput(listing=listing.id, contact=str(contact.id), starts_at=begins, ends_at=ends)


def test_who_has_the_appointment_keeps_it_and_taking_the_second_back_does_not_call_it_off(
    visit: AppointmentInput,
) -> None:
    first = BOOK.apply(BOOK.plan(visit, reader("book")), hands())
    again = BOOK.plan(visit, reader("book"))
    assert again.changes[0].fields == {}
    assert changed(again.basis, applied=False) == []
    assert BOOK.apply(again, hands()) == first
    assert changed(again.basis, applied=True) == []
    assert BOOK.undo(again, first, hands()) == []
    assert [str(appointment.id) for appointment in appointment_list().items] == [first["appointment"]]


def test_an_appointment_that_somebody_booked_or_called_off_meanwhile_makes_a_plan_stale(
    visit: AppointmentInput,
) -> None:
    one, other = BOOK.plan(visit, reader("book")), BOOK.plan(visit, reader("book"))
    made = BOOK.apply(one, hands())
    assert changed(one.basis, applied=True) == []
    assert [fact.is_ for fact in changed(other.basis, applied=False)] == [made["appointment"]]
    again = BOOK.plan(visit, reader("book"))
    appointment_update(appointment=UUID(made["appointment"]), status="cancelled", actor=TESTS)
    assert [fact.was for fact in changed(again.basis, applied=False)] == [made["appointment"]]
