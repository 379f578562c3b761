"""The one door for writing records: create, change, take back, delete.

Values go in and out as canonical JSON (`crm.values`), since plans, approvals and undo speak of fields
and not of objects. Every write is checked, counted in `version` and leaves a ledger entry with the
names of the fields and salted digests, in one transaction: the caller's where there is one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from django.db import IntegrityError, models, transaction

from audit.canonical import digest
from audit.services import Actor
from audit.services import record as ledger_record
from crm.errors import Changed, Invalid, Missing, Referred, Taken, VersionConflict
from crm.kinds import Kind, kind_of
from crm.models import Record
from crm.reverting import NOTHING, STAYS, Change, referrers, weigh
from crm.values import JSON, Reference

Why = Literal["changed", "removed", "referred", "refused"]

_REASONS: dict[Why, str] = {
    "changed": "It was changed since.",
    "removed": "The record is gone.",
    "referred": "Other records refer to it.",
    "refused": "What it held before is no longer possible.",
}


@dataclass(frozen=True)
class Kept:
    """A field that was not put back: it held `wrote` after the change and holds `now` today.

    `field` is empty where the record as a whole stays because others refer to it; `now` then names
    these as "<kind>:<id>".
    """

    kind: str
    id: str
    field: str
    wrote: JSON
    now: JSON
    why: Why

    @property
    def sentence(self) -> str:
        return _REASONS[self.why]


def fields(kind: str, id: UUID | str) -> dict[str, JSON] | None:
    """The canonical values of the record's writable fields; None where there is no such record.

    Raises UnknownKind.
    """
    which = kind_of(kind)
    record = _rows(which, id).first()
    return which.dump(record) if record else None


def pick(values: Mapping[str, JSON] | None, name: str) -> JSON:
    """One value out of `fields(…)`; null where it is absent.

    A dot looks inside: "facts.council_rates" is that fact's text, and "open_times.<starts_at>" the
    open time that starts then, so that a proposal can rest on these alone.
    """
    field, _, inner = name.partition(".")
    found = (values or {}).get(field)
    if not inner:
        return found
    if isinstance(found, dict):
        return found.get(inner)
    if isinstance(found, list):
        return next((item for item in found if isinstance(item, dict) and item.get("starts_at") == inner), None)
    return None


def clean(kind: str, values: Mapping[str, Any]) -> dict[str, JSON]:
    """`values` in canonical form; reads nothing. Raises UnknownKind, Invalid."""
    which = kind_of(kind)
    return {name: which.fields[name].dump(value) for name, value in _parse(which, values).items()}


def defaults(kind: str) -> dict[str, JSON]:
    """What each field of a new record holds where nothing is said. Raises UnknownKind."""
    return kind_of(kind).defaults()


def record_create(
    *, kind: str, id: UUID | str, fields: Mapping[str, Any], actor: Actor, run: UUID | str | None = None
) -> dict[str, JSON]:
    """Add a record under `id`; returns all its fields. Raises UnknownKind, Invalid, Taken."""
    which = kind_of(kind)
    ident = _uuid(id)
    if ident is None:
        raise Invalid(kind, {"id": "This has to be a UUID."})
    record = which.model(id=ident)
    given = {name: getattr(record, which.column(name)) for name in which.fields} | dict(fields)
    values = _parse(which, given)
    _check(which, values, set(values))
    with _whole(which):
        _assign(which, record, values)
        record.save(force_insert=True)
        after = which.dump(record)
        _tell("crm.record_created", which, record, {}, {name: after[name] for name in fields}, actor, run)
    return after


def record_update(
    *,
    kind: str,
    id: UUID | str,
    changes: Mapping[str, Change],
    actor: Actor,
    run: UUID | str | None = None,
) -> dict[str, JSON]:
    """Change fields from (before) to (after); returns all fields.

    The row is locked, and nothing is written unless every field holds its `before`. Raises Changed,
    Missing, UnknownKind, Invalid, Taken.
    """
    which = kind_of(kind)
    before = clean(kind, {name: was for name, (was, _) in changes.items()})
    with _whole(which):
        record, now = _locked(which, id)
        for name, was in before.items():
            if now[name] != was:
                raise Changed(kind, id, name, was, now[name])
        _write(which, record, now, {name: to for name, (_, to) in changes.items()}, actor, run)
        return which.dump(record)


def record_set(
    *,
    kind: str,
    id: UUID | str,
    fields: Mapping[str, Any],
    actor: Actor,
    version: int | None = None,
    run: UUID | str | None = None,
) -> dict[str, JSON]:
    """Change fields whatever they hold, as people do who see the record; returns all fields.

    `version`: the one that they saw. Raises VersionConflict, Missing, UnknownKind, Invalid, Taken.
    """
    which = kind_of(kind)
    with _whole(which):
        record, now = _locked(which, id)
        _expect(which, record, version)
        _write(which, record, now, fields, actor, run)
        return which.dump(record)


def record_revert(
    *,
    kind: str,
    id: UUID | str,
    changes: Mapping[str, Change],
    created: bool,
    actor: Actor,
    run: UUID | str | None = None,
    overwrite: Mapping[str, JSON] = NOTHING,
) -> list[Kept]:
    """Take back `changes`, field by field, where a field still holds what they wrote.

    Returns what was left alone, and why; empty means that all is as before. A record that they
    `created` is removed, if every field is still as created and nothing refers to it; otherwise it
    stays whole. A field in `overwrite` is put back too while it holds the value given there, which a
    person has seen. Doing it twice does nothing more. Raises UnknownKind.
    """
    which = kind_of(kind)
    with _whole(which):
        record = _rows(which, id).select_for_update().first()
        now = which.dump(record) if record else None
        weighed = weigh(which, now, changes, created=created, overwrite=overwrite)
        kept = [
            Kept(which.name, str(id), field.field, field.wrote, field.now, cast(Why, field.fate))
            for field in weighed
            if field.fate in STAYS
        ]
        if record is None or now is None:
            return kept
        if created:
            return _uncreate(which, record, now, kept, actor, run)
        back = {field.field: field.before for field in weighed if field.fate in ("back", "over")}
        return _put_back(which, record, now, back, kept, actor, run)


def record_delete(
    *, kind: str, id: UUID | str, actor: Actor, version: int | None = None, run: UUID | str | None = None
) -> None:
    """Delete a record that nothing refers to. Raises Referred, VersionConflict, Missing, UnknownKind."""
    which = kind_of(kind)
    with _whole(which):
        record, now = _locked(which, id)
        _expect(which, record, version)
        if by := _referrers(which, record):
            raise Referred(kind, id, by)
        _tell("crm.record_deleted", which, record, now, {}, actor, run)
        record.delete()


# --- the parts --------------------------------------------------------------------------------


@contextmanager
def _whole(which: Kind) -> Iterator[None]:
    """All or nothing, with the database's refusals in the app's words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name == f"{which.model._meta.db_table}_pkey":
            raise Taken(which.name, name, f"There is a {which.name} with this id already.") from error
        for constraint in which.model._meta.constraints:
            if constraint.name == name and isinstance(constraint, models.UniqueConstraint):
                raise Taken(which.name, name, str(constraint.violation_error_message)) from error
        raise


