"""Put a customer down for a time at a listing."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from audit.canonical import timestamp
from crm.selectors import ListingView, OpenTime, appointment_of, listing_view
from workflows.actions.base import (
    Action,
    Fact,
    Moment,
    Plan,
    Reader,
    RecordId,
    create,
    record_of,
    reference,
    update,
    written,
)
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

    listing: Annotated[UUID, record_of("listing", "Listing")]
    contact: Annotated[Any, record_of("contact", "Customer")]
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
    """Put the customer down for a time at a listing; who is down for it stays so."""

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
        booked = _booked(input)
        if booked:
            change = update("appointment", booked, "Appointment", "appointment", {"ends_at": wanted["ends_at"]})
        else:
            change = create("appointment", "Appointment", "appointment", wanted)
        open_time = next((t for t in listing.open_times if t.starts_at == input.starts_at), None)
        shown = open_time.text if open_time else _shown(input, reader)
        return Plan(
            action=self.name,
            input=input.model_dump(mode="json"),
            changes=[change],
            output={"appointment": booked or reference(reader.step, "appointment")},
            summary=f"{shown}, {listing.title}{', as booked already' if booked else ''}",
            basis=[*_basis(listing, open_time), *_once(input, booked), *written([change])],
        )


def _basis(listing: ListingView, open_time: OpenTime | None) -> list[Fact]:
    """The listing is still to be had, and still open then, where it was."""
    record = f"listing:{listing.id}"
    basis = [Fact(record=record, field="status", value=listing.status)]
    if open_time is not None:
        span = {"starts_at": timestamp(open_time.starts_at), "ends_at": timestamp(open_time.ends_at)}
        basis.append(Fact(record=record, field=open_time.field, value=span))
    return basis


def _booked(input: AppointmentInput) -> str | None:
    """The appointment that the customer has there at that time; None for a customer to come."""
    if not isinstance(input.contact, str):
        return None
    return appointment_of(contact=UUID(input.contact), listing=input.listing, starts_at=input.starts_at)


def _once(input: AppointmentInput, booked: str | None) -> list[Fact]:
    """That the customer has this appointment, or none, is a fact too: nobody is put down twice."""
    if not isinstance(input.contact, str):
        return []
    record = f"appointment-of-customer:{input.contact}:{input.listing}:{timestamp(input.starts_at)}"
    fact = Fact(record=record, field="id", value=booked)
    return [fact if booked else fact.model_copy(update={"after": "made by us", "writes": True})]


def _shown(input: AppointmentInput, reader: Reader) -> str:
    local = input.starts_at.astimezone(reader.tenant.timezone)
    return f"{local:%a} {local.day} {local:%b}, {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
