"""What is to be done, and what takes place when."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from crm.models import (
    LIVE,
    Appointment,
    AppointmentStatus,
    Listing,
    Task,
)
from crm.read_models import (
    AppointmentView,
    ListingView,
    TaskView,
    appointment_reader,
    listing_reader,
    task_read,
)
from crm.selectors.lists import COUNTED_TO, MAX_PAGE, Page, filtered, tasks_saying

NEVER = datetime(9999, 12, 31, tzinfo=UTC)


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
    found = tasks_saying(filtered(Task.objects.filter(done=False), assignee=assignee), search)
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
    found = filtered(Task.objects.filter(done=False), assignee=assignee, due_at__lt=due_before)
    return found[: COUNTED_TO + 1].count()


def appointments_between(
    starts_at: datetime, ends_at: datetime, *, listing: UUID | None = None, contact: UUID | None = None
) -> tuple[AppointmentView, ...]:
    """Appointments that take place, in part or whole, between two times, by start; not the cancelled."""
    found = filtered(Appointment.objects.exclude(status=AppointmentStatus.CANCELLED), listing=listing, contact=contact)
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
