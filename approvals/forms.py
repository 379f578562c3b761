"""The edit form of a proposal, from its stored document: typed fields out, typed values back.

Portal and admin use it; what an edit may change is decided by `services.approval_edit` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from approvals.errors import InvalidEdit

Kind = Literal["line", "lines", "number", "switch", "moment"]
INPUT_TYPES: dict[Kind, str] = {"line": "text", "number": "number", "moment": "datetime-local"}
LONGEST_LINE = 80


@dataclass
class Field:
    """One field as an input shows it; `original` is the value that stands in the document."""

    step: str
    field: str
    label: str
    kind: Kind
    value: str
    original: Any
    error: str = ""

    @property
    def name(self) -> str:
        return f"edits.{self.step}.{self.field}"

    @property
    def id(self) -> str:
        return f"edit-{self.step}-{self.field}"

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def rows(self) -> int:
        return min(24, max(3, sum(1 + len(line) // 80 for line in self.value.split("\n")) + 1))


@dataclass
class EditedAction:
    """One action of the proposal with what a person may change in it."""

    step: str
    action: str
    label: str
    summary: str
    is_reply: bool
    may_leave_out: bool
    left_out: bool = False
    fields: list[Field] = field(default_factory=list)


@dataclass
class EditForm:
    """The whole form; made of the document, or of the document and what was typed."""

    actions: list[EditedAction]

    def mark(self, path: str, sentence: str) -> bool:
        """Put an error beside the field it speaks of ('edits.reply.text'); False where there is none."""
        for action in self.actions:
            for item in action.fields:
                if path == item.name:
                    item.error = sentence
                    return True
        return False


def comment_of(typed: Mapping[str, str]) -> str:
    """The comment to a decision, as typed."""
    return typed.get("comment", "").replace("\r\n", "\n").strip()[:2000]


def edit_form(
    document: Mapping[str, Any],
    zone: tzinfo,
    typed: Mapping[str, str] | None = None,
    leave_out: list[str] | None = None,
) -> EditForm:
    """The form of a document; with `typed` (names as posted) every field shows what was typed."""
    actions = document.get("actions", [])
    reply_step = (document.get("reply") or {}).get("step")
    found = []
    for action in actions:
        step = str(action["step"])
        fields = [_field(step, name, value, zone) for name, value in _editable(action, document)]
        for item in fields:
            if typed is not None and item.name in typed:
                item.value = typed[item.name].replace("\r\n", "\n")
        found.append(
            EditedAction(
                step=step,
                action=str(action.get("action", "")),
                label=str(action.get("label") or action.get("action", "")),
                summary=str(action.get("summary") or ""),
                is_reply=step == reply_step,
                may_leave_out=len(actions) > 1,
                left_out=step in (leave_out or []),
                fields=sorted(fields, key=lambda item: (item.kind == "lines", item.field != "subject")),
            )
        )
    return EditForm(sorted(found, key=lambda action: not action.is_reply))


def edits_of(form: EditForm, zone: tzinfo) -> dict[str, dict[str, Any]]:
    """What differs from the document, by step and field, each with its field's type; raises InvalidEdit."""
    edits: dict[str, dict[str, Any]] = {}
    for action in form.actions:
        for item in action.fields:
            if item.value == _shown(item.original, item.kind, zone):
                continue
            edits.setdefault(item.step, {})[item.field] = _typed(item, zone)
    return edits


def _editable(action: Mapping[str, Any], document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    given = {**action.get("input", {})}
    reply = document.get("reply") or {}
    if action.get("step") == reply.get("step"):
        given = {"subject": reply.get("subject", ""), **given, "text": reply.get("text", "")}
    names = action.get("editable")
    if names is None:
        names = [name for name, value in given.items() if isinstance(value, str | int | float | bool)]
    return [(name, given.get(name)) for name in given if name in names]


def _field(step: str, name: str, value: Any, zone: tzinfo) -> Field:
    kind = _kind(name, value)
    label = "reply" if kind == "lines" and name == "text" else name.replace("_", " ")
    return Field(step, name, label[:1].upper() + label[1:], kind, _shown(value, kind, zone), value)


def _kind(name: str, value: Any) -> Kind:
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, int):
        return "number"
    if _moment(value) is not None or (value is None and name.endswith("_at")):
        return "moment"
    text = str(value or "")
    return "lines" if name == "text" or "\n" in text or len(text) > LONGEST_LINE else "line"


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or value[10:11] != "T":
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _shown(value: Any, kind: Kind, zone: tzinfo) -> str:
    if value is None:
        return ""
    if kind == "switch":
        return "true" if value else "false"
    when = _moment(value) if kind == "moment" else None
    if when is not None:
        return when.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return str(value).replace("\r\n", "\n")


def _typed(item: Field, zone: tzinfo) -> Any:
    path = item.name
    if item.kind == "switch":
        return item.value == "true"
    if item.kind == "number":
        try:
            return int(item.value)
        except ValueError:
            raise InvalidEdit(path, f"{item.label} is a whole number.") from None
    if item.kind == "moment":
        if not item.value:
            return None
        try:
            return datetime.fromisoformat(item.value).replace(tzinfo=zone).astimezone(UTC).isoformat()
        except ValueError:
            raise InvalidEdit(path, f"{item.label} is a day and a time.") from None
    return item.value if item.value or isinstance(item.original, str) else None
