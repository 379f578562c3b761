"""An undo plan as its page shows it: groups of effects, each with its records, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.wording import field_name
from portal.icons import FOR_ACTION
from portal.links import Link, link_of
from portal.undo_words import sentence_of
from portal.wording import shown
from workflows.selectors import CorrectionView, UndoView

FATES = {
    "back": "put back",
    "over": "put back, although changed since",
    "before": "is as before",
    "changed": "stays: changed since",
    "removed": "its record is gone",
    "refused": "stays: what it held before is no longer possible",
}
# What of a created record tells nothing to people: where it belongs, and what is the same for all.
SILENT = {"contact", "enquiry", "listing", "assignee", "thread_id", "currency", "status"}
# What somebody wrote since, and stays or is given up.
CHOSEN = ("changed", "over")
STAYED = {
    "changed": "was changed in between",
    "removed": "its record was removed in between",
    "referred": "others refer to it by now",
    "refused": "could not be put back: another record holds that value now",
}
GROUPS = (
    ("undo", "Taken back", "undo-2"),
    ("changed", "Changed since", "triangle-alert"),
    ("correct", "Cannot be undone", "reply"),
    ("nothing", "Nothing to do", "circle-minus"),
)


@dataclass(frozen=True)
class FieldRow:
    """A field: before, what the run wrote, what it holds now, and what becomes of it. `choice`: may be put back too."""

    name: str
    before: str
    wrote: str
    now: str
    fate: str
    stays: bool
    choice: str
    chosen: bool


@dataclass(frozen=True)
class RecordRow:
    """A record, what becomes of it, and the fields of which more is to be told; `holds`: what a created one says."""

    link: Link
    words: str
    holds: list[tuple[str, str]]
    referrers: list[Link]
    fields: list[FieldRow]
    choice: str
    chosen: bool


@dataclass(frozen=True)
class EffectRow:
    """What a run did, and what becomes of it. `done`: its turn was."""

    icon: str
    title: str
    sentence: str
    run: str
    records: list[RecordRow]
    done: bool
    correction: CorrectionView | None


@dataclass(frozen=True)
class Group:
    """Effects of which the same becomes."""

    key: str
    title: str
    icon: str
    effects: list[EffectRow]


@dataclass(frozen=True)
class Stayed:
    """What stayed although the plan had said otherwise."""

    record: Link
    field: str
    words: str


def groups_of(plan: UndoView, corrections: Sequence[CorrectionView]) -> list[Group]:
    """Every effect in exactly one group; those without any are left out."""
    drafts = {str(correction.effect): correction for correction in corrections}
    rows: dict[str, list[EffectRow]] = {key: [] for key, _, _ in GROUPS}
    turn = 0
    for effect in plan.effects:
        acts = effect["does"] != "nothing"
        done = acts and turn < plan.position
        turn += acts
        rows[_group(effect)].append(_effect(effect, done, drafts.get(effect["effect"])))
    return [Group(key, title, icon, rows[key]) for key, title, icon in GROUPS if rows[key]]


def has_choices(groups: Sequence[Group]) -> bool:
    """Whether anything is shown that its reader may choose."""
    return any(
        record.choice or any(field.choice for field in record.fields)
        for group in groups
        for effect in group.effects
        for record in effect.records
    )


def stayed_of(plan: UndoView) -> list[Stayed]:
    """What stayed although the plan had said otherwise."""
    return [
        Stayed(
            link_of(*each["record"].split(":", 1)) if each["record"] else Link("an effect", ""),
            field_name(each["field"]) if each["field"] else "",
            STAYED.get(each["why"], f"is {each['why']} by now"),
        )
        for each in plan.results
    ]


def _group(effect: Mapping[str, Any]) -> str:
    if effect["does"] == "stop":
        return "undo"
    if effect["why"] == "changed":
        return "changed"
    if effect["does"] == "undo" and any(_given_up(record) for record in effect["records"]):
        return "changed"  # so that a choice stays where it was made
    if effect["does"] == "correct" or effect["why"] in ("corrected", "irreversible", "unknown", "leaving"):
        return "correct"
    return str(effect["does"])


def _given_up(record: Mapping[str, Any]) -> bool:
    return any(field["fate"] == "over" for field in record["fields"])


def _effect(effect: Mapping[str, Any], done: bool, correction: CorrectionView | None) -> EffectRow:
    return EffectRow(
        icon=FOR_ACTION.get(effect["action"], "list-checks"),
        title=effect["summary"] or effect["action"],
        sentence=sentence_of(effect),
        run=effect["run"],
        records=[_record(record, done) for record in effect["records"]],
        done=done,
        correction=correction,
    )


def _record(record: Mapping[str, Any], gone: bool) -> RecordRow:
    link = link_of(*record["record"].split(":", 1))
    fates = {**FATES, "over": "is lost with it"} if record["created"] else FATES
    fields = [_field(field, fates) for field in record["fields"] if not record["created"] or field["fate"] in CHOSEN]
    return RecordRow(
        link=Link(link.label, "" if record["removed"] and gone else link.url),
        words=_words(record),
        holds=[(field_name(f["field"]), shown(f["wrote"])) for f in record["fields"] if _told(record, f)],
        referrers=[link_of(*each.split(":", 1)) for each in record["referrers"]],
        fields=fields,
        choice=record["choice"],
        chosen=record["created"] and _given_up(record),
    )


def _words(record: Mapping[str, Any]) -> str:
    if record["removed"]:
        return "is removed"
    if not record["created"]:
        return "is put back" if record["writes"] else "stays as it is"
    if record["referrers"]:
        return "stays: others refer to it"
    return "stays: somebody changed it" if record["fields"] else "is gone already"


def _told(record: Mapping[str, Any], field: Mapping[str, Any]) -> bool:
    """Of a created record, what it says by itself; what it refers to is told by the others."""
    return (
        record["created"]
        and field["fate"] not in CHOSEN
        and isinstance(field["wrote"], str)
        and field["field"] not in SILENT
    )


def _field(field: Mapping[str, Any], fates: Mapping[str, str]) -> FieldRow:
    return FieldRow(
        name=field_name(field["field"]),
        before=shown(field["before"]),
        wrote=shown(field["wrote"]),
        now=shown(field["now"]),
        fate=fates[field["fate"]],
        stays=field["fate"] in ("changed", "removed", "refused"),
        choice=field["choice"],
        chosen=field["fate"] == "over",
    )
