"""Reading records. What leaves the app is frozen.

Lists come newest first in pages: `older` and `newer` are the ids to ask for next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from crm.matching import ListingMatch, ListingMatches, listing_match
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
    DisplayField,
    EnquiryView,
    ListingView,
    OpenTime,
    TaskView,
    appointment_reader,
    contact_read,
    enquiry_read,
    listing_reader,
    task_read,
)

__all__ = [
    "AppointmentStatus",
    "AppointmentView",
    "ContactView",
    "DisplayField",
    "EnquiryStatus",
    "EnquiryView",
    "ListingMatch",
    "ListingMatches",
    "ListingStatus",
    "ListingView",
    "OpenTime",
    "Page",
    "TaskView",
    "appointment_list",
    "appointment_view",
    "appointments_between",
    "contact_by_email",
    "contact_list",
    "contact_view",
    "enquiry_list",
    "enquiry_view",
    "listing_list",
    "listing_match",
    "listing_view",
    "task_list",
    "task_view",
]

R = TypeVar("R", bound=Record)
V = TypeVar("V")
MAX_PAGE = 200


@dataclass(frozen=True)
class Page(Generic[V]):
    """Some of a list; `older` and `newer` are None at its ends."""

    items: tuple[V, ...]
    older: UUID | None = None
    newer: UUID | None = None


# --- one record -------------------------------------------------------------------------------


def contact_view(contact: UUID) -> ContactView | None:
    """The contact, or None."""
    return _one(Contact, contact, contact_read)


def contact_by_email(email: str) -> ContactView | None:
    """The contact with this address, whatever its case; None where there is none, or `email` is empty."""
    found = _with_email(email).first()
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


# --- lists ------------------------------------------------------------------------------------


def contact_list(
    *,
    email: str | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[ContactView]:
    """Contacts; `email` in any case, `search` in name, address and phone number."""
    found = Contact.objects.all() if email is None else _with_email(email)
    for word in search.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word))
    return _page(found, contact_read, older_than, newer_than, limit)


def listing_list(
    *,
    status: str | None = None,
    suburb: str | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[ListingView]:
    """Listings; `search` in address and suburb."""
    found = _filtered(Listing.objects.all(), status=status, suburb__iexact=suburb)
    for word in search.split():
        found = found.filter(Q(address__icontains=word) | Q(suburb__icontains=word))
    return _page(found, listing_reader(None), older_than, newer_than, limit)


def enquiry_list(
    *,
    contact: UUID | None = None,
    listing: UUID | None = None,
    status: str | None = None,
    thread_id: str | None = None,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[EnquiryView]:
    """Enquiries that fit all given filters."""
    found = _filtered(Enquiry.objects.all(), contact=contact, listing=listing, status=status, thread_id=thread_id)
    return _page(found, enquiry_read, older_than, newer_than, limit)


def task_list(
    *,
    assignee: UUID | None = None,
    contact: UUID | None = None,
    enquiry: UUID | None = None,
    done: bool | None = None,
    due_before: datetime | None = None,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[TaskView]:
    """Tasks that fit all given filters."""
    found = _filtered(
        Task.objects.all(),
        assignee=assignee,
        contact=contact,
        enquiry=enquiry,
        done=done,
        due_at__lt=due_before,
    )
    return _page(found, task_read, older_than, newer_than, limit)


def appointment_list(
    *,
    listing: UUID | None = None,
    contact: UUID | None = None,
    status: str | None = None,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[AppointmentView]:
    """Appointments that fit all given filters, newest made first."""
    found = _filtered(Appointment.objects.all(), listing=listing, contact=contact, status=status)
    return _page(found, appointment_reader(), older_than, newer_than, limit)


def appointments_between(
    starts_at: datetime, ends_at: datetime, *, listing: UUID | None = None, contact: UUID | None = None
) -> tuple[AppointmentView, ...]:
    """Appointments that take place, in part or whole, between two times, by start; not the cancelled."""
    found = _filtered(Appointment.objects.exclude(status=AppointmentStatus.CANCELLED), listing=listing, contact=contact)
    found = found.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    return tuple(map(appointment_reader(), found.order_by("starts_at", "id")))


# --- the parts --------------------------------------------------------------------------------


def _one(model: type[R], record: UUID, view: Callable[[R], V]) -> V | None:
    found = model._base_manager.filter(pk=record).first()
    return view(found) if found else None


def _with_email(email: str) -> QuerySet[Contact]:
    """Asks as the unique index is made, so that it is used."""
    return Contact.objects.exclude(email="").filter(Exact(Lower("email"), Lower(Value(email.strip()))))


def _filtered(found: QuerySet[R], **filters: object) -> QuerySet[R]:
    return found.filter(**{name: value for name, value in filters.items() if value is not None})


def _page(
    found: QuerySet[R],
    view: Callable[[R], V],
    older_than: UUID | None,
    newer_than: UUID | None,
    limit: int,
) -> Page[V]:
    """Ids are made in order of time, so they are the order, and the place to go on from."""
    limit = max(1, min(limit, MAX_PAGE))
    if newer_than is not None:
        rows = list(found.filter(pk__gt=newer_than).order_by("pk")[: limit + 1])
        more_newer, more_older = len(rows) > limit, True
        rows = rows[:limit][::-1]
    else:
        if older_than is not None:
            found = found.filter(pk__lt=older_than)
        rows = list(found.order_by("-pk")[: limit + 1])
        more_newer, more_older = older_than is not None, len(rows) > limit
        rows = rows[:limit]
    if not rows:
        return Page(())
    return Page(
        tuple(map(view, rows)),
        older=rows[-1].pk if more_older else None,
        newer=rows[0].pk if more_newer else None,
    )
