from datetime import UTC, datetime
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from audit.selectors import entries
from audit.services import Actor
from crm import records
from crm.errors import Changed, Invalid, Missing, Referred, Taken, UnknownKind, VersionConflict
from crm.services import contact_create, enquiry_create, listing_create

pytestmark = pytest.mark.usefixtures("in_acacia")
RUN = UUID("019a8f31-7c02-7000-8000-000000000001")
ACTOR = Actor("run", str(RUN))


def create(kind, **fields):
    ident = uuid7()
    records.record_create(kind=kind, id=ident, fields=fields, actor=ACTOR, run=RUN)
    return ident


def update(kind, ident, **changes):
    return records.record_update(kind=kind, id=ident, changes=changes, actor=ACTOR, run=RUN)


def test_a_created_record_holds_what_was_said_and_defaults_for_the_rest():
    ident = create("contact", name="Georgia Papadopoulos", email="Georgia@example.com")
    assert records.fields("contact", ident) == {
        "name": "Georgia Papadopoulos",
        "email": "Georgia@example.com",
        "phone": "",
    }


def test_values_come_back_as_canonical_json():
    contact, listing = (
        contact_create(actor=ACTOR, name="G"),
        listing_create(actor=ACTOR, address="14 Wattle St"),
    )
    enquiry = create("enquiry", contact=str(contact.id), listing=listing.id, budget="1550000", currency="AUD")
    found = records.fields("enquiry", str(enquiry))
    assert found is not None
    assert found["contact"] == str(contact.id)
    assert found["budget"] == "1550000.00"
    appointment = create(
        "appointment",
        contact=contact.id,
        listing=listing.id,
        starts_at="2026-11-21T10:30:00+11:00",
        ends_at=datetime(2026, 11, 21, 0, 0, tzinfo=UTC),
    )
    booked = records.fields("appointment", appointment)
    assert booked is not None
    assert booked["starts_at"] == "2026-11-20T23:30:00.000000Z"
    assert booked["status"] == "booked"


def test_a_plan_can_bring_its_values_into_the_form_they_will_be_read_in():
    assert records.clean("enquiry", {"budget": "1.5", "listing": None}) == {"budget": "1.50", "listing": None}
    with pytest.raises(Invalid) as refused:
        records.clean("enquiry", {"budget": "much", "colour": "red"})
    assert set(refused.value.faults) == {"budget", "colour"}


def test_an_update_writes_where_each_field_holds_its_before():
    ident = create("contact", name="Georgia", phone="")
    after = update("contact", ident, phone=("", "0491 570 156"))
    assert after["phone"] == "0491 570 156"
    assert after == records.fields("contact", ident)


def test_an_update_of_what_someone_changed_meanwhile_writes_nothing():
    ident = create("contact", name="Georgia", phone="1")
    with pytest.raises(Changed) as refused:
        update("contact", ident, name=("Georgia", "G"), phone=("", "2"))
    assert (refused.value.field, refused.value.was, refused.value.is_) == ("phone", "", "1")
    assert records.fields("contact", ident) == {"name": "Georgia", "email": "", "phone": "1"}


def test_before_is_compared_whatever_its_spelling():
    contact = create("contact", name="G")
    task = create("task", title="Call", due_at="2026-11-21T05:15:00Z", contact=contact)
    update("task", task, due_at=("2026-11-21T16:15:00+11:00", None), done=(False, True))
    found = records.fields("task", task)
    assert found is not None
    assert (found["due_at"], found["done"]) == (None, True)


def test_each_write_counts_the_version_and_one_that_changes_nothing_does_not():
    contact = contact_create(actor=ACTOR, name="G")
    update("contact", contact.id, name=("G", "Georgia"))
    update("contact", contact.id, name=("Georgia", " Georgia "))
    with pytest.raises(VersionConflict) as refused:
        records.record_set(kind="contact", id=contact.id, fields={"name": "X"}, actor=ACTOR, version=1)
    assert refused.value.found == 2


def test_each_write_leaves_an_entry_without_what_was_written():
    ident = create("contact", name="Georgia", email="georgia@example.com")
    update("contact", ident, email=("georgia@example.com", "gp@example.com"))
    records.record_delete(kind="contact", id=ident, actor=ACTOR)
    told = [row.body for row in entries(target=f"contact:{ident}")][::-1]
    assert [body["event"] for body in told] == [
        "crm.record_created",
        "crm.record_updated",
        "crm.record_deleted",
    ]
    created, updated, deleted = (body["data"] for body in told)
    assert created["fields"] == ["email", "name"]
    assert created["before"] == {}
    assert updated["before"]["email"] == created["after"]["email"]
    assert updated["version"] == 2
    assert deleted["after"] == {}
    assert told[0]["run"] == str(RUN)
    assert "georgia" not in "".join(str(body) for body in told).lower()


def test_equal_values_of_two_records_have_different_digests():
    one, other = create("contact", name="Georgia"), create("contact", name="Georgia")
    first, second = (entries(target=f"contact:{ident}").get().body["data"]["after"] for ident in (one, other))
    assert first["name"] != second["name"]


