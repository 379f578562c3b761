"""The forms in which people write records: times in the tenant's zone, records by their names, rows without scripts.

A form holds the version of the record that was seen. When others wrote it meanwhile, `meet` takes over
what they wrote where the person left a field alone, and keeps what was typed everywhere else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.selectors import colleagues, names_of
from crm import selectors
from crm.errors import Invalid
from crm.history import changed_since, untouched
from crm.read_models import ContactView, ListingView, RecordView
from crm.records import clean
from crm.values import FIRST_YEAR, LAST_YEAR, MAX_FACTS, MAX_OPEN_TIMES
from crm.wording import field_name, label, point
from tenants.selectors import current

LOCAL = "%Y-%m-%dT%H:%M"
CANDIDATES = 6
BLANK_ROWS = 2
MOST_ROWS = max(MAX_OPEN_TIMES, MAX_FACTS)

Row = dict[str, str]


def moment_of(text: str, zone: tzinfo) -> datetime:
    """The time that a clock in `zone` shows as `text`, of two such the first; raises ValidationError."""
    try:
        naive = datetime.fromisoformat(text)
        if not FIRST_YEAR <= naive.year <= LAST_YEAR:
            raise ValueError
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
        shows = moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValidationError("This is a day and a time.") from None
    if naive.tzinfo is not None or shows != naive:
        raise ValidationError("The clocks skip this time on that day.")
    return moment


class Shaped(forms.Field):
    """A field that its template draws by `shape`. It counts as changed when its text is not what was shown."""

    shape: ClassVar[str] = "line"
    default_error_messages = {"required": "This cannot be empty."}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(data) != self.prepare_value(initial))

    def write(self, data: Any, name: str, value: Any) -> None:
        """Put `value` into posted data, as if it had been typed."""
        data[name] = self.prepare_value(value)


class Line(Shaped):
    """One line of text; `wide` takes the form's whole width."""

    def __init__(self, *, input_type: str = "text", placeholder: str = "", wide: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.input_type, self.placeholder, self.wide = input_type, placeholder, wide

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> str:
        return (value or "").strip()


class Lines(Line):
    """Text of several lines."""

    shape = "lines"

    def __init__(self, **more: Any) -> None:
        super().__init__(wide=True, **more)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value).replace("\r\n", "\n")


class Amount(Line):
    """Money as people write it: $1,550,000."""

    def to_python(self, value: Any) -> Any:
        return "".join((value or "").replace("$", "").replace(",", "").split()) or None


class Code(Line):
    """A currency, in either case."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).upper()


class Moment(Shaped):
    """A day and a time in the tenant's zone."""

    shape = "moment"

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(current().timezone).strftime(LOCAL)
        return value or ""

    def to_python(self, value: Any) -> datetime | None:
        return moment_of(value, current().timezone) if value else None


