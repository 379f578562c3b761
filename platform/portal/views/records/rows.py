"""Records as rows of lists; whatever the number of rows, what they refer to is read at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.selectors import names_of
from crm.selectors import (
    AppointmentView,
    ContactView,
    EnquiryView,
    ListingView,
    RecordView,
    TaskView,
    contacts_by_id,
    enquiries_by_id,
    latest_enquiries,
    listings_by_id,
    status_words,
)
from knowledge.selectors import DocumentView
from mail.selectors import MessageView
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


Of = Literal["", "contact", "listing"]


@dataclass(frozen=True)
class Known:
    """What rows name: records and people by id, and the newest enquiry of each contact."""

    contacts: dict[UUID, ContactView]
    listings: dict[UUID, ListingView]
    enquiries: dict[UUID, EnquiryView]
    latest: dict[UUID, EnquiryView]
    people: dict[UUID, str]


def known_of(records: Iterable[RecordView], *, page_of: ContactView | None = None) -> Known:
    """Everything that rows of these records name, in five queries at most; `page_of`: whose page they stand on."""
    given = list(records)
    contacts = {each.id: each for each in given if isinstance(each, ContactView)}
    listings = {each.id: each for each in given if isinstance(each, ListingView)}
    enquiries = {each.id: each for each in given if isinstance(each, EnquiryView)}
    tasks = [each for each in given if isinstance(each, TaskView)]
    appointments = [each for each in given if isinstance(each, AppointmentView)]
    latest = latest_enquiries(contacts)
    if page_of:
        contacts[page_of.id] = page_of
    enquiries |= enquiries_by_id({each.enquiry for each in tasks} - set(enquiries))
    asked = [*enquiries.values(), *latest.values()]
    named = (
        {each.contact for each in asked} | {each.contact for each in tasks} | {each.contact for each in appointments}
    )
    meant = {each.listing for each in asked} | {each.listing for each in appointments}
    return Known(
        contacts=contacts | contacts_by_id(named - set(contacts)),
        listings=listings | listings_by_id(meant - set(listings)),
        enquiries=enquiries,
        latest=latest,
        people=names_of(each.assignee for each in tasks),
    )


def contact_rows(contacts: Sequence[ContactView], known: Known | None = None) -> list[Row]:
    """Each with its newest enquiry."""
    known, words = known or known_of(contacts), status_words("enquiry")
    rows = []
    for contact in contacts:
        enquiry = known.latest.get(contact.id)
        listing = known.listings[enquiry.listing] if enquiry and enquiry.listing else None
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


def listing_rows(listings: Sequence[ListingView], known: Known | None = None) -> list[Row]:
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


def enquiry_rows(enquiries: Sequence[EnquiryView], known: Known | None = None, *, of: Of = "") -> list[Row]:
    """Each with who asks, and about what; but for the one that the page is `of`."""
    known, words = known or known_of(enquiries), status_words("enquiry")
    rows = []
    for enquiry in enquiries:
        contact = known.contacts[enquiry.contact].called
        about = known.listings[enquiry.listing].title if enquiry.listing else "No listing"
        rows.append(
            Row(
                kind="enquiry",
                id=enquiry.id,
                url=reverse("portal:enquiry", args=[enquiry.id]),
                person="" if of == "contact" else contact,
                title=about if of == "contact" else contact,
                under=first_line(enquiry.summary),
                middle=amount(enquiry) if of else about,
                middle_under="" if of else amount(enquiry),
                tag=words[enquiry.status],
                tone=TONES.get(enquiry.status, ""),
                end=at(enquiry.created_at),
                end_exact=exact(enquiry.created_at),
            )
        )
    return rows


def task_rows(tasks: Sequence[TaskView], known: Known | None = None, *, of: Of = "") -> list[Row]:
    """Each with whom it is about, who does it and until when; but for the one that the page is `of`."""
    known = known or known_of(tasks)
    rows = []
    for task in tasks:
        enquiry = known.enquiries.get(task.enquiry) if task.enquiry else None
        contact = task.contact or (enquiry.contact if enquiry else None)
        under = [known.contacts[contact].called] if contact and not of else []
        under += [known.listings[enquiry.listing].title] if enquiry and enquiry.listing else []
        tone, words = due_tone(task)
        rows.append(
            Row(
                kind="task",
                id=task.id,
                url=reverse("portal:task", args=[task.id]),
                title=task.title,
                under=", ".join(under),
                middle=known.people.get(task.assignee, "") if task.assignee else "",
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


def appointment_rows(appointments: Sequence[AppointmentView], known: Known | None = None, *, of: Of = "") -> list[Row]:
    """Each with who comes, where and when; but for the one that the page is `of`."""
    known, words = known or known_of(appointments), status_words("appointment")
    rows = []
    for appointment in appointments:
        contact, listing = known.contacts[appointment.contact], known.listings[appointment.listing]
        rows.append(
            Row(
                kind="appointment",
                id=appointment.id,
                url=reverse("portal:appointment", args=[appointment.id]),
                person="" if of == "contact" else contact.called,
                title=listing.title if of == "contact" else contact.called,
                under={"contact": "", "listing": contact.phone}.get(of, listing.title),
                middle=interval(appointment.starts_at, appointment.ends_at),
                tag=words[appointment.status],
                tone=TONES.get(appointment.status, ""),
                end_exact=point(appointment.starts_at),
            )
        )
    return rows


def message_row(message: MessageView) -> Row:
    """A message with who wrote it or gets it; leads to its conversation, once it has been read into one."""
    when = message.received_at or message.sent_at or message.created_at
    who = message.from_name or message.from_email
    return Row(
        kind="message",
        id=message.id,
        url=reverse("portal:conversation", args=[message.thread])
        if message.thread
        else reverse("portal:conversations"),
        person=who,
        title=message.subject or "(no subject)",
        under=who if message.direction == "in" else f"Reply to {', '.join(each.email for each in message.to)}",
        middle=" ".join(message.new_text[:200].split()),
        end=at(when),
        end_exact=exact(when),
    )


def document_row(document: DocumentView) -> Row:
    """A document with where it begins, and whether replies quote it."""
    return Row(
        kind="document",
        id=document.id,
        url=reverse("portal:document", args=[document.id]),
        title=document.title,
        under=f"{document.language_name}, version {document.number}",
        middle=" ".join(document.text[:200].split()),
        tag="" if document.quotable else "Retired" if document.retired else document.audience_name,
        end=at(document.updated_at),
        end_exact=exact(document.updated_at),
    )


def _conversation_url(thread: UUID | None) -> str:
    return reverse("portal:conversation", args=[thread]) if thread else reverse("portal:conversations")


def conversation_rows(messages: Iterable[MessageView]) -> list[Row]:
    """The conversations of messages that come newest first, each told by its newest."""
    newest: dict[UUID, MessageView] = {}
    for message in messages:
        if message.thread:
            newest.setdefault(message.thread, message)
    return [replace(message_row(message), person="", under="") for message in newest.values()]
