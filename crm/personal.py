"""Whose the texts of records are. Listings are the tenant's own; all else is about the customer it belongs to."""

from typing import Any

from django.db.models import F, Q

from audit.erasing import CUSTOMER, Personal, Subject, declare, nothing
from crm.models import Appointment, Contact, Enquiry, Listing, Task, new_salt

SALT = "random; another one after an erasure, so that no digest in the ledger can be guessed any more"
OWN = "what the tenant offers"
NOBODY = "Erased customer"


def _anew() -> dict[str, Any]:
    return {"salt": new_salt(), "version": F("version") + 1}


def _tasks(subject: Subject) -> Q:
    """Theirs, and what a colleague was asked to do about them before they were a customer: it names their address."""
    theirs = Q(contact=subject.id) | Q(enquiry__contact=subject.id)
    return theirs | Q(pk__in=subject.records) | subject.mentioned_in("title")


declare(
    Contact,
    {
        "name": Personal("customer", lambda name: NOBODY),
        "email": Personal("customer", nothing),
        "phone": Personal("customer", nothing),
        "searched": "made of the others by the database",
        "salt": SALT,
    },
    customer=lambda subject: Q(pk=subject.id),
    also=_anew,
    last=True,
)
declare(
    Listing,
    {"address": OWN, "suburb": OWN, "price_guide": OWN, "open_times": OWN, "facts": OWN, "salt": SALT},
)
declare(
    Enquiry,
    {"summary": CUSTOMER, "currency": Personal("customer", nothing), "thread_id": "an id", "salt": SALT},
    customer=lambda subject: Q(contact=subject.id),
    also=lambda: {**_anew(), "budget": None},
)
declare(Task, {"title": CUSTOMER, "salt": SALT}, customer=_tasks, also=_anew)
declare(Appointment, {"salt": SALT})