class Options(Shaped):
    """One of a few; `options` maps values to their words."""

    shape = "options"

    def __init__(self, *, options: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.options = dict(options or {})

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> Any:
        if value and value not in self.options:
            raise ValidationError("This is not among the choices.")
        return value or None


class Tick(Shaped):
    """Yes or no."""

    shape = "tick"

    def prepare_value(self, value: Any) -> Any:
        return value in (True, "on", "true")

    def to_python(self, value: Any) -> bool:
        return bool(self.prepare_value(value))

    def write(self, data: Any, name: str, value: Any) -> None:
        data[name] = "on" if value else ""


class Fixed(Shaped):
    """The record that a new one is made for; it is not chosen in the form."""

    shape = "hidden"

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> UUID | None:
        try:
            return UUID(value) if value else None
        except ValueError:
            raise ValidationError("There is no such record.") from None


@dataclass(frozen=True)
class Picked:
    """A record by its name: what was typed, the id whose name it was when the page was made, a choice among many."""

    text: str
    known: str = ""
    choice: str = ""


class PickInput(forms.TextInput):
    """Reads the three parts of a `Picked`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Picked:
        return Picked(data.get(name, "").strip(), data.get(f"{name}_known", ""), data.get(f"{name}_choice", ""))


class Pick(Shaped):
    """A contact or a listing, found by its words; where several fit, the form offers them."""

    shape = "pick"
    widget = PickInput

    def __init__(self, *, kind: str, **more: Any) -> None:
        super().__init__(**more)
        self.kind = kind
        self.candidates: list[tuple[UUID, str]] = []

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return Picked(self._name(value), str(value))
        return value or Picked("")

    def has_changed(self, initial: Any, data: Any) -> bool:
        shown = self.prepare_value(initial)
        return bool(data.choice) or (data.text, data.known) != (shown.text, shown.known)

    def clean(self, value: Picked) -> UUID | None:
        for chosen in (value.choice, value.known):
            found = self._view(chosen)
            if found and (chosen == value.choice or value.text == named(found)):
                return found.id
        if not value.text:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return None
        return self._only(value.text)

    def write(self, data: Any, name: str, value: Any) -> None:
        shown = self.prepare_value(value)
        data[name], data[f"{name}_known"], data[f"{name}_choice"] = shown.text, shown.known, ""

    def suggestions(self) -> list[str]:
        """Names of the newest, for the browser to complete."""
        return [named(each) for each in self._found("", 40)]

    def _only(self, text: str) -> UUID:
        found = self._found(text, CANDIDATES)
        if len(found) == 1:
            return found[0].id
        what = "customer" if self.kind == "contact" else "listing"
        if not found:
            raise ValidationError(f"No {what} called ‘{text}’.")
        self.candidates = [(each.id, named(each)) for each in found]
        raise ValidationError(f"More than one {what} fits. Choose, or write more of the name.")

    def _found(self, text: str, limit: int) -> tuple[ContactView | ListingView, ...]:
        if self.kind == "contact":
            return selectors.contact_list(search=text, limit=limit).items
        return selectors.listing_list(search=text, limit=limit).items

    def _view(self, ident: str) -> ContactView | ListingView | None:
        try:
            wanted = UUID(ident)
        except ValueError:
            return None
        return selectors.contact_view(wanted) if self.kind == "contact" else selectors.listing_view(wanted)

    def _name(self, ident: UUID) -> str:
        found = self._view(str(ident))
        return named(found) if found else ""


def named(record: ContactView | ListingView) -> str:
    """The words that find a contact or a listing again: with the address, since names are shared."""
    if isinstance(record, ListingView):
        return record.title
    return ", ".join(dict.fromkeys(part for part in (record.name, record.email or record.phone) if part))


class RowsInput(forms.Widget):
    """Reads rows of inputs called <name>-<number>-<part>; rows that are empty are none."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        super().__init__()
        self.parts = parts

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        dropped = data.get("drop", "")
        rows = []
        for number in range(MOST_ROWS + BLANK_ROWS):
            row = {part: str(data.get(f"{name}-{number}-{part}", "")).strip() for part in self.parts}
            if any(row.values()) and dropped != f"{name}-{number}":
                rows.append({part: text.replace("\r\n", "\n") for part, text in row.items()})
        return rows


class Rows(Shaped):
    """A list of rows of texts; `parts` names the columns."""

    parts: ClassVar[tuple[str, ...]]

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=RowsInput(self.parts), required=False, **more)

    def write(self, data: Any, name: str, value: Any) -> None:
        for key in [key for key in data if key.startswith(f"{name}-")]:
            del data[key]
        for number, row in enumerate(self.prepare_value(value)):
            for part, text in row.items():
                data[f"{name}-{number}-{part}"] = text


class OpenTimes(Rows):
    """When a listing is open to all: a day, and two times of the tenant's zone."""

    shape = "open_times"
    parts = ("day", "from", "to")

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.stored: dict[tuple[str, ...], selectors.OpenTime] = {}

    def keep(self, stored: Iterable[selectors.OpenTime]) -> None:
        """Rows that show these stay as they are stored, also in the hour that the clocks show twice."""
        self.stored = {tuple(self._row(each).values()): each for each in stored}

    def prepare_value(self, value: Any) -> Any:
        return [row if isinstance(row, dict) else self._row(row) for row in value or ()]

    def clean(self, value: list[Row]) -> list[dict[str, datetime]]:
        zone = current().timezone
        found = []
        for number, row in enumerate(value, 1):
            same = self.stored.get(tuple(row.values()))
            if same:
                found.append({"starts_at": same.starts_at, "ends_at": same.ends_at})
                continue
            if not all(row.values()):
                raise ValidationError(f"Row {number} needs a day, a start and an end.")
            try:
                starts_at, ends_at = (moment_of(f"{row['day']}T{row[part]}", zone) for part in ("from", "to"))
            except ValidationError as fault:
                raise ValidationError(f"Row {number}: {fault.messages[0]}") from None
            if ends_at <= starts_at:
                raise ValidationError(f"Row {number} ends before it starts.")
            found.append({"starts_at": starts_at, "ends_at": ends_at})
        return found

    def _row(self, value: selectors.OpenTime) -> Row:
        starts_at, ends_at = (each.astimezone(current().timezone) for each in (value.starts_at, value.ends_at))
        return {"day": f"{starts_at:%Y-%m-%d}", "from": f"{starts_at:%H:%M}", "to": f"{ends_at:%H:%M}"}


class Facts(Rows):
    """What may be told of a listing: a name and a text each; people write "Council rates" for council_rates."""

    shape = "facts"
    parts = ("name", "text")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        rows = [{"name": label(name), "text": text} for name, text in (value or {}).items()]
        return sorted(rows, key=lambda row: (len(row["text"]) > 90, row["name"].casefold()))

    def clean(self, value: list[Row]) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, row in enumerate(value, 1):
            name = fact_key(row["name"])
            if not name:
                raise ValidationError(f"Row {number} needs a name.")
            if name in found:
                raise ValidationError(f"{row['name']} stands here twice.")
            found[name] = row["text"]
        return found


def fact_key(words: str) -> str:
    """Council rates -> council_rates; what would not read the same again stays as it was written."""
    key = "_".join(words.replace(".", " ").split())
    return key.lower() if label(key.lower()) == label(key) else key


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
