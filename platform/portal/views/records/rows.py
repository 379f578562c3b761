"""Records as rows of lists; whatever the number of rows, what they refer to is read at once."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.selectors import names_of
from crm.selectors import (
    AppointmentView,
    ContactView,
    EnquiryView,
    ListingView,
    TaskView,
    contacts_by_id,
    enquiries_by_id,
    latest_enquiries,
    listings_by_id,
    status_words,
)
from portal.views.records.shapes import Row
from portal.wording import at, exact, interval, near, point, zone

TONES = {"new": "accent", "no_show": "warn"}


def first_line(text: str) -> str:
    """The first line of a text, which stands for it in a list."""
    return text.strip().split("\n", 1)[0]


def amount(enquiry: EnquiryView) -> str:
    """$1,550,000, or with the currency that was named; empty where there is no budget."""
    if enquiry.budget is None:
        return ""
    figure = f"{enquiry.budget:,.2f}".removesuffix(".00")
    return f"{enquiry.currency} {figure}" if enquiry.currency else f"${figure}"


def contact_rows(contacts: Sequence[ContactView]) -> list[Row]:
    """Each with its newest enquiry."""
    latest = latest_enquiries(contact.id for contact in contacts)
    listings = listings_by_id(enquiry.listing for enquiry in latest.values())
    words = status_words("enquiry")
    rows = []
    for contact in contacts:
        enquiry = latest.get(contact.id)
        listing = listings.get(enquiry.listing) if enquiry and enquiry.listing else None
        rows.append(
            Row(
                kind="contact",
                id=contact.id,
                url=reverse("portal:customer", args=[contact.id]),
                person=contact.called,
                title=contact.called,
                under=", ".join(part for part in (contact.email, contact.phone) if part and part != contact.called),
                middle=(listing.title if listing else first_line(enquiry.summary)) if enquiry else "",
                middle_under=words[enquiry.status] if enquiry else "",
                end=at(contact.updated_at),
                end_exact=exact(contact.updated_at),
            )
        )
    return rows


def listing_rows(listings: Sequence[ListingView]) -> list[Row]:
    """Each with its price guide and its next open home."""
    now, words = timezone.now(), status_words("listing")
    rows = []
    for listing in listings:
        opens = next((each.text for each in listing.open_times if each.ends_at > now), "")
        rows.append(
            Row(
                kind="listing",
                id=listing.id,
                url=reverse("portal:listing", args=[listing.id]),
                title=listing.address,
                under=listing.suburb,
                middle=listing.price_guide,
                middle_under=f"Open {opens}" if opens else "",
                tag=words[listing.status],
                end=at(listing.updated_at),
                end_exact=exact(listing.updated_at),
            )
        )
    return rows


def enquiry_rows(enquiries: Sequence[EnquiryView]) -> list[Row]:
    """Each with who asks, and about what."""
    contacts = contacts_by_id(enquiry.contact for enquiry in enquiries)
    listings = listings_by_id(enquiry.listing for enquiry in enquiries)
    words = status_words("enquiry")
    rows = []
    for enquiry in enquiries:
        listing = listings.get(enquiry.listing) if enquiry.listing else None
        rows.append(
            Row(
                kind="enquiry",
                id=enquiry.id,
                url=reverse("portal:enquiry", args=[enquiry.id]),
                person=contacts[enquiry.contact].called,
                title=contacts[enquiry.contact].called,
                under=first_line(enquiry.summary),
                middle=listing.title if listing else "No listing",
                middle_under=amount(enquiry),
                tag=words[enquiry.status],
                tone=TONES.get(enquiry.status, ""),
                end=at(enquiry.created_at),
                end_exact=exact(enquiry.created_at),
            )
        )
    return rows


def task_rows(tasks: Sequence[TaskView]) -> list[Row]:
    """Each with whom it is about, who does it and until when."""
    enquiries = enquiries_by_id(task.enquiry for task in tasks)
    about = {task.id: _about(task, enquiries) for task in tasks}
    contacts = contacts_by_id(contact for contact, _ in about.values())
    listings = listings_by_id(listing for _, listing in about.values())
    people = names_of(task.assignee for task in tasks)
    rows = []
    for task in tasks:
        contact, listing = about[task.id]
        under = [contacts[contact].called] if contact in contacts else []
        under += [listings[listing].title] if listing in listings else []
        tone, words = due_tone(task)
        rows.append(
            Row(
                kind="task",
                id=task.id,
                url=reverse("portal:task", args=[task.id]),
                title=task.title,
                under=", ".join(under),
                middle=people.get(task.assignee, "") if task.assignee else "",
                end=near(task.due_at) if task.due_at else "",
                end_exact=exact(task.due_at) if task.due_at else "",
                end_tone=tone,
                end_words=words,
                done=task.done,
            )
        )
    return rows


def due_tone(task: TaskView) -> tuple[str, str]:
    """The colour of a task's time and its word: amber once it has passed, the accent today."""
    if task.due_at is None or task.done:
        return "", ""
    if task.due_at < timezone.now():
        return "warn", "Overdue"
    here = zone()
    return ("accent", "") if task.due_at.astimezone(here).date() == timezone.now().astimezone(here).date() else ("", "")


def appointment_rows(appointments: Sequence[AppointmentView]) -> list[Row]:
    """Each with who comes, where and when."""
    contacts = contacts_by_id(appointment.contact for appointment in appointments)
    listings = listings_by_id(appointment.listing for appointment in appointments)
    words = status_words("appointment")
    return [
        Row(
            kind="appointment",
            id=appointment.id,
            url=reverse("portal:appointment", args=[appointment.id]),
            person=contacts[appointment.contact].called,
            title=contacts[appointment.contact].called,
            under=listings[appointment.listing].title,
            middle=interval(appointment.starts_at, appointment.ends_at),
            tag=words[appointment.status],
            tone=TONES.get(appointment.status, ""),
            end_exact=point(appointment.starts_at),
        )
        for appointment in appointments
    ]


def _about(task: TaskView, enquiries: dict[UUID, EnquiryView]) -> tuple[UUID | None, UUID | None]:
    enquiry = enquiries.get(task.enquiry) if task.enquiry else None
    return task.contact or (enquiry.contact if enquiry else None), enquiry.listing if enquiry else None
