"""An action's input model as the fields of a form: what shows a value, and the value that was typed.

The model comes as its JSON schema; beside what pydantic writes there, a property may say `record`: the kind of record
whose id it holds. Nothing here knows an action.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from tenants.clocks import NoSuchTime, moment_of

Kind = Literal["line", "lines", "whole", "number", "switch", "moment", "choice"]
LONGEST_LINE = 80
# A text that may be longer than this is written in several lines.
LONG = 1_000
LOCAL = "%Y-%m-%dT%H:%M"
Schema = Mapping[str, Any]


class Unfit(ValueError):
    """What was typed is no value of its field; the sentence says what is."""


@dataclass(frozen=True)
class Choice:
    """One of several values: how a form sends it, how it reads, what it means."""

    value: str
    label: str
    means: Any


@dataclass
class Field:
    """One field as an input shows it; `original` is the value that stands there until somebody types."""

    name: str
    field: str
    label: str
    kind: Kind
    value: str
    original: Any
    schema: Schema
    optional: bool
    choices: tuple[Choice, ...] = ()
    error: str = ""
    focus: bool = False

    @property
    def id(self) -> str:
        return self.name.replace("edits.", "edit-").replace("].input.", "-").replace("[", "-").replace(".", "-")

    @property
    def input_type(self) -> str:
        return "datetime-local" if self.kind == "moment" else "text"

    @property
    def input_mode(self) -> str:
        """The keyboard of a phone."""
        return {"whole": "numeric", "number": "decimal"}.get(self.kind, "")

    @property
    def rows(self) -> int:
        return min(24, max(3, sum(1 + len(line) // 80 for line in self.value.split("\n")) + 1))


def field_of(
    model: Schema,
    field: str,
    *,
    name: str,
    value: Any,
    zone: tzinfo,
    records: Mapping[str, tuple[Choice, ...]],
) -> Field | None:
    """A field of an input model with its value; None for one that no form can show. `records`: of each kind, those
    that may be chosen."""
    schema, optional = _plain(model, model.get("properties", {}).get(field, {}))
    choices = _choices(schema, records)
    kind = _kind(schema, choices, value)
    if kind is None:
        return None
    label = str(schema.get("title") or field.replace("_", " "))
    found = Field(name, field, label[:1].upper() + label[1:].lower(), kind, "", value, schema, optional, choices)
    found.value = shown(found, value, zone)
    return found


def shown(field: Field, value: Any, zone: tzinfo) -> str:
    """A value as an input holds it."""
    if value is None:
        return ""
    if field.kind == "switch":
        return "true" if value else "false"
    if field.kind == "choice":
        return next((each.value for each in field.choices if each.means == value), "")
    if field.kind == "moment":
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime(LOCAL)
    return str(value).replace("\r\n", "\n")


def typed(field: Field, zone: tzinfo) -> Any:
    """The value that was typed; raises Unfit."""
    text = field.value if field.kind in ("line", "lines") else field.value.strip()
    if field.kind == "switch":
        return text == "true"
    if not text.strip() and not field.optional:
        raise Unfit("Choose one." if field.kind == "choice" else "This cannot be empty.")
    if field.kind in ("line", "lines"):
        return _text(field, text)
    if not text:
        return None
    if field.kind == "choice":
        return _chosen(field, text)
    if field.kind == "moment":
        try:
            return moment_of(text, zone).isoformat()
        except NoSuchTime as none:
            raise Unfit(str(none)) from None
    return _number(field, text)


def _text(field: Field, text: str) -> str | None:
    most = field.schema.get("maxLength")
    if most is not None and len(text) > most:
        raise Unfit(f"This is {len(text)} characters long; {most} is the most.")
    return text if text or field.schema.get("default", "") is not None else None


def _chosen(field: Field, text: str) -> Any:
    for each in field.choices:
        if each.value == text:
            return each.means
    raise Unfit("This is not among the choices any more.")


def _number(field: Field, text: str) -> int | str:
    try:
        number = Decimal("".join(text.replace("$", "").replace(",", "").split()))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Unfit("This is a number.")
    least, most = field.schema.get("minimum"), field.schema.get("maximum")
    if least is not None and number < least:
        raise Unfit(f"This is {least:g} at least.")
    if most is not None and number > most:
        raise Unfit(f"This is {most:g} at most.")
    if field.kind == "number":
        return str(number)
    if number != number.to_integral_value():
        raise Unfit("This is a whole number.")
    return int(number)


def _plain(model: Schema, schema: Schema) -> tuple[dict[str, Any], bool]:
    """A property without references and alternatives, and whether it may be left empty."""
    merged = dict(schema)
    options = [_named(model, each) for each in merged.pop("anyOf", ())]
    merged = _named(model, merged)
    null = any(each.get("type") == "null" for each in options)
    for each in reversed([each for each in options if each.get("type") != "null"]):
        merged = {**merged, **each, **{key: merged[key] for key in ("title", "record", "default") if key in merged}}
    bare = merged.get("type") == "string" and not merged.get("minLength") and "format" not in merged
    optional = null or ("default" in merged and (merged["default"] is None or bare))
    return merged, optional


def _named(model: Schema, schema: Schema) -> dict[str, Any]:
    """What `$ref` stands for, with what is said beside it."""
    reference = str(schema.get("$ref", ""))
    there = model.get("$defs", {}).get(reference.rpartition("/")[2], {}) if reference else {}
    return {**there, **{key: value for key, value in schema.items() if key != "$ref"}}


def _choices(schema: Schema, records: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
    if "record" in schema:
        return records.get(str(schema["record"]), ())
    return tuple(Choice(str(each), str(each).replace("_", " "), each) for each in schema.get("enum", ()))


def _kind(schema: Schema, choices: tuple[Choice, ...], value: Any) -> Kind | None:
    if choices or "record" in schema:
        return "choice" if choices else None
    if schema.get("format") == "date-time":
        return "moment"
    match schema.get("type"):
        case "boolean":
            return "switch"
        case "integer":
            return "whole"
        case "number":
            return "number"
        case "string":
            text = str(value or "")
            long = schema.get("maxLength", 0) > LONG or schema.get("lines")
            return "lines" if long or "\n" in text or len(text) > LONGEST_LINE else "line"
    return None
