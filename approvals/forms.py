"""The edit form of a proposal: its fields, actions that a person adds, and what of it was changed.

Portal and admin use it; what an edit may change is decided by `services.approval_edit` alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from django.http import QueryDict

from approvals.errors import InvalidEdit, Refused
from approvals.fields import Choice, Field, Unfit, field_of, shown, typed
from approvals.proposals import Revision, Takes, origin
from approvals.selectors import ApprovalView
from tenants.selectors import current

MOST_ADDED = 20
ADDED = re.compile(r"add\[(\d{1,3})\]\.action")
NOT_SAVED = "This was not saved."
Records = Mapping[str, tuple[Choice, ...]]


@dataclass
class EditedAction:
    """One action of the proposal, or one that a person adds, with what they may say in it."""

    path: str
    step: str
    action: str
    label: str
    summary: str
    is_reply: bool = False
    may_leave_out: bool = False
    left_out: bool = False
    error: str = ""
    fields: list[Field] = field(default_factory=list)


@dataclass
class EditForm:
    """The whole form; made of the document, or of the document and what was typed.

    `asks`: it was sent for another action, or for one less, and nothing is to be saved.
    """

    actions: list[EditedAction]
    added: list[EditedAction]
    may_add: list[Takes]
    zone: tzinfo
    asks: bool = False

    @property
    def every(self) -> list[EditedAction]:
        return [*self.actions, *self.added]

    @property
    def has_times(self) -> bool:
        return any(item.kind == "moment" for action in self.every for item in action.fields)

    def tell(self, refused: Refused) -> str:
        """Put refusals beside what they speak of; what to say above the form."""
        if not isinstance(refused, InvalidEdit):
            return refused.sentence
        told = [self._mark(path, sentence) for path, sentence in refused.faults.items()]
        wrong = [item for action in self.every for item in action.fields if item.error]
        for item in wrong[:1]:
            item.focus = True
        return NOT_SAVED if all(told) else refused.sentence

    def _mark(self, path: str, sentence: str) -> bool:
        for action in self.every:
            for item in action.fields:
                if path == item.name:
                    item.error = sentence
                    return True
            if path in (action.path, f"leave_out.{action.step}") or path.startswith(f"{action.path}."):
                action.error = sentence
                return True
        return False


def comment_of(typed: Mapping[str, str]) -> str:
    """The comment to a decision, as typed."""
    return typed.get("comment", "").replace("\r\n", "\n").strip()[:2000]


def rejection_of(typed: QueryDict) -> str:
    """Why it is rejected, as chosen; what was chosen before somebody approved after all says nothing."""
    return typed.get("rejection", "") if typed.get("decision") == "reject" else ""


def edit_form_of(approval: ApprovalView, posted: QueryDict | None = None) -> EditForm:
    """The form of a proposal in its workspace's zone, empty-handed or with what was posted."""
    typed = None if posted is None else {name: str(value) for name, value in posted.items()}
    leave_out = [] if posted is None else posted.getlist("leave_out")
    takes = origin().takes(run=approval.run)
    return edit_form(approval.document, takes, current().timezone, typed, leave_out)


def edit_form(
    document: Mapping[str, Any],
    takes: Mapping[str, Takes],
    zone: tzinfo,
    typed: Mapping[str, str] | None = None,
    leave_out: list[str] | None = None,
) -> EditForm:
    """The form of a document; with `typed` (names as posted) every field shows what was typed."""
    actions = document.get("actions", [])
    reply_step = (document.get("reply") or {}).get("step")
    records = _records(document)
    found = []
    for action in actions:
        step, name = str(action["step"]), str(action.get("action", ""))
        is_reply = step == reply_step
        given = {**action.get("input", {}), **(_reply(document) if is_reply else {})}
        schema = takes[name].schema if name in takes else {}
        items = [
            field_of(schema, key, name=f"edits.{step}.{key}", value=given.get(key), zone=zone, records=records)
            for key in schema.get("properties", {})
            if key in action.get("editable", ())
        ]
        found.append(
            EditedAction(
                path=f"edits.{step}",
                step=step,
                action=name,
                label=str(action.get("label") or name),
                summary=str(action.get("summary") or ""),
                is_reply=is_reply,
                may_leave_out=len(actions) > 1,
                left_out=step in (leave_out or []),
                fields=_sorted([item for item in items if item]),
            )
        )
    typed = typed or {}
    may_add = {name: kind for name, kind in takes.items() if kind.fills and _fillable(kind, zone, records)}
    wanted = [(may_add[name], number) for name, number in _wanted(typed) if name in may_add]
    added = []
    for place, (kind, number) in enumerate(wanted[:MOST_ADDED]):
        made = _added(kind, place, zone, records)
        _fill(made, typed, former=f"add[{number}]")
        if number is None and made.fields:
            made.fields[0].focus = True
        added.append(made)
    for action in found:
        _fill(action, typed, former=action.path)
    return EditForm(
        actions=sorted(found, key=lambda action: not action.is_reply),
        added=added,
        may_add=list(may_add.values()),
        zone=zone,
        asks="more" in typed or "drop" in typed,
    )


