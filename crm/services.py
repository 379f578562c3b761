"""Writing records, for people and the API: typed, each call one transaction with its ledger entry.

Workflow actions write through `crm.records`, field by field. Every `…_update` takes the `version`
that the caller saw and raises VersionConflict where the record has gone on since. All raise Invalid
(faults by field), Taken and Missing of `crm.errors`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from uuid_utils.compat import uuid7

from audit.services import Actor
from crm.models import Appointment, Contact, Enquiry, Listing, Task
from crm.read_models import (
    AppointmentView,
    ContactView,
    EnquiryView,
    ListingView,
    TaskView,
    appointment_reader,
    contact_read,
    enquiry_read,
    listing_reader,
    task_read,
)
from crm.records import record_create, record_delete, record_set
from crm.samples import activity_install, samples_install

__all__ = [
    "activity_install",
    "appointment_create",
    "appointment_update",
    "contact_create",
    "contact_update",
    "enquiry_create",
    "enquiry_update",
    "listing_create",
    "listing_update",
    "record_delete",
    "samples_install",
    "task_create",
    "task_update",
]


class ContactFields(TypedDict, total=False):
    name: str
    email: str
    phone: str


class _Listing(TypedDict, total=False):
    suburb: str
    status: str
    price_guide: str
    open_times: Sequence[Mapping[str, datetime | str]]
    facts: Mapping[str, str]


class NewListing(_Listing):
    address: str


class ListingFields(_Listing, total=False):
    address: str


class _Enquiry(TypedDict, total=False):
    listing: UUID | None
    status: str
    summary: str
    budget: Decimal | None
    currency: str
    thread_id: str


class NewEnquiry(_Enquiry):
    contact: UUID


class EnquiryFields(_Enquiry, total=False):
    contact: UUID


class _Task(TypedDict, total=False):
    due_at: datetime | None
    assignee: UUID | None
    done: bool
    contact: UUID | None
    enquiry: UUID | None


class NewTask(_Task):
    title: str


class TaskFields(_Task, total=False):
    title: str


class _Appointment(TypedDict, total=False):
    status: str


class NewAppointment(_Appointment):
    listing: UUID
    contact: UUID
    starts_at: datetime
    ends_at: datetime


class AppointmentFields(_Appointment, total=False):
    listing: UUID
    contact: UUID
    starts_at: datetime
    ends_at: datetime


def contact_create(*, actor: Actor, run: UUID | None = None, **fields: Unpack[ContactFields]) -> ContactView:
    """Add a contact: a name, an email address or a phone number at least."""
    made = uuid7()
    record_create(kind="contact", id=made, fields=fields, actor=actor, run=run)
    return contact_read(Contact.objects.get(pk=made))


def contact_update(
    *,
    contact: UUID,
    actor: Actor,
    version: int | None = None,
    run: UUID | None = None,
    **fields: Unpack[ContactFields],
) -> ContactView:
    """Change the given fields of a contact."""
    record_set(kind="contact", id=contact, fields=fields, actor=actor, version=version, run=run)
    return contact_read(Contact.objects.get(pk=contact))


def listing_create(*, actor: Actor, run: UUID | None = None, **fields: Unpack[NewListing]) -> ListingView:
    """Add a listing; one address is on offer once."""
    made = uuid7()
    record_create(kind="listing", id=made, fields=fields, actor=actor, run=run)
    return listing_reader()(Listing.objects.get(pk=made))


def listing_update(
    *,
    listing: UUID,
    actor: Actor,
    version: int | None = None,
    run: UUID | None = None,
    **fields: Unpack[ListingFields],
) -> ListingView:
    """Change the given fields of a listing; `open_times` and `facts` are replaced as a whole."""
    record_set(kind="listing", id=listing, fields=fields, actor=actor, version=version, run=run)
    return listing_reader()(Listing.objects.get(pk=listing))


def enquiry_create(*, actor: Actor, run: UUID | None = None, **fields: Unpack[NewEnquiry]) -> EnquiryView:
    """Add an enquiry of a contact; a conversation has one for each contact and listing."""
    made = uuid7()
    record_create(kind="enquiry", id=made, fields=fields, actor=actor, run=run)
    return enquiry_read(Enquiry.objects.get(pk=made))


def enquiry_update(
    *,
    enquiry: UUID,
    actor: Actor,
    version: int | None = None,
    run: UUID | None = None,
    **fields: Unpack[EnquiryFields],
) -> EnquiryView:
    """Change the given fields of an enquiry."""
    record_set(kind="enquiry", id=enquiry, fields=fields, actor=actor, version=version, run=run)
    return enquiry_read(Enquiry.objects.get(pk=enquiry))


def task_create(*, actor: Actor, run: UUID | None = None, **fields: Unpack[NewTask]) -> TaskView:
    """Add a task."""
    made = uuid7()
    record_create(kind="task", id=made, fields=fields, actor=actor, run=run)
    return task_read(Task.objects.get(pk=made))


def task_update(
    *,
    task: UUID,
    actor: Actor,
    version: int | None = None,
    run: UUID | None = None,
    **fields: Unpack[TaskFields],
) -> TaskView:
    """Change the given fields of a task."""
    record_set(kind="task", id=task, fields=fields, actor=actor, version=version, run=run)
    return task_read(Task.objects.get(pk=task))


def appointment_create(*, actor: Actor, run: UUID | None = None, **fields: Unpack[NewAppointment]) -> AppointmentView:
    """Add an appointment; a contact has one at a time and listing."""
    made = uuid7()
    record_create(kind="appointment", id=made, fields=fields, actor=actor, run=run)
    return appointment_reader()(Appointment.objects.get(pk=made))


def appointment_update(
    *,
    appointment: UUID,
    actor: Actor,
    version: int | None = None,
    run: UUID | None = None,
    **fields: Unpack[AppointmentFields],
) -> AppointmentView:
    """Change the given fields of an appointment."""
    record_set(kind="appointment", id=appointment, fields=fields, actor=actor, version=version, run=run)
    return appointment_reader()(Appointment.objects.get(pk=appointment))
