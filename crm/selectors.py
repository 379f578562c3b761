"""Reading records. What leaves the app is frozen.

Lists come newest first in pages: `older` and `newer` are the ids to ask for next.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, Upper
from django.db.models.lookups import Exact

from crm.matching import ListingMatch, ListingMatches, listing_match
from crm.mentions import Mention, contacts_mentioned
from crm.models import (
    LIVE,
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
    RecordView,
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
    "Mention",
    "OpenTime",
    "Page",
    "RecordView",
    "TaskView",
    "appointment_list",
    "appointment_view",
    "appointments_between",
    "contact_by_email",
    "contact_list",
    "contact_view",
    "contacts_by_id",
    "contacts_mentioned",
    "enquiries_by_id",
    "enquiry_list",
    "enquiry_view",
    "latest_enquiries",
    "listing_list",
    "listing_match",
    "listing_view",
    "listings_by_id",
    "listings_open_between",
    "status_words",
    "task_agenda",
    "task_count",
    "task_list",
    "task_view",
]

R = TypeVar("R", bound=Record)
V = TypeVar("V")
MAX_PAGE = 200
# A list is counted no further than this: the rest is "over 1,000", and costs nothing.
COUNTED_TO = 1000
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_STATUSES: dict[str, list[tuple[str, str]]] = {
    "listing": ListingStatus.choices,
    "enquiry": EnquiryStatus.choices,
    "appointment": AppointmentStatus.choices,
}


@dataclass(frozen=True)
class Page(Generic[V]):
    """Some of a list; `older` and `newer` are None at its ends.

    `total`, where it was asked for: how many there are in all, counted to COUNTED_TO + 1.
    """

    items: tuple[V, ...]
    older: UUID | None = None
    newer: UUID | None = None
    total: int | None = None


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


# --- lists ------------------------------------------------------------------------------------


def contact_list(
    *,
    email: str | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[ContactView]:
    """Contacts; `email` in any case, `search` in name, address and phone number."""
    found = Contact.objects.all() if email is None else _with_email(email)
    for word in _words(search):
        found = found.filter(_contact_says(word))
    return _page(found, contact_read, older_than, newer_than, limit, counted)


def listing_list(
    *,
    status: str | None = None,
    suburb: str | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[ListingView]:
    """Listings; `search` in address and suburb."""
    found = _filtered(Listing.objects.all(), status=status, suburb__iexact=suburb)
    for word in _words(search):
        found = found.filter(_listing_says(word))
    return _page(found, listing_reader(None), older_than, newer_than, limit, counted)


def enquiry_list(
    *,
    contact: UUID | None = None,
    listing: UUID | None = None,
    status: str | None = None,
    thread_id: str | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[EnquiryView]:
    """Enquiries that fit all given filters; `search` in the summary, and in whom and what they are about."""
    found = _filtered(Enquiry.objects.all(), contact=contact, listing=listing, status=status, thread_id=thread_id)
    for word in _words(search):
        contacts, listings = Contact.objects.filter(_contact_says(word)), Listing.objects.filter(_listing_says(word))
        found = found.filter(Q(summary__icontains=word) | Q(contact__in=contacts) | Q(listing__in=listings))
    return _page(found, enquiry_read, older_than, newer_than, limit, counted)


def enquiry_of_thread(thread_id: str) -> str | None:
    """The id of a conversation's last enquiry; None where it has none."""
    found = Enquiry.objects.filter(thread_id=thread_id).order_by("-id").values_list("id", flat=True).first()
    return str(found) if found else None


