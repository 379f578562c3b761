"""Appointments: who comes to see what, and when. Their list is the calendar."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from crm.forms import moment_of
from crm.selectors import AppointmentView, appointment_view, contact_view, listing_view, status_words
from portal.views.records.rows import TONES, appointment_rows
from portal.views.records.shapes import Detail, Field, Rights, Section, uuid_in
from portal.wording import interval, zone

USUAL = timedelta(minutes=30)


def detail(appointment: AppointmentView, rights: Rights) -> Detail:
    """Who comes, where and when."""
    contact, listing = contact_view(appointment.contact), listing_view(appointment.listing)
    assert contact is not None
    assert listing is not None
    return Detail(
        title=f"{contact.called} at {listing.address}",
        person=contact.called,
        tag=status_words("appointment")[appointment.status],
        tone=TONES.get(appointment.status, ""),
        fields=[
            Field("When", interval(appointment.starts_at, appointment.ends_at)),
            Field("Customer", contact.called, url=reverse("portal:customer", args=[contact.id])),
            Field("Phone", contact.phone, url=f"tel:{contact.phone.replace(' ', '')}" if contact.phone else ""),
            Field("Listing", listing.title, url=reverse("portal:listing", args=[listing.id])),
        ],
    )


def given(request: HttpRequest) -> dict[str, Any]:
    """A new appointment may start with a customer, a listing and a time (`at`, a clock of the tenant's zone)."""
    try:
        starts_at = moment_of(request.GET.get("at", ""), zone())
    except ValidationError:
        starts_at = None
    return {
        "status": "booked",
        "contact": uuid_in(request, "contact"),
        "listing": uuid_in(request, "listing"),
        "starts_at": starts_at,
        "ends_at": starts_at + USUAL if starts_at else None,
    }


SECTION = Section(
    kind="appointment",
    one="appointment",
    many="calendar",
    label="Calendar",
    noun="appointment",
    nouns="appointments",
    path="calendar",
    hint="",
    find=None,
    view=appointment_view,
    rows=appointment_rows,
    detail=detail,
    given=given,
)
