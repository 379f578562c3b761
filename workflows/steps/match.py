"""Find whom and what a message is about: the sender's contact, the listing, the times that can be booked."""

from typing import Any

from pydantic import BaseModel

from audit.canonical import timestamp
from crm.selectors import contact_by_email, listing_match, listing_view
from workflows.steps.base import StepKind, World


class MatchGiven(BaseModel):
    """`facts` come from the message; they lead to records, but never name one."""

    facts: dict[str, Any] = {}


class Match(StepKind):
    name = "crm.match"
    label = "Find the records"
    Input = MatchGiven
    takes = {"facts": "ai.understand:facts"}

    def run(self, input: MatchGiven, world: World) -> dict[str, Any]:
        message = world.message
        contact = contact_by_email(message.answer_to) if message else None
        matches = listing_match(
            address=input.facts.get("address") or "",
            suburb=input.facts.get("suburb") or "",
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
