"""What a field can hold: JSON or Python in, Python out, and one canonical JSON value for each.

Plans, undo and digests compare JSON values, so all spellings of one value ("1550000", "1550000.00")
have to become the same one. A `ValueError` carries the sentence that a person reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from audit.canonical import plain, timestamp
from tenants.clocks import FIRST_YEAR, LAST_YEAR

JSON: TypeAlias = "str | int | bool | list[JSON] | dict[str, JSON] | None"

MAX_OPEN_TIMES = 100
MAX_FACTS = 200
MAX_TEXT = 20_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2}0*)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
CENT = Decimal("0.01")


class Value(Protocol):
    """One type of field."""

    def parse(self, value: Any) -> Any:
        """The Python value that is stored; raises ValueError."""

    def dump(self, value: Any) -> JSON:
        """The canonical JSON of a stored value."""


class _Plain:
    def dump(self, value: Any) -> JSON:
        found: JSON = plain(value)
        return found


@dataclass(frozen=True)
class Text(_Plain):
    """Text without outer spaces; null means empty; `lines`: may have several lines.

    What cannot be shown or stored becomes a space: a name from a mail's header is no reason to fail.
    """

    max_length: int
    required: bool = False
    lines: bool = False

    def parse(self, value: Any) -> str:
        if not isinstance(value, str | None):
            raise ValueError("This has to be text.")
        text = _SURROGATE.sub("\ufffd", value or "")
        if self.lines:
            text = _CONTROL_IN_LINES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        else:
            text = _CONTROL.sub(" ", text).strip()
        if len(text) > self.max_length:
            raise ValueError(f"This is longer than {self.max_length} characters.")
        if self.required and not text:
            raise ValueError("This cannot be empty.")
        return text


@dataclass(frozen=True)
class Pattern(_Plain):
    """Text of a certain shape, or empty; `says` completes "This is not …"."""

    pattern: re.Pattern[str]
    says: str
    max_length: int

    def parse(self, value: Any) -> str:
        text = Text(self.max_length).parse(value)
        if text and not self.pattern.fullmatch(text):
            raise ValueError(f"This is not {self.says}.")
        return text


def email() -> Pattern:
    """An email address, as written; wide enough for what really arrives, such as jörg@müller.example."""
    return Pattern(_EMAIL, "an email address", 320)


def currency() -> Pattern:
    """An ISO 4217 code."""
    return Pattern(_CURRENCY, "a currency code such as AUD", 3)


@dataclass(frozen=True)
class Choice(_Plain):
    """One of `options`."""

    options: tuple[str, ...]

    def parse(self, value: Any) -> str:
        if value not in self.options:
            raise ValueError(f"This has to be one of {', '.join(self.options)}.")
        return str(value)


@dataclass(frozen=True)
class Flag(_Plain):
    """True or false."""

    def parse(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("This has to be true or false.")
        return value


@dataclass(frozen=True)
class Moment(_Plain):
    """A time: a datetime with its zone, or RFC 3339 text; canonical is UTC with six digits."""

    required: bool = True

    def parse(self, value: Any) -> datetime | None:
        return None if value is None and not self.required else _utc(value)


def _utc(value: Any) -> datetime:
    fault = ValueError("This has to be a time with its zone, such as 2026-11-21T10:30:00Z.")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise fault
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"This has to be in a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


@dataclass(frozen=True)
class Amount:
    """Money, not negative, at most two decimals; canonical has two. No floats."""

    def parse(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if isinstance(value, str | int | Decimal) and _AMOUNT.fullmatch(text):
            return Decimal(text).quantize(CENT)
        raise ValueError("This has to be an amount such as 1550000.00.")

    def dump(self, value: Decimal | None) -> JSON:
        return None if value is None else str(value.quantize(CENT))


@dataclass(frozen=True)
class Reference(_Plain):
    """The id of another record; whether that exists is for the writer to see."""

    required: bool = True

    def parse(self, value: Any) -> UUID | None:
        if value is None and not self.required:
            return None
        try:
            return value if isinstance(value, UUID) else UUID(str(value))
        except ValueError:
            raise ValueError("This has to be the id of a record.") from None


@dataclass(frozen=True)
class OpenTimes(_Plain):
    """[{"starts_at", "ends_at"}] in order of time, each ending after it starts, none twice."""

    def parse(self, value: Any) -> list[dict[str, str]]:
        if not isinstance(value, list | tuple) or len(value) > MAX_OPEN_TIMES:
            raise ValueError(f"This has to be a list of at most {MAX_OPEN_TIMES} times.")
        spans = set()
        for item in value:
            if not isinstance(item, Mapping) or set(item) != {"starts_at", "ends_at"}:
                raise ValueError("Each open time has starts_at and ends_at, and nothing else.")
            starts_at, ends_at = _utc(item["starts_at"]), _utc(item["ends_at"])
            if ends_at <= starts_at:
                raise ValueError("An open time ends after it starts.")
            spans.add((starts_at, ends_at))
        return [{"starts_at": timestamp(start), "ends_at": timestamp(end)} for start, end in sorted(spans)]


@dataclass(frozen=True)
class Facts(_Plain):
    """{name: text}; a name is short and has no dot, so that "facts.council_rates" names one."""

    def parse(self, value: Any) -> dict[str, str]:
        if not isinstance(value, Mapping) or len(value) > MAX_FACTS:
            raise ValueError(f"This has to be an object of at most {MAX_FACTS} texts.")
        found = {}
        for name, text in value.items():
            name = Text(100, required=True).parse(name)
            if "." in name:
                raise ValueError(f"The name {name} has a dot.")
            try:
                found[name] = Text(MAX_TEXT, lines=True).parse(text)
            except ValueError as fault:
                raise ValueError(f"{name}: {fault}") from None
        return found
