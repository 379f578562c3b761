"""Appointments: who comes to see what, and when. Their list is the calendar."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.selectors import actor_of
from crm.errors import Missing
from crm.forms import moment_of
from crm.selectors import AppointmentView, appointment_view, contact_view, listing_view, status_words
from crm.services import appointment_update
from portal.views.access import page
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


@require_POST
@page("crm.change_appointment")
def appointment_cancel(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Nobody comes: the slot is free again, and the record tells that there was one."""
    try:
        appointment_update(appointment=record_id, status="cancelled", actor=actor_of(request.user))
    except Missing:
        raise Http404("There is no such appointment.") from None
    messages.success(request, "Cancelled. The customer was not told.")
    return redirect("portal:appointment", record_id)


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