def test_a_write_that_changes_nothing_leaves_no_entry():
    ident = create("contact", name="Georgia")
    update("contact", ident, name=("Georgia", "Georgia"))
    assert entries(target=f"contact:{ident}").count() == 1


def test_an_address_belongs_to_one_contact_whatever_its_case():
    create("contact", email="georgia@example.com")
    with pytest.raises(Taken, match="email address"):
        create("contact", email="GEORGIA@example.com")
    create("contact", name="No address")
    create("contact", name="No address either")


def test_after_a_refusal_the_transaction_goes_on():
    ident = create("contact", email="georgia@example.com")
    with pytest.raises(Taken):
        create("contact", email="georgia@example.com")
    assert update("contact", ident, phone=("", "1"))["phone"] == "1"


def test_an_id_is_used_once():
    ident = create("contact", name="Georgia")
    with pytest.raises(Taken, match="id"):
        records.record_create(kind="contact", id=ident, fields={"name": "G"}, actor=ACTOR)


def test_what_a_record_refers_to_must_exist():
    with pytest.raises(Invalid) as refused:
        create("enquiry", contact=uuid7())
    assert refused.value.faults == {"contact": "There is no such record."}
    with pytest.raises(Invalid) as refused:
        create("task", title="Call", assignee=uuid7())
    assert set(refused.value.faults) == {"assignee"}


def test_a_task_can_be_someones(cast):
    ident = create("task", title="Call Georgia", assignee=cast.bob.id)
    found = records.fields("task", ident)
    assert found is not None
    assert found["assignee"] == str(cast.bob.id)


def test_an_appointment_ends_after_it_starts():
    contact, listing = create("contact", name="G"), create("listing", address="14 Wattle St")
    ident = create(
        "appointment",
        contact=contact,
        listing=listing,
        starts_at="2026-11-21T00:00:00Z",
        ends_at="2026-11-21T01:00:00Z",
    )
    with pytest.raises(Invalid) as refused:
        update("appointment", ident, ends_at=("2026-11-21T01:00:00Z", "2026-11-20T23:00:00Z"))
    assert set(refused.value.faults) == {"ends_at"}


def test_a_contact_says_who_it_is():
    with pytest.raises(Invalid):
        create("contact")
    ident = create("contact", name="G")
    with pytest.raises(Invalid):
        update("contact", ident, name=("G", ""))


def test_a_conversation_has_one_enquiry_of_a_contact_about_a_listing():
    contact = contact_create(actor=ACTOR, name="G").id
    enquiry_create(actor=ACTOR, contact=contact, thread_id="t1")
    with pytest.raises(Taken, match="conversation"):
        enquiry_create(actor=ACTOR, contact=contact, thread_id="t1")
    enquiry_create(actor=ACTOR, contact=contact, thread_id="t2")
    enquiry_create(actor=ACTOR, contact=contact)
    enquiry_create(actor=ACTOR, contact=contact)


def test_an_address_is_on_offer_once():
    listing_create(actor=ACTOR, address="14 Wattle Street", suburb="Marrickville", status="sold")
    listing_create(actor=ACTOR, address="14 Wattle Street", suburb="Marrickville")
    with pytest.raises(Taken, match="on offer"):
        listing_create(actor=ACTOR, address="14 wattle street", suburb="MARRICKVILLE")


def test_what_others_refer_to_is_not_deleted():
    contact = create("contact", name="G")
    enquiry = create("enquiry", contact=contact)
    with pytest.raises(Referred) as refused:
        records.record_delete(kind="contact", id=contact, actor=ACTOR)
    assert refused.value.by == (f"enquiry:{enquiry}",)


def test_what_is_not_there_is_told():
    assert records.fields("contact", uuid7()) is None
    assert records.fields("contact", "no id") is None
    with pytest.raises(Missing):
        update("contact", uuid7(), name=("a", "b"))
    with pytest.raises(UnknownKind):
        records.fields("invoice", uuid7())
    with pytest.raises(Invalid):
        records.record_create(kind="contact", id="no id", fields={"name": "G"}, actor=ACTOR)


def test_one_value_can_be_picked_from_inside_a_field():
    span = {"starts_at": "2026-11-20T23:30:00.000000Z", "ends_at": "2026-11-21T00:00:00.000000Z"}
    ident = create("listing", address="14 Wattle St", facts={"council_rates": "$512.40"}, open_times=[span])
    found = records.fields("listing", ident)
    assert records.pick(found, "address") == "14 Wattle St"
    assert records.pick(found, "facts.council_rates") == "$512.40"
    assert records.pick(found, "facts.water_rates") is None
    assert records.pick(found, f"open_times.{span['starts_at']}") == span
    assert records.pick(found, "open_times.2026-11-27T23:30:00.000000Z") is None
    assert records.pick(found, "address.street") is None
    assert records.pick(None, "address") is None
