"""Fields of one value each: text, numbers, moments in the tenant's zone, choices."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from tenants import clocks
from tenants.selectors import current

LOCAL = "%Y-%m-%dT%H:%M"


def moment_of(text: str, zone: tzinfo) -> datetime:
    """The time that a clock in `zone` shows as `text`, of two such the first; raises ValidationError."""
    try:
        return clocks.moment_of(text, zone)
    except clocks.NoSuchTime as none:
        raise ValidationError(str(none)) from None


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
