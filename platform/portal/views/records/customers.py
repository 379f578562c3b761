"""Customers: how to reach them, and everything that is going on with them."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from crm.selectors import ContactView, appointment_list, contact_list, contact_view, enquiry_list, task_list
from gateway.pagination import Cursor
from mail.selectors import message_list
from portal.views.records.rows import (
    appointment_rows,
    contact_rows,
    conversation_rows,
    enquiry_rows,
    known_of,
    task_rows,
)
from portal.views.records.shapes import Block, Detail, Field, Found, Rights, Section, search_in

SHOWN = 8
# Messages whose conversations are shown: a lively customer writes many in one.
LOOKED_AT = 40


def find(request: HttpRequest, cursor: Cursor) -> Found:
    """Customers, newest first; `q` searches name, address and number."""
    page = contact_list(
        search=search_in(request),
        older_than=cursor.older_than,
        newer_than=cursor.newer_than,
        limit=cursor.limit,
        counted=True,
    )
    return Found(page)


def detail(contact: ContactView, rights: Rights) -> Detail:
    """How to reach a customer, what they ask for, what is to be done, and when they come."""
    may = rights.may
    enquiries = enquiry_list(contact=contact.id, limit=SHOWN).items if may("view", "enquiry") else ()
    tasks = task_list(contact=contact.id, limit=SHOWN).items if may("view", "task") else ()
    appointments = appointment_list(contact=contact.id, limit=SHOWN).items if may("view", "appointment") else ()
    known = known_of([*enquiries, *tasks, *appointments], page_of=contact)
    blocks = []
    if may("view", "enquiry"):
        blocks.append(
            rights.block(
                "enquiry",
                "Enquiries",
                enquiry_rows(enquiries, known, of="contact"),
                "No enquiry yet.",
                contact=contact.id,
            )
        )
    if may("view", "task"):
        blocks.append(
            rights.block(
                "task", "Tasks", task_rows(tasks, known, of="contact"), "Nothing is to be done.", contact=contact.id
            )
        )
    if may("view", "appointment"):
        blocks.append(
            rights.block(
                "appointment",
                "Appointments",
                appointment_rows(appointments, known, of="contact"),
                "No appointment.",
                contact=contact.id,
            )
        )
    if contact.email and rights.has("mail.view_thread"):
        mails = message_list(sender=contact.email, limit=LOOKED_AT).items
        blocks.append(Block("Conversations", conversation_rows(mails)[:SHOWN], "No email from this address."))
    return Detail(
        title=contact.called,
        person=contact.called,
        fields=[
            Field("Email", contact.email, url=f"mailto:{contact.email}" if contact.email else ""),
            Field("Phone", contact.phone, url=f"tel:{contact.phone.replace(' ', '')}" if contact.phone else ""),
        ],
        blocks=blocks,
        erase_url=reverse("portal:customer_erase", args=[contact.id]) if rights.has("workflows.add_erasure") else "",
    )


def given(request: HttpRequest) -> dict[str, Any]:
    """A new customer starts empty, or with the name that was searched in vain."""
    return {"name": request.GET.get("name", "")[:300]}


SECTION = Section(
    kind="contact",
    one="customer",
    many="customers",
    label="Customers",
    noun="customer",
    nouns="customers",
    path="customers",
    hint="They appear here when they write, or when you add them.",
    find=find,
    view=contact_view,
    rows=contact_rows,
    detail=detail,
    given=given,
)
