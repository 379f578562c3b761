"""Lists of records, newest first in pages: `older` and `newer` are the ids to ask for next."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper

from crm.models import (
    Appointment,
    Contact,
    Enquiry,
    Listing,
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
from crm.selectors.single import with_email

R = TypeVar("R", bound=Record)
V = TypeVar("V")
MAX_PAGE = 200
# A list is counted no further than this: the rest is "over 1,000", and costs nothing.
COUNTED_TO = 1000


@dataclass(frozen=True)
class Page(Generic[V]):
    """Some of a list; `older` and `newer` are None at its ends.

    `total`, where it was asked for: how many there are in all, counted to COUNTED_TO + 1.
    """

    items: tuple[V, ...]
    older: UUID | None = None
    newer: UUID | None = None
    total: int | None = None


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
    found = Contact.objects.all() if email is None else with_email(email)
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
    found = filtered(Listing.objects.all(), status=status, suburb__iexact=suburb)
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
    found = filtered(Enquiry.objects.all(), contact=contact, listing=listing, status=status, thread_id=thread_id)
    for word in _words(search):
        contacts, listings = Contact.objects.filter(_contact_says(word)), Listing.objects.filter(_listing_says(word))
        found = found.filter(Q(summary__icontains=word) | Q(contact__in=contacts) | Q(listing__in=listings))
    return _page(found, enquiry_read, older_than, newer_than, limit, counted)


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
    found = filtered(
        Task.objects.all(),
        assignee=assignee,
        contact=contact,
        enquiry=enquiry,
        done=done,
        due_at__lt=due_before,
    )
    return _page(tasks_saying(found, search), task_read, older_than, newer_than, limit)


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
    found = filtered(Appointment.objects.all(), listing=listing, contact=contact, status=status)
    return _page(found, appointment_reader(), older_than, newer_than, limit)


def _words(search: str) -> list[str]:
    """The words of a search; a comma parts them too, as in "14 Wattle Street, Marrickville"."""
    return [word for word in re.split(r"[\s,]+", search.replace("\x00", " ")) if word]


def _contact_says(word: str) -> Q:
    return Q(searched__contains=Upper(Value(word)))


def _listing_says(word: str) -> Q:
    return Q(address__icontains=word) | Q(suburb__icontains=word)


def tasks_saying(found: QuerySet[Task], search: str) -> QuerySet[Task]:
    """Those with every word of the search in their title, or in whom they are about."""
    for word in _words(search):
        found = found.filter(Q(title__icontains=word) | Q(contact__in=Contact.objects.filter(_contact_says(word))))
    return found


def filtered(found: QuerySet[R], **filters: object) -> QuerySet[R]:
    """Those that fit the filters that are given; None is no filter."""
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
