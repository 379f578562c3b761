"""What records leave in the ledger: which fields were written, with salted digests of what they held."""

from uuid import UUID

from audit.registry import register
from audit.related import MOST, belongings
from audit.services import target_of
from crm.models import Appointment, Enquiry, Record, Task

FIELDS = {"kind", "fields", "before", "after", "version"}

register("crm.record_created", "A record was added", FIELDS)
register("crm.record_updated", "A record was changed", FIELDS)
register("crm.record_reverted", "A change of a record was taken back", FIELDS | {"removed", "kept"})
register("crm.record_deleted", "A record was deleted", FIELDS)


@belongings("contact")
def of_contact(contact: UUID) -> list[str]:
    """A customer's enquiries, appointments and tasks."""
    return [*_keys(Enquiry, contact=contact), *_keys(Appointment, contact=contact), *_keys(Task, contact=contact)]


@belongings("listing")
def of_listing(listing: UUID) -> list[str]:
    """A listing's enquiries and appointments."""
    return [*_keys(Enquiry, listing=listing), *_keys(Appointment, listing=listing)]


@belongings("enquiry")
def of_enquiry(enquiry: UUID) -> list[str]:
    """An enquiry's tasks."""
    return _keys(Task, enquiry=enquiry)


def _keys(model: type[Record], **owner: UUID) -> list[str]:
    return [target_of(record) for record in model._default_manager.filter(**owner).only("pk").order_by("-pk")[:MOST]]