def task_list(
    *,
    assignee: UUID | None = None,
    contact: UUID | None = None,
    enquiry: UUID | None = None,
    done: bool | None = None,
    due_before: datetime | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[TaskView]:
    """Tasks that fit all given filters; `search` in the title, and in whom they are about."""
    found = _filtered(
        Task.objects.all(),
        assignee=assignee,
        contact=contact,
        enquiry=enquiry,
        done=done,
        due_at__lt=due_before,
    )
    return _page(_tasks_saying(found, search), task_read, older_than, newer_than, limit)


def task_agenda(
    *,
    assignee: UUID | None = None,
    search: str = "",
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
    limit: int = 50,
) -> Page[TaskView]:
    """Tasks that are to be done, soonest due first, those without a time last.

    `older` and `newer` lead down and up in this order; where the task they name is gone, to its top.
    """
    found = _tasks_saying(_filtered(Task.objects.filter(done=False), assignee=assignee), search)
    found = found.annotate(by=Coalesce("due_at", Value(NEVER)))
    limit = max(1, min(limit, MAX_PAGE))
    edge_id = older_than or newer_than
    edge = Task.objects.filter(pk=edge_id).first() if edge_id else None
    at = (edge.due_at or NEVER) if edge else NEVER
    if edge and newer_than:
        rows = list(found.filter(Q(by__lt=at) | Q(by=at, pk__lt=edge.pk)).order_by("-by", "-pk")[: limit + 1])
        more_newer, more_older = len(rows) > limit, True
        rows = rows[:limit][::-1]
    else:
        if edge:
            found = found.filter(Q(by__gt=at) | Q(by=at, pk__gt=edge.pk))
        rows = list(found.order_by("by", "pk")[: limit + 1])
        more_newer, more_older = edge is not None, len(rows) > limit
        rows = rows[:limit]
    return Page(
        tuple(map(task_read, rows)),
        older=rows[-1].pk if rows and more_older else None,
        newer=rows[0].pk if rows and more_newer else None,
    )


def task_count(*, assignee: UUID | None = None, due_before: datetime | None = None) -> int:
    """How many tasks are to be done, counted to COUNTED_TO + 1."""
    found = _filtered(Task.objects.filter(done=False), assignee=assignee, due_at__lt=due_before)
    return found[: COUNTED_TO + 1].count()


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


def listings_open_between(starts_at: datetime, ends_at: datetime) -> tuple[ListingView, ...]:
    """Listings on offer that are open to all at some time between two times."""
    read = listing_reader()
    shown = map(read, Listing.objects.filter(status__in=LIVE).exclude(open_times=[]).order_by("pk"))
    return tuple(
        listing
        for listing in shown
        if any(each.starts_at < ends_at and each.ends_at > starts_at for each in listing.open_times)
    )


# --- the parts --------------------------------------------------------------------------------


def _one(model: type[R], record: UUID, view: Callable[[R], V]) -> V | None:
    found = model._base_manager.filter(pk=record).first()
    return view(found) if found else None


def _many(model: type[R], ids: Iterable[UUID | None], view: Callable[[R], V]) -> dict[UUID, V]:
    wanted = {each for each in ids if each is not None}
    return {row.pk: view(row) for row in model._base_manager.filter(pk__in=wanted)} if wanted else {}


def _words(search: str) -> list[str]:
    """The words of a search; a comma parts them too, as in "14 Wattle Street, Marrickville"."""
    return [word for word in re.split(r"[\s,]+", search.replace("\x00", " ")) if word]


def _contact_says(word: str) -> Q:
    return Q(searched__contains=Upper(Value(word)))


def _listing_says(word: str) -> Q:
    return Q(address__icontains=word) | Q(suburb__icontains=word)


def _tasks_saying(found: QuerySet[Task], search: str) -> QuerySet[Task]:
    for word in _words(search):
        found = found.filter(Q(title__icontains=word) | Q(contact__in=Contact.objects.filter(_contact_says(word))))
    return found


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
    counted: bool = False,
) -> Page[V]:
    """Ids are made in order of time, so they are the order, and the place to go on from."""
    limit = max(1, min(limit, MAX_PAGE))
    total = found[: COUNTED_TO + 1].count() if counted else None
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
        return Page((), total=total)
    return Page(
        tuple(map(view, rows)),
        older=rows[-1].pk if more_older else None,
        newer=rows[0].pk if more_newer else None,
        total=total,
    )
