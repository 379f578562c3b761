"""The kinds of records: which fields can be written, and what each can hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import models

from crm.errors import UnknownKind
from crm.models import (
    Appointment,
    AppointmentStatus,
    Contact,
    Enquiry,
    EnquiryStatus,
    Listing,
    ListingStatus,
    Record,
    Task,
)
from crm.values import (
    JSON,
    MAX_TEXT,
    Amount,
    Choice,
    Facts,
    Flag,
    Moment,
    OpenTimes,
    Reference,
    Text,
    Value,
    currency,
    email,
)

Rule = Callable[[Mapping[str, Any]], dict[str, str]]


def _no_rule(values: Mapping[str, Any]) -> dict[str, str]:
    return {}


def _says_who(values: Mapping[str, Any]) -> dict[str, str]:
    if any(values.values()):
        return {}
    return {"name": "A contact needs a name, an email address or a phone number."}


def _ends_later(values: Mapping[str, Any]) -> dict[str, str]:
    if values["ends_at"] > values["starts_at"]:
        return {}
    return {"ends_at": "An appointment ends after it starts."}


@dataclass(frozen=True)
class Kind:
    """`rule` looks at all values of a record together and names the faulty fields."""

    name: str
    model: type[Record]
    fields: Mapping[str, Value]
    rule: Rule = _no_rule

    def column(self, field: str) -> str:
        """The model's attribute that holds the field's plain value (contact -> contact_id)."""
        return cast("models.Field[Any, Any]", self.model._meta.get_field(field)).attname

    def referred(self, field: str) -> type[models.Model]:
        """The model whose records a reference names."""
        return cast("type[models.Model]", self.model._meta.get_field(field).related_model)

    def dump(self, record: Record) -> dict[str, JSON]:
        """The canonical values of all fields of a record."""
        return {name: value.dump(getattr(record, self.column(name))) for name, value in self.fields.items()}

    def defaults(self) -> dict[str, JSON]:
        """What a new record holds where nothing was said; a required reference or time is null."""
        return self.dump(self.model())


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("contact", Contact, {"name": Text(300), "email": email(), "phone": Text(300)}, _says_who),
        Kind(
            "listing",
            Listing,
            {
                "address": Text(300, required=True),
                "suburb": Text(120),
                "status": Choice(tuple(ListingStatus.values)),
                "price_guide": Text(200),
                "open_times": OpenTimes(),
                "facts": Facts(),
            },
        ),
        Kind(
            "enquiry",
            Enquiry,
            {
                "contact": Reference(),
                "listing": Reference(required=False),
                "status": Choice(tuple(EnquiryStatus.values)),
                "summary": Text(MAX_TEXT, lines=True),
                "budget": Amount(),
                "currency": currency(),
                "thread_id": Text(100),
            },
        ),
        Kind(
            "task",
            Task,
            {
                "title": Text(300, required=True),
                "due_at": Moment(required=False),
                "assignee": Reference(required=False),
                "done": Flag(),
                "contact": Reference(required=False),
                "enquiry": Reference(required=False),
            },
        ),
        Kind(
            "appointment",
            Appointment,
            {
                "listing": Reference(),
                "contact": Reference(),
                "starts_at": Moment(),
                "ends_at": Moment(),
                "status": Choice(tuple(AppointmentStatus.values)),
            },
            _ends_later,
        ),
    )
}


def kind_of(name: str) -> Kind:
    """The kind of that name; raises UnknownKind."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None
