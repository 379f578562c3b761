"""The forms in which people write records: times in the tenant's zone, records by their names, rows without scripts.

A form holds the version of the record that was seen. When others wrote it meanwhile, `meet` takes over
what they wrote where the person left a field alone, and keeps what was typed everywhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.selectors import colleagues, names_of
from crm import selectors
from crm.errors import Invalid
from crm.forms.fields import Amount, Code, Fixed, Line, Lines, Moment, Options, Shaped
from crm.forms.picking import Pick, Picked
from crm.forms.rows import BLANK_ROWS, Facts, OpenTimes, Row
from crm.history import changed_since, untouched
from crm.read_models import RecordView
from crm.records import clean
from crm.wording import field_name, point
from tenants.selectors import current


@dataclass(frozen=True)
class Shown:
    """A field as its template draws it; `note` tells of what others wrote here meanwhile."""

    name: str
    label: str
    shape: str
    value: Any
    errors: list[str]
    note: str
    wide: bool
    blank: int
    field: Shaped

    @property
    def id(self) -> str:
        return f"field-{self.name.replace('_', '-')}"

    @property
    def rows(self) -> list[Row]:
        """The rows of a list, and some to fill."""
        blank = dict.fromkeys(getattr(self.field, "parts", ()), "")
        return [*self.value, *(blank for _ in range(self.blank))]


class RecordForm(forms.Form):
    """A form of one kind of record; `record` is the one that is changed, `given` what a new one starts with."""

    kind: ClassVar[str]
    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        record: RecordView | None = None,
        given: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            data, initial={name: getattr(record, name, None) for name in self.base_fields} if record else given
        )
        self.record = record
        self.notes: dict[str, str] = {}

    @property
    def asks_rows(self) -> bool:
        """Whether it was sent for more rows, or for one row less, and nothing is to be written."""
        return "more" in self.data or "drop" in self.data

    @property
    def seen(self) -> int | None:
        """The version that the person saw; None where the form does not say."""
        text = str(self.data.get("version", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def shown(self) -> Iterator[Shown]:
        """The fields, with what was typed or else what is stored."""
        for name, field in self.fields.items():
            assert isinstance(field, Shaped)
            yield Shown(
                name=name,
                label=str(field.label or field_name(name)),
                shape=field.shape,
                value=self[name].value(),
                errors=[] if self.asks_rows else [str(fault) for fault in self.errors.get(name, ())],
                note=self.notes.get(name, ""),
                wide=getattr(field, "wide", False),
                blank=BLANK_ROWS * (2 if self.data.get("more") == name else 1),
                field=field,
            )

    def written(self) -> dict[str, Any]:
        """The fields that the person changed, as `crm.records` takes them."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def clean(self) -> dict[str, Any] | None:
        try:
            clean(self.kind, self.written())
        except Invalid as refused:
            self.tell(refused.faults)
        return super().clean()

    def tell(self, faults: Mapping[str, str]) -> None:
        """Put refusals of the records beside their fields."""
        for name, fault in faults.items():
            self.add_error(name if name in self.fields else None, fault)

    def meet(self) -> "RecordForm":
        """The form again, after others wrote the record since the version that was seen.

        What the person left as it was shows what they wrote; what the person typed stays, with a note.
        """
        assert self.record is not None
        record = self.record
        since = changed_since(self.kind, record.id, self.seen or record.version)
        since = {name: each for name, each in since.items() if name in self.fields}
        values: dict[str, Any] = {}
        for name in since:
            try:
                values |= clean(self.kind, {name: self.cleaned_data[name]}) if name in self.cleaned_data else {}
            except Invalid:
                continue
        left_alone = untouched(self.kind, record.id, values, since)
        data = dict(self.data.items())
        notes = {}
        for name, each in since.items():
            field = self.fields[name]
            assert isinstance(field, Shaped)
            now = getattr(record, name)
            when = point(each.at, current().timezone, timezone.now())
            if name in left_alone:
                field.write(data, name, now)
                notes[name] = f"{each.who} changed this, {when}."
            else:
                notes[name] = f"{each.who} changed this to {_told(field, now)}, {when}."
        form = type(self)(data, record=record)
        form.notes = notes
        return form


def _told(field: Shaped, value: Any) -> str:
    shown = field.prepare_value(value)
    if isinstance(value, datetime):
        return point(value, current().timezone, timezone.now())
    if isinstance(shown, Picked):
        shown = shown.text
    if isinstance(field, Options):
        shown = field.options.get(shown, shown)
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, list):
        shown = "; ".join(" ".join(row.values()) for row in shown)
    return f"‘{shown}’" if shown else "nothing"


class ContactForm(RecordForm):
    kind = "contact"
    name = Line(required=False)
    email = Line(required=False, input_type="email")
    phone = Line(required=False, input_type="tel")

    def clean(self) -> dict[str, Any] | None:
        if not any(self.cleaned_data.get(name) for name in self.fields) and not self.errors:
            self.add_error("name", "A customer needs a name, an email address or a phone number.")
        return super().clean()


class ListingForm(RecordForm):
    kind = "listing"
    address = Line()
    suburb = Line(required=False)
    status = Options(options=selectors.status_words("listing"))
    price_guide = Line(required=False)
    open_times = OpenTimes()
    facts = Facts()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_times = self.fields["open_times"]
        assert isinstance(open_times, OpenTimes)
        open_times.keep(getattr(self.record, "open_times", ()))


class EnquiryForm(RecordForm):
    kind = "enquiry"
    contact = Pick(kind="contact")
    listing = Pick(kind="listing", required=False)
    status = Options(options=selectors.status_words("enquiry"))
    budget = Amount(required=False)
    currency = Code(required=False, placeholder="AUD")
    summary = Lines(required=False)


class TaskForm(RecordForm):
    """`enquiry` is set from the enquiry's page; `done` is ticked in the lists."""

    kind = "task"
    title = Line(label="What is to be done", wide=True)
    due_at = Moment(required=False)
    assignee = Options(required=False)
    contact = Pick(kind="contact", required=False)
    enquiry = Fixed(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = getattr(self.record, "assignee", None)
        people = {each.id: each.name for each in colleagues()} | names_of([known])
        assignee = self.fields["assignee"]
        assert isinstance(assignee, Options)
        assignee.options = {"": "Nobody", **{str(ident): name for ident, name in people.items()}}


class AppointmentForm(RecordForm):
    kind = "appointment"
    listing = Pick(kind="listing")
    contact = Pick(kind="contact")
    starts_at = Moment()
    ends_at = Moment()
    status = Options(options=selectors.status_words("appointment"))


FORMS: dict[str, type[RecordForm]] = {
    form.kind: form for form in (ContactForm, ListingForm, EnquiryForm, TaskForm, AppointmentForm)
}
