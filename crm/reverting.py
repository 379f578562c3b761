"""What taking changes back does: weighed field by field, and foreseen for many records without doing it.

`records.record_revert` does it, and weighs by the same rule under its lock, so that what was foreseen is what happens
unless somebody writes in between.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from crm.kinds import KINDS, Kind, kind_of
from crm.values import JSON, Reference

Change = tuple[JSON, JSON]
# back: it holds what was written, and gets what it held before. over: it holds something else, which is given up.
# before: it holds what it held before. changed: it holds something else, and stays. removed: its record is gone.
# refused: what it held before is no longer possible.
Fate = Literal["back", "over", "before", "changed", "removed", "refused"]
STAYS: tuple[Fate, ...] = ("changed", "removed", "refused")
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Revert:
    """Changes of one record to be taken back; `created`: they made it."""

    kind: str
    id: str
    changes: Mapping[str, Change]
    created: bool

    @property
    def record(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Weighed:
    """One field that a change wrote, and what becomes of it."""

    field: str
    before: JSON
    wrote: JSON
    now: JSON
    fate: Fate


@dataclass(frozen=True)
class Foreseen:
    """What becomes of a record: it is `removed`, or its `fields` are put back, or none of it is written.

    `referrers` keep one that was created.
    """

    fields: tuple[Weighed, ...]
    removed: bool = False
    writes: bool = False
    referrers: tuple[str, ...] = ()


def weigh(
    which: Kind,
    now: Mapping[str, JSON] | None,
    changes: Mapping[str, Change],
    *,
    created: bool,
    overwrite: Mapping[str, JSON] = NOTHING,
) -> list[Weighed]:
    """What becomes of each field. `overwrite`: what a person has seen in a field and gives up, if it is still there.

    Of a created record all fields count, since a change of any of them is lost with it.
    """
    before, wrote = _both(which, changes, created=created)
    if now is None:
        lost = () if created else (name for name in wrote if before[name] != wrote[name])
        return [Weighed(name, before[name], wrote[name], None, "removed") for name in lost]
    return [
        Weighed(name, before[name], wrote[name], now[name], _fate(name, before, wrote, now, created, overwrite))
        for name in wrote
    ]


def _both(which: Kind, changes: Mapping[str, Change], *, created: bool) -> tuple[dict[str, JSON], dict[str, JSON]]:
    wrote = _clean(which, {name: to for name, (_, to) in changes.items()})
    if created:
        return dict.fromkeys(which.fields), which.defaults() | wrote
    return _clean(which, {name: was for name, (was, _) in changes.items()}), wrote


def _clean(which: Kind, values: Mapping[str, Any]) -> dict[str, JSON]:
    return {name: which.fields[name].dump(which.fields[name].parse(value)) for name, value in values.items()}


def _fate(
    name: str,
    before: Mapping[str, JSON],
    wrote: Mapping[str, JSON],
    now: Mapping[str, JSON],
    created: bool,
    overwrite: Mapping[str, JSON],
) -> Fate:
    if now[name] == wrote[name]:
        return "back" if created or before[name] != wrote[name] else "before"
    if not created and now[name] == before[name]:
        return "before"
    return "over" if name in overwrite and overwrite[name] == now[name] else "changed"


def referrers(which: Kind, ids: Iterable[UUID | str]) -> dict[str, list[tuple[str, str, str]]]:
    """What refers to each of these records, as (kind, id, field); one query for each kind that can."""
    wanted = list(ids)
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for relation in which.model._meta.related_objects if wanted else ():
        name, field = str(relation.related_model._meta.model_name), relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{field}__in": wanted}).order_by("pk")
        for pk, target in rows.values_list("pk", relation.field.attname):
            found[str(target)].append((name, str(pk), field))
    return found


class Outlook:
    """Records as they would stand while changes are taken back one after another. Nothing is written.

    Reads them all at once: a query for each kind of record, and one for each kind that can refer to it.
    """

    def __init__(self, reverts: Iterable[Revert]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        made: dict[str, set[str]] = defaultdict(set)
        for revert in reverts:
            wanted[revert.kind].add(revert.id)
            if revert.created:
                made[revert.kind].add(revert.id)
            for name, target in _targets(kind_of(revert.kind), revert.changes):
                wanted[name].add(target)
        self._now: dict[tuple[str, str], dict[str, JSON] | None] = {}
        self._refer: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
        for kind, ids in wanted.items():
            which = KINDS[kind]
            self._now |= dict.fromkeys(((kind, ident) for ident in ids), None)
            for record in which.model._base_manager.filter(pk__in=ids):
                self._now[kind, str(record.pk)] = which.dump(record)
            for target, by in referrers(which, made[kind]).items():
                self._refer[kind, target] += by

    def values(self, revert: Revert) -> dict[str, JSON]:
        """What the record holds at this point; empty where it is gone."""
        return dict(self._now[revert.kind, revert.id] or {})

    def revert(self, revert: Revert, overwrite: Mapping[str, JSON] = NOTHING) -> Foreseen:
        """What becomes of a record when these changes are taken back next."""
        which, key = kind_of(revert.kind), (revert.kind, revert.id)
        now = self._now[key]
        fields = weigh(which, now, revert.changes, created=revert.created, overwrite=overwrite)
        if now is None:
            return Foreseen(tuple(fields))
        if revert.created:
            return self._uncreate(key, fields)
        back = {field.field: field.before for field in fields if field.fate in ("back", "over")}
        if back and not self._possible(which, now | back, back):
            return Foreseen(tuple(_refused(field) if field.field in back else field for field in fields))
        self._now[key] = now | back
        for name, target in back.items():
            if target and _refers(which, name):
                self._refer[_kind_named(which, name), str(target)].append((*key, name))
        return Foreseen(tuple(fields), writes=bool(back))

    def _uncreate(self, key: tuple[str, str], fields: list[Weighed]) -> Foreseen:
        by = [f"{kind}:{ident}" for kind, ident, field in self._refer[key] if self._points(kind, ident, field, key)]
        removed = not by and all(field.fate not in STAYS for field in fields)
        if removed:
            self._now[key] = None
        return Foreseen(tuple(fields), removed=removed, writes=removed, referrers=tuple(by[:5]))

    def _points(self, kind: str, ident: str, field: str, target: tuple[str, str]) -> bool:
        """Whether a record that referred to `target` still would."""
        if (kind, ident) not in self._now:
            return True
        now = self._now[kind, ident]
        return now is not None and now[field] == target[1]

    def _possible(self, which: Kind, whole: Mapping[str, JSON], back: Mapping[str, JSON]) -> bool:
        parsed = {name: which.fields[name].parse(value) for name, value in whole.items()}
        if which.rule(parsed):
            return False
        named = ((_kind_named(which, name), str(back[name])) for name in back if _refers(which, name) and back[name])
        return all(self._now.get(key) is not None for key in named)


def _refused(field: Weighed) -> Weighed:
    return Weighed(field.field, field.before, field.wrote, field.now, "refused")


def _refers(which: Kind, name: str) -> bool:
    """Whether a field names a record of ours; a colleague is none."""
    return isinstance(which.fields[name], Reference) and _kind_named(which, name) in KINDS


def _kind_named(which: Kind, name: str) -> str:
    return str(which.referred(name)._meta.model_name)


def _targets(which: Kind, changes: Mapping[str, Change]) -> Iterable[tuple[str, str]]:
    """The records that fields would name again."""
    for name, (was, _) in changes.items():
        if was and _refers(which, name):
            yield _kind_named(which, name), str(was)
