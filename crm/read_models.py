"""Records as they leave the app: frozen, with the words and the local times that people see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm import wording
from crm.models import Appointment, Contact, Enquiry, Listing, ListingStatus, Record, Task
from crm.values import JSON
from tenants.selectors import current

V = TypeVar("V", bound="RecordView")


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """What all have; `version` counts the writes, from 1."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class ContactView(RecordView):
    name: str
    email: str
    phone: str

    @property
    def called(self) -> str:
        """The name, or else what they are known by."""
        return self.name or self.email or self.phone


@dataclass(frozen=True)
class OpenTime:
    """`text` is in the tenant's zone; `field` names the open time in `records.pick`."""

    starts_at: datetime
    ends_at: datetime
    text: str
    field: str


@dataclass(frozen=True)
class DisplayField:
    """A field as people see it; `value` is the canonical value that `text` tells of."""

    name: str
    label: str
    text: str
    value: JSON


@dataclass(frozen=True, kw_only=True)
class ListingView(RecordView):
    """`open_times` are all of them, `display` what can be told to a customer at the time it was read.

    `display` leaves out what is empty and the open times that have ended; its names are those of
    `records.pick`, such as "price_guide", "facts.council_rates" and "open_times.<starts_at>".
    """

    title: str
    address: str
    suburb: str
    status: str
    price_guide: str
    open_times: tuple[OpenTime, ...]
    facts: dict[str, str]
    display: tuple[DisplayField, ...]

    def open_times_after(self, moment: datetime) -> tuple[OpenTime, ...]:
        """Those that begin after `moment`."""
        return tuple(open_time for open_time in self.open_times if open_time.starts_at > moment)


@dataclass(frozen=True, kw_only=True)
class EnquiryView(RecordView):
    """`budget` is an amount of `currency`, ISO 4217; an empty currency is the tenant's own."""

    contact: UUID
    listing: UUID | None
    status: str
    summary: str
    budget: Decimal | None
    currency: str
    thread_id: str


@dataclass(frozen=True, kw_only=True)
class TaskView(RecordView):
    title: str
    due_at: datetime | None
    assignee: UUID | None
    done: bool
    contact: UUID | None
    enquiry: UUID | None


@dataclass(frozen=True, kw_only=True)
class AppointmentView(RecordView):
    """`text` is the time in the tenant's zone."""

    listing: UUID
    contact: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    text: str


def contact_read(row: Contact) -> ContactView:
    """The contact of a row."""
    return _read(ContactView, row)


def enquiry_read(row: Enquiry) -> EnquiryView:
    """The enquiry of a row."""
    return _read(EnquiryView, row)


def task_read(row: Task) -> TaskView:
    """The task of a row."""
    return _read(TaskView, row)


def appointment_reader(now: datetime | None = None) -> Callable[[Appointment], AppointmentView]:
    """Reads rows in the current tenant's zone; times of other years than `now` carry theirs."""
    zone, moment = current().timezone, now or timezone.now()

    def read(row: Appointment) -> AppointmentView:
        return _read(AppointmentView, row, text=wording.span(row.starts_at, row.ends_at, zone, moment))

    return read


def listing_reader(now: datetime | None = None) -> Callable[[Listing], ListingView]:
    """Reads rows in the current tenant's zone, as they can be told at `now` (else the present)."""
    zone, moment = current().timezone, now or timezone.now()

    def read(row: Listing) -> ListingView:
        open_times = tuple(_open_times(row, zone, moment))
        display = tuple(_display(row, open_times, moment))
        return _read(ListingView, row, title=str(row), open_times=open_times, display=display)

    return read


def _read(view: type[V], row: Record, **worked_out: Any) -> V:
    """The view whose fields are the row's columns, but for those `worked_out`."""
    names = [field.name for field in fields(view) if field.name not in worked_out]
    columns = {field.name: field.attname for field in row._meta.concrete_fields}
    return view(**{name: getattr(row, columns[name]) for name in names}, **worked_out)


def _open_times(row: Listing, zone: ZoneInfo, now: datetime) -> Iterator[OpenTime]:
    for item in row.open_times:
        starts_at = datetime.fromisoformat(item["starts_at"])
        ends_at = datetime.fromisoformat(item["ends_at"])
        text = wording.span(starts_at, ends_at, zone, now)
        yield OpenTime(starts_at, ends_at, text, f"open_times.{item['starts_at']}")


def _display(row: Listing, open_times: tuple[OpenTime, ...], now: datetime) -> Iterator[DisplayField]:
    texts = {
        "address": row.address,
        "suburb": row.suburb,
        "status": ListingStatus(row.status).label,
        "price_guide": row.price_guide,
    }
    for name, text in texts.items():
        if text:
            yield DisplayField(name, wording.label(name), text, getattr(row, name))
    for stored, open_time in zip(row.open_times, open_times, strict=True):
        if open_time.ends_at > now:
            yield DisplayField(open_time.field, wording.label("open_times"), open_time.text, dict(stored))
    for name, text in row.facts.items():
        if text:
            yield DisplayField(f"facts.{name}", wording.label(name), text, text)