def _uuid(ident: UUID | str) -> UUID | None:
    try:
        return ident if isinstance(ident, UUID) else UUID(ident)
    except ValueError:
        return None


def _rows(which: Kind, ident: UUID | str) -> models.QuerySet[Record]:
    rows = which.model._base_manager.all()
    pk = _uuid(ident)
    return rows.filter(pk=pk) if pk else rows.none()


def _locked(which: Kind, ident: UUID | str) -> tuple[Record, dict[str, JSON]]:
    record = _rows(which, ident).select_for_update().first()
    if record is None:
        raise Missing(which.name, ident)
    return record, which.dump(record)


def _expect(which: Kind, record: Record, version: int | None) -> None:
    if version is not None and record.version != version:
        raise VersionConflict(which.name, record.pk, version, record.version)


def _parse(which: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    parsed, faults = {}, {}
    for name, value in values.items():
        if name not in which.fields:
            faults[name] = f"No {which.name} has such a field."
            continue
        try:
            parsed[name] = which.fields[name].parse(value)
        except ValueError as fault:
            faults[name] = str(fault)
    if faults:
        raise Invalid(which.name, faults)
    return parsed


def _check(which: Kind, values: Mapping[str, Any], changed: set[str]) -> None:
    """The kind's rule over all values, and that what the `changed` fields refer to exists."""
    faults = which.rule(values)
    for name in changed:
        if not isinstance(which.fields[name], Reference) or values[name] is None:
            continue
        if not which.referred(name)._base_manager.filter(pk=values[name]).exists():
            faults[name] = "There is no such record."
    if faults:
        raise Invalid(which.name, faults)


def _assign(which: Kind, record: Record, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(record, which.column(name), value)


def _store(which: Kind, record: Record, now: Mapping[str, JSON], values: Mapping[str, Any]) -> dict[str, JSON]:
    """Write what differs from `now`, one version on; returns what was written, canonical."""
    values = _parse(which, values)
    changed = {name: value for name, value in values.items() if which.fields[name].dump(value) != now[name]}
    if not changed:
        return {}
    whole = {name: getattr(record, which.column(name)) for name in which.fields} | changed
    _check(which, whole, set(changed))
    _assign(which, record, changed)
    record.version += 1
    record.save(update_fields=[*changed, "version", "updated_at"])
    return {name: which.fields[name].dump(value) for name, value in changed.items()}


def _write(
    which: Kind,
    record: Record,
    now: Mapping[str, JSON],
    values: Mapping[str, Any],
    actor: Actor,
    run: UUID | str | None,
) -> None:
    written = _store(which, record, now, values)
    if written:
        before = {name: now[name] for name in written}
        _tell("crm.record_updated", which, record, before, written, actor, run)


def _put_back(
    which: Kind,
    record: Record,
    now: Mapping[str, JSON],
    back: Mapping[str, JSON],
    kept: list[Kept],
    actor: Actor,
    run: UUID | str | None,
) -> list[Kept]:
    try:
        with transaction.atomic():  # a refusal must leave the transaction usable
            restored = _store(which, record, now, back)
    except (Invalid, IntegrityError):
        wrote = [Kept(which.name, str(record.pk), name, now[name], now[name], "refused") for name in sorted(back)]
        return kept + wrote
    if restored:
        more = {"removed": False, "kept": sorted(item.field for item in kept)}
        former = {name: now[name] for name in restored}
        _tell("crm.record_reverted", which, record, former, restored, actor, run, more)
    return kept


def _uncreate(
    which: Kind,
    record: Record,
    now: Mapping[str, JSON],
    kept: list[Kept],
    actor: Actor,
    run: UUID | str | None,
) -> list[Kept]:
    if by := _referrers(which, record):
        kept = [*kept, Kept(which.name, str(record.pk), "", None, list(by), "referred")]
    if kept:
        return kept
    _tell("crm.record_reverted", which, record, now, {}, actor, run, {"removed": True, "kept": []})
    record.delete()
    return []


def _referrers(which: Kind, record: Record, limit: int = 5) -> tuple[str, ...]:
    """The first few records that refer to this one, as "<kind>:<id>"."""
    found = referrers(which, [record.pk])[str(record.pk)]
    return tuple(f"{kind}:{ident}" for kind, ident, _ in found[:limit])


def _tell(
    event: str,
    which: Kind,
    record: Record,
    before: Mapping[str, JSON],
    after: Mapping[str, JSON],
    actor: Actor,
    run: UUID | str | None,
    more: Mapping[str, Any] | None = None,
) -> None:
    data = {
        "kind": which.name,
        "fields": sorted({*before, *after}),
        "before": {name: sealed(record, name, value) for name, value in before.items()},
        "after": {name: sealed(record, name, value) for name, value in after.items()},
        "version": record.version,
        **(more or {}),
    }
    ledger_record(event=event, target=f"{which.name}:{record.pk}", actor=actor, data=data, run=run)


def sealed(record: Record, name: str, value: JSON) -> str:
    """What stands for a field's value in the ledger."""
    return digest({"salt": record.salt, "field": name, "value": value})
