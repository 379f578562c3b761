"""Sample listings and contacts, so that a new workspace has something to answer from."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from uuid_utils.compat import uuid7

from audit.canonical import timestamp
from audit.services import Actor
from crm.models import LIVE, Listing
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


class Samples(BaseModel):
    """The parts of a demo file that are records; what else it holds is for others."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    listings: tuple[SampleListing, ...] = ()
    contacts: tuple[SampleContact, ...] = ()


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
