"""One record, or those of given ids."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from crm.models import (
    Appointment,
    AppointmentStatus,
    Contact,
    Enquiry,
    EnquiryStatus,
    Listing,
    ListingStatus,
    Record,
    Task,
)
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

R = TypeVar("R", bound=Record)
V = TypeVar("V")
_STATUSES: dict[str, list[tuple[str, str]]] = {
    "listing": ListingStatus.choices,
    "enquiry": EnquiryStatus.choices,
    "appointment": AppointmentStatus.choices,
}


def contact_view(contact: UUID) -> ContactView | None:
    """The contact, or None."""
    return _one(Contact, contact, contact_read)


def contact_by_email(email: str) -> ContactView | None:
    """The contact with this address, whatever its case; None where there is none, or `email` is empty."""
    found = with_email(email).first()
    return contact_read(found) if found else None


def listing_view(listing: UUID, *, now: datetime | None = None) -> ListingView | None:
    """The listing with what can be told of it at `now` (the present, where not said), or None."""
    return _one(Listing, listing, listing_reader(now))


def enquiry_view(enquiry: UUID) -> EnquiryView | None:
    """The enquiry, or None."""
    return _one(Enquiry, enquiry, enquiry_read)


def task_view(task: UUID) -> TaskView | None:
    """The task, or None."""
    return _one(Task, task, task_read)


def appointment_view(appointment: UUID) -> AppointmentView | None:
    """The appointment, or None."""
    return _one(Appointment, appointment, appointment_reader())


def contacts_by_id(ids: Iterable[UUID | None]) -> dict[UUID, ContactView]:
    """Those of these contacts that there are."""
    return _many(Contact, ids, contact_read)


def listings_by_id(ids: Iterable[UUID | None]) -> dict[UUID, ListingView]:
    """Those of these listings that there are."""
    return _many(Listing, ids, listing_reader())


def enquiries_by_id(ids: Iterable[UUID | None]) -> dict[UUID, EnquiryView]:
    """Those of these enquiries that there are."""
    return _many(Enquiry, ids, enquiry_read)


def latest_enquiries(contacts: Iterable[UUID]) -> dict[UUID, EnquiryView]:
    """The newest enquiry of each of these contacts, by contact."""
    found = Enquiry.objects.filter(contact__in=list(contacts)).order_by("contact", "-pk").distinct("contact")
    return {row.contact_id: enquiry_read(row) for row in found}


def status_words(kind: str) -> dict[str, str]:
    """The statuses that a kind of record can have, in their order, with their words."""
    return dict(_STATUSES[kind])


def enquiry_of_thread(thread_id: str) -> str | None:
    """The id of a conversation's last enquiry; None where it has none."""
    found = Enquiry.objects.filter(thread_id=thread_id).order_by("-id").values_list("id", flat=True).first()
    return str(found) if found else None


def appointment_of(*, contact: UUID, listing: UUID, starts_at: datetime) -> str | None:
    """The id of the contact's appointment at this listing and time, called off ones aside; None where there is none."""
    found = Appointment.objects.filter(contact=contact, listing=listing, starts_at=starts_at)
    ids = found.exclude(status=AppointmentStatus.CANCELLED).values_list("id", flat=True)
    return str(ids[0]) if ids else None


def _one(model: type[R], record: UUID, view: Callable[[R], V]) -> V | None:
    found = model._base_manager.filter(pk=record).first()
    return view(found) if found else None


def _many(model: type[R], ids: Iterable[UUID | None], view: Callable[[R], V]) -> dict[UUID, V]:
    wanted = {each for each in ids if each is not None}
    return {row.pk: view(row) for row in model._base_manager.filter(pk__in=wanted)} if wanted else {}


def with_email(email: str) -> QuerySet[Contact]:
    """Asks as the unique index is made, so that it is used."""
    return Contact.objects.exclude(email="").filter(Exact(Lower("email"), Lower(Value(email.strip()))))
