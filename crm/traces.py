"""What is somebody's among the records, for an erasure: by what else of theirs is found."""

from dataclasses import dataclass
from uuid import UUID

from crm.models import Appointment, Contact, Enquiry, Task


@dataclass(frozen=True)
class Traces:
    """Where a contact can be written from, the conversations that enquiries of theirs alone name, and the ids of the
    records about them."""

    addresses: frozenset[str]
    threads: frozenset[UUID]
    records: frozenset[UUID]


def traces_of(contact: UUID) -> Traces:
    """What of a contact's is known here; nothing where there is no such contact."""
    email = Contact.objects.filter(pk=contact).exclude(email="").values_list("email", flat=True).first()
    enquiries = list(Enquiry.objects.filter(contact=contact).values_list("pk", "thread_id"))
    named = {thread for _, thread in enquiries if thread}
    shared = Enquiry.objects.filter(thread_id__in=named).exclude(contact=contact).values_list("thread_id", flat=True)
    records = {pk for pk, _ in enquiries}
    records |= set(Task.objects.filter(contact=contact).values_list("pk", flat=True))
    records |= set(Task.objects.filter(enquiry__contact=contact).values_list("pk", flat=True))
    records |= set(Appointment.objects.filter(contact=contact).values_list("pk", flat=True))
    return Traces(
        frozenset({email.lower()} if email else ()),
        frozenset(found for thread in named - set(shared) if (found := _id(thread))),
        frozenset(records),
    )


def contact_lock(contact: UUID) -> bool:
    """Keep others from writing a contact until the commit; False where there is none."""
    return Contact.objects.select_for_update().filter(pk=contact).exists()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None  # integrators name conversations of their own
