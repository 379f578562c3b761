"""Put a customer down for a time at a listing."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from audit.canonical import timestamp
from crm.selectors import ListingView, OpenTime, listing_view
from workflows.actions.base import Action, Fact, Moment, Plan, Reader, RecordId, create, reference
from workflows.errors import NotRetryable
from workflows.kinds import Out


class Slot(BaseModel):
    """A time, with its end."""

    starts_at: Moment
    ends_at: Moment


class AppointmentGiven(BaseModel):
    """A slot that the recommendation chose among those that the listing has."""

    slot: Slot
    listing: UUID
    contact: Any


class AppointmentInput(BaseModel):
    """What people see."""

    model_config = ConfigDict(extra="forbid")

    listing: UUID
    contact: Any
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _ends_later(self) -> "AppointmentInput":
        if self.ends_at <= self.starts_at:
            raise ValueError("an appointment ends after it starts")
        return self


class Booked(Out):
    """The appointment that was made."""

    appointment: RecordId


class BookAppointment(Action):
    """Put the customer down for a time at a listing."""

    name = "crm.book_appointment"
    label = "Book the appointment"
    risk = "medium"
    reversible = True
    role = "booking"
    Given = AppointmentGiven
    Input = AppointmentInput
    Output = Booked
    takes = {
        "slot": "ai.recommend:slot",
        "listing": "crm.match:listing",
        "contact": "crm.upsert_enquiry:contact",
    }
    chosen = frozenset({"contact"})
    editable = frozenset({"starts_at", "ends_at"})

    def prepare(self, given: AppointmentGiven, reader: Reader) -> AppointmentInput:
        return AppointmentInput(
            listing=given.listing,
            contact=given.contact,
            starts_at=given.slot.starts_at,
            ends_at=given.slot.ends_at,
        )

    def plan(self, input: AppointmentInput, reader: Reader) -> Plan:
        listing = listing_view(input.listing, now=reader.now)
        if listing is None:
            raise NotRetryable("The listing of this appointment is gone.")
        wanted = {
            "listing": str(input.listing),
            "contact": input.contact,
            "starts_at": timestamp(input.starts_at),
            "ends_at": timestamp(input.ends_at),
        }
        open_time = next((t for t in listing.open_times if t.starts_at == input.starts_at), None)
        shown = open_time.text if open_time else _shown(input, reader)
        return Plan(
            action=self.name,
            input=input.model_dump(mode="json"),
            changes=[create("appointment", "Appointment", "appointment", wanted)],
            output={"appointment": reference(reader.step, "appointment")},
            summary=f"{shown}, {listing.title}",
            basis=_basis(listing, open_time),
        )


def _basis(listing: ListingView, open_time: OpenTime | None) -> list[Fact]:
    """The listing is still to be had, and still open then, where it was."""
    record = f"listing:{listing.id}"
    basis = [Fact(record=record, field="status", value=listing.status)]
    if open_time is not None:
        span = {"starts_at": timestamp(open_time.starts_at), "ends_at": timestamp(open_time.ends_at)}
        basis.append(Fact(record=record, field=open_time.field, value=span))
    return basis


def _shown(input: AppointmentInput, reader: Reader) -> str:
    local = input.starts_at.astimezone(reader.tenant.timezone)
    return f"{local:%a} {local.day} {local:%b}, {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
