"""Record who asks about what: the contact and the enquiry, new or brought up to date."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from crm.errors import Invalid
from crm.records import clean
from crm.selectors import contact_by_email, enquiry_of_thread
from workflows.actions.base import (
    LINES,
    Action,
    Fact,
    Plan,
    Reader,
    RecordChange,
    RecordId,
    create,
    record_of,
    reference,
    update,
    written,
)
from workflows.kinds import Out


class Money(BaseModel):
    """Money as it was understood: it is kept where it can be stored."""

    amount: Any = None
    currency: Any = None


class Told(BaseModel):
    """Of what a message says, what is recorded."""

    name: str | None = None
    phone: str | None = None
    budget: Money | None = None


class EnquiryGiven(BaseModel):
    """Where the input comes from; the sender decides who the contact is, never the text of the mail."""

    email: str
    sender: str = ""
    facts: Told = Told()
    listing: str | None = None
    summary: str = ""
    thread: str = ""


class EnquiryInput(BaseModel):
    """What people see. `listing` is a record that our own matching chose."""

    model_config = ConfigDict(extra="forbid")

    email: str
    name: str = ""
    phone: str = ""
    listing: Annotated[str | None, record_of("listing", "Listing")] = None
    summary: Annotated[str, LINES] = ""
    budget: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    currency: str = ""
    thread: str = ""


class EnquiryRecorded(Out):
    """The customer and the enquiry, new or brought up to date."""

    contact: RecordId
    enquiry: RecordId


class UpsertEnquiry(Action):
    """Record who asks about what: the customer and the enquiry, new or brought up to date."""

    name = "crm.upsert_enquiry"
    label = "Record the enquiry"
    risk = "low"
    reversible = True
    role = "record"
    Given = EnquiryGiven
    Input = EnquiryInput
    Output = EnquiryRecorded
    takes = {
        "email": "message:answer_to",
        "sender": "message:from_name",
        "facts": "ai.understand:facts",
        "summary": "ai.understand:summary",
        "listing": "crm.match:listing",
        "thread": "message:thread",
    }
    chosen = frozenset({"email", "listing", "thread"})
    editable = frozenset({"name", "phone", "summary", "budget"})

    def prepare(self, given: EnquiryGiven, reader: Reader) -> EnquiryInput:
        budget = given.facts.budget or Money()
        phone = _storable("contact", "phone", given.facts.phone) or ""
        if contact_by_email(given.email) and not believed(reader):
            phone = ""  # whoever can write a From could have a known customer be called on their own number
        return EnquiryInput(
            email=given.email,
            name=(given.facts.name or given.sender or given.email.split("@")[0])[:300],
            phone=phone,
            listing=given.listing,
            summary=given.summary,
            budget=_storable("enquiry", "budget", budget.amount),
            currency=_storable("enquiry", "currency", budget.currency) or "",
            thread=given.thread,
        )

    def plan(self, input: EnquiryInput, reader: Reader) -> Plan:
        contact, contact_facts, contact_ref = self._contact(input, reader.step)
        wanted = {
            "contact": contact_ref,
            "listing": input.listing,
            "summary": input.summary,
            "budget": f"{input.budget:.2f}" if input.budget is not None else None,
            "currency": input.currency,
            "thread_id": input.thread,
        }
        last = enquiry_of_thread(input.thread) if input.thread else None
        if last and contact.id:
            given = {name: value for name, value in wanted.items() if value is not None and name != "contact"}
            enquiry = update("enquiry", last, "Enquiry", "enquiry", given)
        else:
            enquiry = create("enquiry", "Enquiry", "enquiry", wanted)
        changes = [contact, enquiry]
        return Plan(
            action=self.name,
            input=input.model_dump(mode="json"),
            changes=changes,
            output={
                "contact": contact.id or reference(reader.step, "contact"),
                "enquiry": enquiry.id or reference(reader.step, "enquiry"),
            },
            summary=self._summary(input, contact, enquiry),
            basis=[*contact_facts, *_enquiry_facts(input.thread, last, enquiry), *written(changes)],
        )

    def _contact(self, input: EnquiryInput, step: str) -> tuple[RecordChange, list[Fact], Any]:
        known = contact_by_email(input.email)
        # That nobody (or just this person) has the address is itself a fact that the plan rests on.
        fact = Fact(record=f"contact-with-email:{input.email}", field="id", value=str(known.id) if known else None)
        if known is None:
            values = {"name": input.name, "email": input.email, "phone": input.phone}
            change = create("contact", "Customer", "contact", values)
            return change, [fact.model_copy(update={"after": "made by us", "writes": True})], reference("", "contact")
        # What we know of a customer is not overwritten by what one mail says; gaps are filled.
        gaps = {"phone": input.phone} if input.phone and not known.phone else {}
        return update("contact", str(known.id), "Customer", "contact", gaps), [fact], str(known.id)

    def _summary(self, input: EnquiryInput, contact: RecordChange, enquiry: RecordChange) -> str:
        known = "New customer" if contact.id is None else "Known customer"
        what = "new enquiry" if enquiry.id is None else "enquiry brought up to date"
        return f"{known}: {input.name}; {what}"


def _enquiry_facts(thread: str, last: str | None, change: RecordChange) -> list[Fact]:
    """That the conversation has this enquiry as its last, or none, is a fact too: nobody's becomes a second one."""
    if not thread:
        return []
    fact = Fact(record=f"enquiry-of-thread:{thread}", field="id", value=last)
    return [fact if change.id else fact.model_copy(update={"after": "made by us", "writes": True})]


def believed(reader: Reader) -> bool:
    """Whether the mail is known to come from the customer: from whom its From names, and that is who is answered."""
    came = reader.message
    same = str(came.get("from_email", "")).casefold() == str(came.get("answer_to", "")).casefold()
    return came.get("dmarc") == "pass" and same


def _storable(kind: str, field: str, found: Any) -> Any:
    """What was understood of a mail, where it can be stored; a model may have read a number that is none."""
    try:
        return clean(kind, {field: found})[field]
    except Invalid:
        return None
