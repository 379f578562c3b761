"""Find whom and what a message is about: the sender's contact, the listing, the times that can be booked."""

from typing import Any

from pydantic import BaseModel

from audit.canonical import timestamp
from crm.selectors import contact_by_email, listing_match, listing_view
from workflows.kinds import Out
from workflows.steps.base import StepKind, World


class Place(BaseModel):
    """Of what a message says, what leads to a listing."""

    address: str | None = None
    suburb: str | None = None


class MatchGiven(BaseModel):
    """`facts` come from the message; they lead to records, but never name one."""

    facts: Place = Place()


class Candidate(Out):
    """A listing that the message may be about, and why."""

    listing: str
    title: str
    why: str


class FreeSlot(Out):
    """A time to come at which the listing is open; `text` is how `field` of the listing says it."""

    starts_at: str
    ends_at: str
    text: str
    field: str


class Matched(Out):
    """Ids of the records that were found; null where there is none, or more than one would do."""

    contact: str | None
    new_customer: bool
    listing: str | None
    listing_title: str | None
    candidates: list[Candidate]
    slots: list[FreeSlot]


class Match(StepKind):
    """Find the sender's contact, the listing that the message is about, and the times that can be booked."""

    name = "crm.match"
    label = "Find the records"
    Input = MatchGiven
    Output = Matched
    takes = {"facts": "ai.understand:facts"}

    def run(self, input: MatchGiven, world: World) -> dict[str, Any]:
        message = world.message
        contact = contact_by_email(message.answer_to) if message else None
        matches = listing_match(
            address=input.facts.address or "",
            suburb=input.facts.suburb or "",
            text=f"{message.subject}\n{message.own_text}" if message else "",
        )
        listing = listing_view(matches.listing, now=world.now) if matches.listing else None
        slots = listing.open_times_after(world.now) if listing and listing.status == "available" else ()
        return {
            "contact": str(contact.id) if contact else None,
            "new_customer": contact is None,
            "listing": str(listing.id) if listing else None,
            "listing_title": listing.title if listing else None,
            "candidates": [
                {"listing": str(found.listing), "title": found.title, "why": found.why} for found in matches.found[:5]
            ],
            "slots": [
                {
                    "starts_at": timestamp(slot.starts_at),
                    "ends_at": timestamp(slot.ends_at),
                    "text": slot.text,
                    "field": slot.field,
                }
                for slot in slots
            ],
        }