def revision_of(form: EditForm) -> Revision | None:
    """What differs from the document, each with its field's type; None where nothing does. Raises InvalidEdit."""
    edits: dict[str, dict[str, Any]] = {}
    faults: dict[str, str] = {}
    add = []
    for action in form.actions:
        for item in [] if action.left_out else action.fields:
            if item.value != shown(item, item.original, form.zone):
                _take(edits.setdefault(action.step, {}), item, form.zone, faults)
    for action in form.added:
        given: dict[str, Any] = {}
        for item in action.fields:
            _take(given, item, form.zone, faults)
        add.append({"action": action.action, "input": given})
    if faults:
        path, sentence = next(iter(faults.items()))
        raise InvalidEdit(path, sentence, faults)
    leave_out = [action.step for action in form.actions if action.left_out]
    return Revision(edits=edits, leave_out=leave_out, add=add) if edits or leave_out or add else None


def _take(into: dict[str, Any], item: Field, zone: tzinfo, faults: dict[str, str]) -> None:
    try:
        into[item.field] = typed(item, zone)
    except Unfit as unfit:
        faults[item.name] = str(unfit)


def _reply(document: Mapping[str, Any]) -> dict[str, Any]:
    reply = document.get("reply") or {}
    return {"subject": reply.get("subject", ""), "text": reply.get("text", "")}


def _sorted(fields: list[Field]) -> list[Field]:
    """What is written in several lines comes last."""
    return sorted(fields, key=lambda item: item.kind == "lines")


def _added(kind: Takes, place: int, zone: tzinfo, records: Records) -> EditedAction:
    path = f"add[{place}]"
    fields = [
        field_of(kind.schema, key, name=f"{path}.input.{key}", value=_default(kind, key), zone=zone, records=records)
        for key in kind.fills
    ]
    found = _sorted([item for item in fields if item])
    for item in found:
        if item.kind == "choice" and item.choices:
            item.value = item.choices[0].value
    return EditedAction(path, "", kind.action, kind.label, kind.says, fields=found)


def _default(kind: Takes, field: str) -> Any:
    return kind.schema["properties"][field].get("default")


def _fillable(kind: Takes, zone: tzinfo, records: Records) -> bool:
    """Whether the form can say all that this action must be told."""
    shows = {item.field for item in _added(kind, 0, zone, records).fields}
    return not (set(kind.schema.get("required", ())) & set(kind.fills)) - shows


def _wanted(typed: Mapping[str, str]) -> list[tuple[str, int | None]]:
    """The actions that a person adds, in their order, each with the number that it had in the form; without the one
    that they drop, and with the one that they ask for, which has had none."""
    numbers = sorted(int(match[1]) for name in typed if (match := ADDED.fullmatch(name)))
    kept: list[tuple[str, int | None]] = [
        (typed[f"add[{number}].action"], number) for number in numbers if str(number) != typed.get("drop")
    ]
    return kept + ([(typed["more"], None)] if typed.get("more") else [])


def _fill(action: EditedAction, typed: Mapping[str, str], *, former: str) -> None:
    """Show what was typed, under the names that the action's fields had: `former` is its path then."""
    for item in action.fields:
        name = item.name.replace(action.path, former, 1)
        if name in typed:
            item.value = typed[name].replace("\r\n", "\n")


def _records(document: Mapping[str, Any]) -> Records:
    """The records that a proposal is about, by kind: those that it makes or writes, and those that it rests on."""
    customer = document.get("customer") or {}
    titles = {str(source.get("id")): str(source.get("title") or "") for source in document.get("sources", ())}
    found: dict[str, dict[str, Choice]] = {}
    for action in document.get("actions", ()):
        for change in action.get("changes", ()):
            kind, ident = str(change["record"]["kind"]), change["record"]["id"]
            who = str(customer.get("name") or "") if kind == "contact" else ""
            title = titles.get(str(ident)) or who or str(change.get("label") or kind)
            if ident:
                choice = Choice(str(ident), title, str(ident))
            else:
                made = f"{title} (recorded with this)" if who else f"The {title.lower()} recorded with this"
                choice = Choice(f"{action['step']}.{kind}", made, {"$step": action["step"], "field": kind})
            found.setdefault(kind, {}).setdefault(choice.value, choice)
    for source in document.get("sources", ()):
        kind, ident = str(source.get("kind")), str(source.get("id"))
        found.setdefault(kind, {}).setdefault(ident, Choice(ident, titles[ident] or kind, ident))
    return {kind: tuple(choices.values()) for kind, choices in found.items()}
