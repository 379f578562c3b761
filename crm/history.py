"""Who or what wrote which field of a record when, as the ledger tells it. The values are not in it, on purpose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.selectors import EntryView, entries, views
from crm.kinds import kind_of
from crm.records import sealed
from crm.values import JSON
from crm.wording import field_name

SHOWN = 30
# Between two saves of one record lie few others; what was changed before these counts as touched.
LOOKED_AT = 200
_ADDED, _CHANGED, _TAKEN_BACK = "crm.record_created", "crm.record_updated", "crm.record_reverted"


@dataclass(frozen=True)
class Written:
    """One write: "Mei" "changed Phone and Email". `run` is the run that did it; `by_run`: not a person of their own."""

    at: datetime
    who: str
    did: str
    run: UUID | None
    by_run: bool


@dataclass(frozen=True)
class Meanwhile:
    """The last write of a field since a version; `before` seals what the field held at that version."""

    who: str
    at: datetime
    before: str


def history(kind: str, id: UUID, *, limit: int = SHOWN) -> tuple[Written, ...]:
    """The writes of a record, newest first."""
    return tuple(_written(entry) for entry in views(entries(target=f"{kind}:{id}")[:limit]) if entry.event in _DID)


def changed_since(kind: str, id: UUID, version: int) -> dict[str, Meanwhile]:
    """The fields written since `version`."""
    found: dict[str, Meanwhile] = {}
    for entry in views(entries(target=f"{kind}:{id}")[:LOOKED_AT]):
        if entry.data.get("version", 0) <= version:
            break
        for name, before in entry.data["before"].items():
            last = found.get(name)
            found[name] = (
                Meanwhile(last.who, last.at, before) if last else Meanwhile(entry.actor_name, entry.at, before)
            )
    return found


def untouched(kind: str, id: UUID, values: Mapping[str, JSON], since: Mapping[str, Meanwhile]) -> set[str]:
    """The names of those canonical `values` that are what their field held before others wrote it."""
    record = kind_of(kind).model._base_manager.filter(pk=id).first()
    if record is None:
        return set()
    return {
        name for name, value in values.items() if name in since and sealed(record, name, value) == since[name].before
    }


def _fields(entry: EntryView) -> str:
    *others, last = [field_name(name) for name in entry.data.get("fields", ())] or ["nothing"]
    return f"{', '.join(others)} and {last}" if others else last


_DID: dict[str, Callable[[EntryView], str]] = {
    _ADDED: lambda entry: "added this",
    _CHANGED: lambda entry: f"changed {_fields(entry)}",
    _TAKEN_BACK: lambda entry: f"took back {_fields(entry)}",
}


def _written(entry: EntryView) -> Written:
    return Written(
        at=entry.at,
        who=entry.actor_name,
        did=_DID[entry.event](entry),
        run=UUID(entry.run) if entry.run else None,
        by_run=entry.actor.startswith("run:"),
    )
