"""What a browser would send back from the admin's pages: the forms as they stand, or with something changed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.utils import timezone

Sent = dict[str, Any]
NEW_PASSWORD = "walked-nine-miles-today"


def as_it_stands(page: Any) -> Sent:
    """What the form of an admin page sends when nothing is touched, with its inlines; None is not sent at all."""
    sent: Sent = {}
    for bound in page.context["adminform"].form:
        sent |= _sent(bound, bound.value())
    for inline in page.context["inline_admin_formsets"]:
        rows = inline.formset
        for bound in rows.management_form:
            sent |= _sent(bound, bound.value())
        sent[f"{rows.prefix}-TOTAL_FORMS"] = str(rows.initial_form_count())
        for row in rows.initial_forms:
            for bound in row:
                sent |= _sent(bound, bound.value())
    return sent


def changes(page: Any) -> dict[str, Sent]:
    """By field, what is sent when that field says something else; passwords are typed twice."""
    found: dict[str, Sent] = {}
    typed_twice: Sent = {}
    for position, bound in enumerate(page.context["adminform"].form):
        other = _another(bound.name, bound.field, bound.value(), position)
        if other is None:
            continue
        found[bound.name] = _sent(bound, bound.field.prepare_value(other))
        if isinstance(bound.field.widget, forms.PasswordInput):
            typed_twice |= found[bound.name]
    return {name: sent | typed_twice if name in typed_twice else sent for name, sent in found.items()}


def _widget(bound: Any) -> Any:
    widget = bound.field.widget
    return getattr(widget, "widget", widget)  # a related field's widget is wrapped in links


def _sent(bound: Any, value: Any) -> Sent:
    widget, name = _widget(bound), bound.html_name
    if hasattr(widget, "decompress"):
        parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
        return {f"{name}{suffix}": _text(part) for suffix, part in parts}
    if isinstance(widget, forms.CheckboxInput):
        return {name: "on" if value else None}
    if getattr(widget, "allow_multiple_selected", False):
        return {name: [_text(item) for item in value or []]}
    return {name: _text(value)}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _another(name: str, asked: Any, value: Any, position: int) -> Any:
    """Another value that a field might take; None where there is none to try."""
    if isinstance(asked.widget, forms.HiddenInput):
        return None
    rows, choices = getattr(asked, "queryset", ()), getattr(asked, "choices", ())
    match asked:
        case forms.ModelMultipleChoiceField():
            return [item.pk for item in rows[:2]]
        case forms.ModelChoiceField():
            return next((item.pk for item in rows[:2] if str(item.pk) != str(value)), None)
        case forms.MultipleChoiceField():
            return [next(key for key, _ in choices)]
        case forms.ChoiceField():
            return next((key for key, _ in choices if key not in ("", str(value))), None)
        case forms.BooleanField():
            return not value
        case forms.EmailField():
            return "walker@example.com"
        case forms.SplitDateTimeField() | forms.DateTimeField():
            begin = value if isinstance(value, datetime) else timezone.now().replace(microsecond=0)
            return begin + timedelta(days=1, hours=position)
        case forms.DateField():
            return (value if isinstance(value, date) else timezone.now().date()) + timedelta(days=400)
        case forms.DecimalField() | forms.IntegerField():
            return int(value or 0) + 1
        case forms.JSONField():
            return None
        case forms.SlugField():
            return "walked"
        case forms.CharField() if isinstance(asked.widget, forms.PasswordInput):
            return NEW_PASSWORD
        case forms.CharField() if name == "email":
            return "walker@example.com"
        case forms.CharField():
            return f"Walked {value or ''}"[: asked.max_length].strip()
    return None


@dataclass
class Form:
    """A form of a page, with the buttons that submit it."""

    id: str
    action: str
    values: Sent = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("id", ""), given.get("action", ""))
            self.found.append(self._open)
        into = next((form for form in self.found if form.id and form.id == given.get("form")), self._open)
        if into is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        kind = given.get("type", "text" if tag == "input" else "submit")
        if tag == "button" and kind == "submit":
            into.buttons.append((name, value))
        elif tag == "textarea":
            self._area, into.values[name] = name, ""
            into.texts.append(name)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in into.values):
            into.values[self._select] = value
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            into.values[name] = value
            if kind == "text":
                into.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.values[self._area] += data.removeprefix("\n")


def forms_of(page: Any) -> list[Form]:
    """The forms of a page that write, by what they send; signing out is not one."""
    parser = _Forms()
    parser.feed(page.content.decode())
    path = page.request["PATH_INFO"]
    return [form for form in parser.found if form.action in ("", path)]


def submissions(form: Form) -> list[tuple[str, Sent]]:
    """A form sent by each of its buttons as it stands, and with each of its texts changed."""
    found = []
    for name, value in form.buttons or [("", "")]:
        pressed = form.values | ({name: value} if name else {})
        found.append((f"{form.id} {value}".strip(), pressed))
        for text in form.texts:
            other = f"{pressed[text]} Walked."
            found.append((f"{form.id} {value}, with another {text}".strip(), pressed | {text: other}))
    return found
