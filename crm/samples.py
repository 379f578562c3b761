"""Sample records: listings and contacts to answer from, and what people are busy with, so that pages are not empty."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from uuid_utils.compat import uuid7

from accounts.selectors import person_by_email
from audit.canonical import timestamp
from audit.services import Actor
from crm.models import LIVE, Appointment, Contact, Enquiry, Listing, Task
from crm.records import record_create, record_set
from crm.selectors import contact_by_email

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ACTOR = Actor.system("samples")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SampleOpenTime(_Part):
    """A weekday's next occurrence after today, `weeks` later; `at` is local time, HH:MM."""

    weekday: Weekday
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    minutes: int = Field(ge=5, le=24 * 60)
    weeks: int = Field(default=0, ge=0, le=8)


class SampleListing(_Part):
    address: str
    suburb: str = ""
    status: str = "available"
    price_guide: str = ""
    open_times: tuple[SampleOpenTime, ...] = ()
    facts: dict[str, str] = {}


class SampleContact(_Part):
    name: str
    email: str
    phone: str = ""


class SampleEnquiry(_Part):
    """An enquiry of the contact with this address; `listing` is an address of the samples."""

    contact: str
    listing: str = ""
    status: str = "new"
    summary: str = ""
    budget: str | None = None


class SampleTask(_Part):
    """Due `days` after today (before it, where negative) at `at`; `assignee` is a colleague's email address."""

    title: str
    assignee: str = ""
    contact: str = ""
    days: int = Field(default=0, ge=-60, le=60)
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "17:00"
    done: bool = False


class SampleAppointment(SampleOpenTime):
    """When a contact comes to see a listing."""

    contact: str
    listing: str
    status: str = "booked"


class Samples(BaseModel):
    """The parts of a demo file that are records; what else it holds is for others."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    listings: tuple[SampleListing, ...] = ()
    contacts: tuple[SampleContact, ...] = ()
    enquiries: tuple[SampleEnquiry, ...] = ()
    tasks: tuple[SampleTask, ...] = ()
    appointments: tuple[SampleAppointment, ...] = ()


@transaction.atomic
def samples_install(data: dict[str, Any], today: date, timezone: ZoneInfo) -> None:
    """Add the sample `listings` and `contacts` that are not there yet.

    `today` is the date in `timezone`, from which open times are counted. A listing whose open times
    have all passed gets new ones; whatever else a person changed stays. Raises pydantic's
    ValidationError for data of another shape, and Invalid.
    """
    samples = Samples.model_validate(data)
    for contact in samples.contacts:
        if contact_by_email(contact.email) is None:
            record_create(kind="contact", id=uuid7(), fields=contact.model_dump(), actor=ACTOR)
    for listing in samples.listings:
        _install(listing, today, timezone)


@transaction.atomic
def activity_install(data: dict[str, Any], today: date, timezone: ZoneInfo) -> None:
    """Add the sample `enquiries` and `tasks` that are not there yet, and an appointment for who has none to come.

    What they refer to must be there: `samples_install` first, and colleagues by their addresses. Raises
    pydantic's ValidationError and Invalid, and DoesNotExist for a contact or listing that is missing.
    """
    samples = Samples.model_validate(data)
    for enquiry in samples.enquiries:
        _enquiry(enquiry)
    for task in samples.tasks:
        _task(task, today, timezone)
    for appointment in samples.appointments:
        _appointment(appointment, today, timezone)


def _contact(email: str) -> UUID | None:
    return Contact.objects.get(email__iexact=email).pk if email else None


def _listing(address: str) -> UUID | None:
    return Listing.objects.filter(address__iexact=address).earliest("pk").pk if address else None


def _enquiry(sample: SampleEnquiry) -> None:
    contact, listing = _contact(sample.contact), _listing(sample.listing)
    if not Enquiry.objects.filter(contact=contact, listing=listing).exists():
        fields = sample.model_dump() | {"contact": contact, "listing": listing}
        record_create(kind="enquiry", id=uuid7(), fields=fields, actor=ACTOR)


def _task(sample: SampleTask, today: date, zone: ZoneInfo) -> None:
    if Task.objects.filter(title=sample.title).exists():
        return
    person = person_by_email(sample.assignee) if sample.assignee else None
    fields = {
        "title": sample.title,
        "done": sample.done,
        "contact": _contact(sample.contact),
        "assignee": person.id if person else None,
        "due_at": datetime.combine(today + timedelta(days=sample.days), time.fromisoformat(sample.at), zone),
    }
    record_create(kind="task", id=uuid7(), fields=fields, actor=ACTOR)


def _appointment(sample: SampleAppointment, today: date, zone: ZoneInfo) -> None:
    contact, listing = _contact(sample.contact), _listing(sample.listing)
    midnight = datetime.combine(today, time(), zone)
    if not Appointment.objects.filter(contact=contact, listing=listing, starts_at__gte=midnight).exists():
        fields = {"contact": contact, "listing": listing, "status": sample.status, **_open_time(sample, today, zone)}
        record_create(kind="appointment", id=uuid7(), fields=fields, actor=ACTOR)


def _install(sample: SampleListing, today: date, zone: ZoneInfo) -> None:
    open_times = [_open_time(each, today, zone) for each in sample.open_times]
    same = Listing.objects.filter(address__iexact=sample.address, suburb__iexact=sample.suburb)
    found = same.filter(status__in=LIVE).first() or same.first()
    if found is None:
        fields = sample.model_dump() | {"open_times": open_times}
        record_create(kind="listing", id=uuid7(), fields=fields, actor=ACTOR)
        return
    midnight = timestamp(datetime.combine(today, time(), zone))
    if found.status in LIVE and open_times and all(each["ends_at"] < midnight for each in found.open_times):
        record_set(kind="listing", id=found.pk, fields={"open_times": open_times}, actor=ACTOR)


def _open_time(sample: SampleOpenTime, today: date, zone: ZoneInfo) -> dict[str, datetime]:
    days = (WEEKDAYS.index(sample.weekday) - today.weekday() - 1) % 7 + 1
    day = today + timedelta(days=days, weeks=sample.weeks)
    starts_at = datetime.combine(day, time.fromisoformat(sample.at), zone)
    return {
        "starts_at": starts_at,
        "ends_at": datetime.fromtimestamp(starts_at.timestamp() + sample.minutes * 60, zone),
    }
