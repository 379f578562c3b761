"""Fields of many rows, without scripts: a few empty ones, and a button for more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from crm import selectors
from crm.forms.fields import Shaped, moment_of
from crm.values import MAX_FACTS, MAX_OPEN_TIMES
from crm.wording import label
from tenants.selectors import current

BLANK_ROWS = 2
MOST_ROWS = max(MAX_OPEN_TIMES, MAX_FACTS)
Row = dict[str, str]


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
