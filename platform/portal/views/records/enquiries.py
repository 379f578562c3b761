"""Enquiries: who wants what, and how far it has come."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from crm.selectors import (
    EnquiryView,
    contact_view,
    enquiry_list,
    enquiry_view,
    listing_view,
    status_words,
    task_list,
)
from gateway.pagination import Cursor
from mail.errors import NoSuchThread
from mail.selectors import thread_view
from portal.views.records.rows import TONES, amount, enquiry_rows, task_rows
from portal.views.records.shapes import Detail, Field, Filter, Found, Rights, Section, chosen, search_in, uuid_in

SHOWN = 12


def find(request: HttpRequest, cursor: Cursor) -> Found:
    """Enquiries, newest first; `q` searches what they are about and of whom, `status` filters."""
    words = status_words("enquiry")
    status = chosen(request, "status", words)
    page = enquiry_list(
        search=search_in(request),
        status=status,
        older_than=cursor.older_than,
        newer_than=cursor.newer_than,
        limit=cursor.limit,
        counted=True,
    )
    return Found(page, filters=[Filter("status", "Status", {"": "Any status", **words}, status or "")])


def detail(enquiry: EnquiryView, rights: Rights) -> Detail:
    """What a customer wants, for how much, and what is to be done about it."""
    contact = contact_view(enquiry.contact)
    listing = listing_view(enquiry.listing) if enquiry.listing else None
    assert contact is not None
    blocks = []
    if rights.may("view", "task"):
        blocks.append(
            rights.block(
                "task",
                "Tasks",
                task_rows(task_list(enquiry=enquiry.id, limit=SHOWN).items, of="contact"),
                "Nothing is to be done.",
                contact=enquiry.contact,
                enquiry=enquiry.id,
            )
        )
    return Detail(
        title=f"{contact.called}: {listing.address}" if listing else contact.called,
        person=contact.called,
        tag=status_words("enquiry")[enquiry.status],
        tone=TONES.get(enquiry.status, ""),
        fields=[
            Field("Customer", contact.called, url=reverse("portal:customer", args=[contact.id])),
            Field(
                "Listing",
                listing.title if listing else "",
                url=reverse("portal:listing", args=[listing.id]) if listing else "",
                empty="No listing is meant",
            ),
            Field("Budget", amount(enquiry), empty="None was named"),
            Field("Summary", enquiry.summary, form="lines"),
            *_conversation(enquiry, rights),
        ],
        blocks=blocks,
    )


def _conversation(enquiry: EnquiryView, rights: Rights) -> list[Field]:
    if not enquiry.thread_id or not rights.has("mail.view_thread"):
        return []
    try:
        thread = thread_view(enquiry.thread_id)
    except NoSuchThread:
        return []
    subject = thread.subject or "(no subject)"
    return [Field("Conversation", subject, url=reverse("portal:conversation", args=[thread.id]))]


def given(request: HttpRequest) -> dict[str, Any]:
    """A new enquiry may start with a customer or a listing."""
    return {"status": "new", "contact": uuid_in(request, "contact"), "listing": uuid_in(request, "listing")}


SECTION = Section(
    kind="enquiry",
    one="enquiry",
    many="enquiries",
    label="Enquiries",
    noun="enquiry",
    nouns="enquiries",
    path="enquiries",
    hint="The workflow opens one for each customer who writes about a listing. You can add one after a call.",
    find=find,
    view=enquiry_view,
    rows=enquiry_rows,
    detail=detail,
    given=given,
)
