"""A field for another record, found by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from crm import selectors
from crm.forms.fields import Shaped
from crm.read_models import ContactView, ListingView

CANDIDATES = 6


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
