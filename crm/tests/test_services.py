from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from audit.selectors import entries
from audit.services import Actor
from crm import selectors, services
from crm.errors import Invalid, Missing, VersionConflict

pytestmark = pytest.mark.usefixtures("in_acacia")
ACTOR = Actor.system("tests")
AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def test_each_kind_is_created_and_changed_with_its_entries(cast):
    contact = services.contact_create(actor=ACTOR, name="Georgia", email="georgia@example.com")
    listing = services.listing_create(
        actor=ACTOR,
        address="14 Wattle Street",
        open_times=[{"starts_at": AT, "ends_at": AT + timedelta(minutes=30)}],
    )
    enquiry = services.enquiry_create(actor=ACTOR, contact=contact.id, listing=listing.id, budget=Decimal(1550000))
    task = services.task_create(actor=ACTOR, title="Call Georgia", assignee=cast.bob.id, enquiry=enquiry.id)
    appointment = services.appointment_create(
        actor=ACTOR, contact=contact.id, listing=listing.id, starts_at=AT, ends_at=AT + timedelta(minutes=30)
    )
    changed = [
        services.contact_update(contact=contact.id, actor=ACTOR, version=1, phone="0491 570 156"),
        services.listing_update(listing=listing.id, actor=ACTOR, version=1, price_guide="$1,480,000"),
        services.enquiry_update(enquiry=enquiry.id, actor=ACTOR, version=1, status="inspection"),
        services.task_update(task=task.id, actor=ACTOR, version=1, done=True),
        services.appointment_update(appointment=appointment.id, actor=ACTOR, version=1, status="confirmed"),
    ]
    assert [record.version for record in changed] == [2] * 5
    assert changed == [
        selectors.contact_view(contact.id),
        selectors.listing_view(listing.id),
        selectors.enquiry_view(enquiry.id),
        selectors.task_view(task.id),
        selectors.appointment_view(appointment.id),
    ]
    assert entries(event="crm.record_created").count() == entries(event="crm.record_updated").count() == 5


def test_a_change_of_what_someone_else_changed_is_refused():
    contact = services.contact_create(actor=ACTOR, name="Georgia")
    services.contact_update(contact=contact.id, actor=ACTOR, phone="1")
    with pytest.raises(VersionConflict):
        services.contact_update(contact=contact.id, actor=ACTOR, version=contact.version, phone="2")


def test_what_is_given_is_checked_field_by_field():
    with pytest.raises(Invalid) as refused:
        services.listing_create(actor=ACTOR, address="", status="haunted")
    assert set(refused.value.faults) == {"address", "status"}


def test_changing_what_is_not_there_is_refused():
    with pytest.raises(Missing):
        services.task_update(task=uuid7(), actor=ACTOR, done=True)
