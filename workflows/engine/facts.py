"""What a fact that a proposal rests on is today."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.proposals import Changed, Fact
from audit.canonical import plain, same
from crm.records import fields, pick
from crm.selectors import appointment_of, contact_by_email, enquiry_of_thread
from knowledge.selectors import field_now
from mail.selectors import last_message_of_thread

# What a plan makes: that there was none is a fact which its own doing ends.
MADE_BY_US = ("contact-with-email", "enquiry-of-thread", "appointment-of-customer")


def value_now(record: str, field: str) -> Any:
    """The present value of a record's field, as plain JSON; null where there is none."""
    kind, _, ident = record.partition(":")
    if kind == "thread":
        last = last_message_of_thread(ident)
        return str(last.id) if last else None
    if kind == "contact-with-email":
        contact = contact_by_email(ident)
        return str(contact.id) if contact else None
    if kind == "enquiry-of-thread":
        return enquiry_of_thread(ident)
    if kind == "appointment-of-customer":
        customer, listing, starts_at = ident.split(":", 2)
        at = datetime.fromisoformat(starts_at)
        return appointment_of(contact=UUID(customer), listing=UUID(listing), starts_at=at)
    if kind == "document":
        return field_now(ident, field)
    return plain(pick(fields(kind, ident), field))


def changed(basis: Sequence[Fact], *, applied: bool) -> list[Changed]:
    """The facts that no longer hold. With `applied`, what the proposal wrote itself counts as held."""
    found = []
    for fact in basis:
        if applied and fact.writes and fact.record.partition(":")[0] in MADE_BY_US:
            continue  # it is there because we made it
        now = value_now(fact.record, fact.field)
        expected = fact.after if applied and fact.writes else fact.value
        if not same(now, expected):
            found.append(Changed(record=fact.record, field=fact.field, was=expected, is_=now))
    return found
