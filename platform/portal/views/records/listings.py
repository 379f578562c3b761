"""Listings: what is on offer, when it is open, and what may be told of it."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from crm.selectors import (
    ListingView,
    appointments_between,
    enquiry_list,
    listing_list,
    listing_view,
    status_words,
)
from crm.wording import label
from gateway.pagination import Cursor
from portal.views.records.rows import appointment_rows, enquiry_rows, known_of, listing_rows
from portal.views.records.shapes import Detail, Field, Filter, Found, Rights, Section, chosen, search_in

SHOWN = 12
AHEAD = timedelta(days=60)
LONG = 90


def find(request: HttpRequest, cursor: Cursor) -> Found:
    """Listings, newest first; `q` searches address and suburb, `status` filters."""
    words = status_words("listing")
    status = chosen(request, "status", words)
    page = listing_list(
        search=search_in(request),
        status=status,
        older_than=cursor.older_than,
        newer_than=cursor.newer_than,
        limit=cursor.limit,
        counted=True,
    )
    return Found(page, filters=[Filter("status", "Status", {"": "Any status", **words}, status or "")])


def detail(listing: ListingView, rights: Rights) -> Detail:
    """What is on offer, when it is open, who comes and who asks."""
    now = timezone.now()
    coming = [each.text for each in listing.open_times if each.ends_at > now]
    may = rights.may
    coming_to = appointments_between(now, now + AHEAD, listing=listing.id)[:SHOWN] if may("view", "appointment") else ()
    enquiries = enquiry_list(listing=listing.id, limit=SHOWN).items if may("view", "enquiry") else ()
    known = known_of([*coming_to, *enquiries])
    blocks = []
    if may("view", "appointment"):
        blocks.append(
            rights.block(
                "appointment",
                "Upcoming appointments",
                appointment_rows(coming_to, known, of="listing"),
                "Nobody has booked.",
                listing=listing.id,
            )
        )
    if may("view", "enquiry"):
        blocks.append(
            rights.block(
                "enquiry",
                "Enquiries",
                enquiry_rows(enquiries, known, of="listing"),
                "Nobody has asked.",
                listing=listing.id,
            )
        )
    facts = sorted(listing.facts.items(), key=lambda fact: (len(fact[1]) > LONG, label(fact[0]).casefold()))
    return Detail(
        title=listing.address,
        tag=status_words("listing")[listing.status],
        fields=[
            Field("Suburb", listing.suburb),
            Field("Price guide", listing.price_guide, empty="None is set"),
            Field("Open", "\n".join(coming), form="lines", empty="No open home is set"),
        ],
        more_title="Facts",
        more=[Field(label(name), text, form="lines") for name, text in facts],
        blocks=blocks,
    )


def given(request: HttpRequest) -> dict[str, Any]:
    """A new listing is available."""
    return {"status": "available"}


SECTION = Section(
    kind="listing",
    one="listing",
    many="listings",
    label="Listings",
    noun="listing",
    nouns="listings",
    path="listings",
    hint="What is told to customers comes from here: price guide, open times and facts.",
    find=find,
    view=listing_view,
    rows=listing_rows,
    detail=detail,
    given=given,
)
