"""What a proposal does to records, beside its reply: rows by record, the appointment, everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.wording import interval, moment, shown, weekday_clock, words_of, zone

# Shorter values stand in quotes by chance.
SHORTEST_TRACED_VALUE = 5
# The field that tells people which record it is, by kind of record.
NAMING = ("name", "title", "summary")  # labels of fields, in lower case
TOLD_BY_THE_TIME = ("starts at", "ends at", "starts", "ends")
# Sources that a written value can come from; a plan or a person is none.
RECORDED = ("message", "listing", "contact", "calendar", "knowledge")
HOURS_SHOWN = 4
HOUR_WIDTH = 53


@dataclass(frozen=True)
class FieldChange:
    """One field of a record; `before` is empty for a new record."""

    label: str
    before: str
    after: str


@dataclass
class Record:
    """All that the proposal does to one record. `numbers`: the claims whose quotes hold a written value."""

    label: str
    op: str
    summary: str
    icon_of: str
    fields: list[FieldChange] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Hour:
    """A label of the strip that shows the appointment in its day; `x` in the strip's units."""

    x: int
    text: str


@dataclass(frozen=True)
class Appointment:
    """The booking: its words, and where it lies on a strip of four hours (214 units wide)."""

    text: str
    short: str
    about: list[FieldChange]
    reversible: bool
    hours: list[Hour]
    slot_x: int
    slot_width: int


@dataclass(frozen=True)
class Other:
    """An action that is neither a reply nor a change of records here."""

    label: str
    summary: str
    action: str
    recipients: str
    reversible: bool
    values: list[tuple[str, str]]


@dataclass(frozen=True)
class Effects:
    """What happens beside the reply; `reversible` speaks of the records."""

    records: list[Record]
    reversible: bool
    appointments: list[Appointment]
    others: list[Other]
    left_out: list[str]


def effects_of(document: Mapping[str, Any]) -> Effects:
    """Every action but the reply, each shown once."""
    records: list[Record] = []
    appointments: list[Appointment] = []
    others: list[Other] = []
    reversible = True
    reply_step = (document.get("reply") or {}).get("step")
    for action in document.get("actions", ()):
        found = records_of(action, document)
        starts_at = start_of(action)
        if starts_at is not None and _books(action):
            appointments.append(_appointment(action, starts_at, found))
        elif found:
            records.extend(found)
            reversible = reversible and bool(action.get("reversible"))
        elif action.get("step") != reply_step:
            others.append(_other(action))
    left_out = [words_of(str(step)) for step in document.get("left_out", ())]
    return Effects(records, reversible, appointments, others, left_out)


def records_of(action: Mapping[str, Any], document: Mapping[str, Any]) -> list[Record]:
    """The action's changes grouped by record, in their order."""
    titles = {str(s.get("id")): str(s.get("title") or "") for s in document.get("sources", ())}
    grouped: dict[tuple[str, str], Record] = {}
    for change in action.get("changes", ()):
        record = change.get("record") or {}
        key = (str(record.get("kind", "")), str(record.get("id", "")))
        if key not in grouped:
            label = str(change.get("label") or words_of(key[0]))
            grouped[key] = Record(label, str(change.get("op", "update")), "", key[0])
        row = grouped[key]
        new = change.get("op") == "create"
        if new and change.get("after") in (None, "", [], {}):
            continue
        row.fields.append(_field_change(change, new, titles))
        row.numbers.extend(n for n in _traced(change, document.get("evidence", ())) if n not in row.numbers)
    found = list(grouped.values())
    for row in found:
        row.numbers.sort()
        row.summary = _summary(row)
    return found


def _summary(row: Record) -> str:
    """'New: Georgia Papadopoulos'; the field that names the record is not told twice."""
    if row.op != "create":
        return "Changed"
    named = next((change for name in NAMING for change in row.fields if change.label == name), None)
    if named is None:
        return "New"
    row.fields.remove(named)
    return f"New: {named.after}"


def _field_change(change: Mapping[str, Any], new: bool, titles: Mapping[str, str]) -> FieldChange:
    after = change.get("after")
    if isinstance(after, Mapping) and "$step" in after:
        kind = str(after.get("field") or "record")
        return FieldChange("for", "", f"the new {'customer' if kind == 'contact' else kind}")
    label = str(change.get("field_label") or words_of(str(change.get("field", "")))).lower()
    told = str(change.get("shown") or "")
    value = told if told and told != str(after) else _value(after, titles)
    return FieldChange(label, "" if new else _value(change.get("before"), titles), value)


def _value(value: object, titles: Mapping[str, str]) -> str:
    return titles.get(str(value)) or shown(value)


def _traced(change: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> list[int]:
    if change.get("evidence"):
        return [int(n) for n in change["evidence"]]
    after = change.get("after")
    if not isinstance(after, str) or len(after) < SHORTEST_TRACED_VALUE:
        return []
    quoted = [e for e in evidence if e.get("supported") and (e.get("source") or {}).get("kind") in RECORDED]
    return [int(e["n"]) for e in quoted if after in str(e.get("quote", ""))]


def _books(action: Mapping[str, Any]) -> bool:
    kinds = {(change.get("record") or {}).get("kind") for change in action.get("changes", ())}
    return kinds == {"appointment"} or str(action.get("action", "")).endswith("book_appointment")


def start_of(action: Mapping[str, Any]) -> datetime | None:
    """When what an action books begins; None where it books nothing."""
    return _moment_of(action, "starts_at")


def _moment_of(action: Mapping[str, Any], name: str) -> datetime | None:
    for change in action.get("changes", ()):
        if change.get("field") == name and (found := moment(change.get("after"))):
            return found
    return moment((action.get("input") or {}).get(name))


def _appointment(action: Mapping[str, Any], starts_at: datetime, records: list[Record]) -> Appointment:
    ends_at = _moment_of(action, "ends_at") or starts_at
    local = starts_at.astimezone(zone())
    first = max(0, min(local.hour - 1, 24 - HOURS_SHOWN))
    minutes = (local.hour - first) * 60 + local.minute
    length = max(10, int((ends_at - starts_at).total_seconds() // 60))
    length = min(length, HOURS_SHOWN * 60 - minutes)
    return Appointment(
        text=interval(starts_at, ends_at),
        short=weekday_clock(starts_at),
        about=[c for c in (records[0].fields if records else []) if c.label not in TOLD_BY_THE_TIME],
        reversible=bool(action.get("reversible")),
        hours=[Hour(i * HOUR_WIDTH, _hour(first + i, i in (0, HOURS_SHOWN))) for i in range(HOURS_SHOWN + 1)],
        slot_x=minutes * HOUR_WIDTH // 60,
        slot_width=max(4, length * HOUR_WIDTH // 60),
    )


def _hour(hour: int, with_half: bool) -> str:
    half = "am" if hour % 24 < 12 else "pm"
    return f"{hour % 12 or 12} {half}" if with_half else f"{hour % 12 or 12}"


def _other(action: Mapping[str, Any]) -> Other:
    given = action.get("input") or {}
    return Other(
        label=str(action.get("label") or action.get("action", "")),
        summary=str(action.get("summary") or ""),
        action=str(action.get("action", "")),
        recipients=", ".join(map(str, action.get("recipients", ()))),
        reversible=bool(action.get("reversible")),
        values=[
            (words_of(str(name)), shown(value)) for name, value in given.items() if value not in (None, "", [], {})
        ],
    )
