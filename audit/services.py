"""Writing the ledger: `record` an event, or `transition` a row from one state to the next."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from audit.canonical import canonical, timestamp
from audit.errors import IllegalMove, MovedMeanwhile, UnknownEvent
from audit.models import ActorName, Entry
from audit.registry import event_type
from audit.signals import tell
from dispatch.connection import tenant_connection

Kind = Literal["person", "token", "hook", "run", "operator", "system"]


@dataclass(frozen=True)
class Actor:
    """Who does something. A token acts as a person: `person` is that person's id for both."""

    kind: Kind
    id: str
    name: str = ""
    person: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def system(cls, part: str) -> "Actor":
        """A part of the platform itself, such as `mail` or `dispatch`."""
        return cls("system", part, f"Countersign ({part})")


@dataclass(frozen=True)
class Moves:
    """The legal moves of a state field: (from, to) -> the event that the ledger gets."""

    arrows: Mapping[tuple[str, str], str]
    field: str = "status"

    def event(self, instance: models.Model, to: str) -> str:
        """What the ledger is told when a row goes from its present state to `to`; raises IllegalMove."""
        former = str(getattr(instance, self.field))
        try:
            return self.arrows[former, to]
        except KeyError:
            raise IllegalMove(f"{instance._meta.label} cannot go from {former} to {to}") from None

    def targets(self, state: str) -> set[str]:
        """The states that can follow `state`."""
        return {to for frm, to in self.arrows if frm == state}


@dataclass(frozen=True)
class Composed:
    """An entry as it is written: `text` is its canonical form, the rest is what it was made of."""

    id: UUID
    event: str
    target: str
    data: Mapping[str, Any]
    run: UUID | str | None
    text: str = field(repr=False)


def compose(
    *, event: str, target: str, actor: Actor, data: Mapping[str, Any] | None = None, run: UUID | str | None = None
) -> Composed:
    """The entry that `record` would write. For a statement that writes it together with what it tells of.

    Raises UnknownEvent.
    """
    known = event_type(event)
    data = data or {}
    if unknown := set(data) - known.fields:
        raise UnknownEvent(f"{event} has no field {', '.join(sorted(unknown))}")
    entry_id = uuid7()
    text = canonical(
        {
            "id": entry_id,
            "at": timestamp(timezone.now()),
            "event": event,
            "target": target,
            "actor": actor.key,
            "run": str(run) if run else None,
            "data": data,
        }
    )
    return Composed(entry_id, event, target, data, run, text)


def record(
    *, event: str, target: str, actor: Actor, data: Mapping[str, Any] | None = None, run: UUID | str | None = None
) -> Composed:
    """Add an entry in the current transaction, so that it stands or falls with what it tells of.

    `target` is "<kind>:<id>"; `data` may hold registered fields only, and no personal text: ids,
    enums, amounts, digests. Raises UnknownEvent.
    """
    composed = compose(event=event, target=target, actor=actor, data=data, run=run)
    Entry.objects.create(id=composed.id, text=composed.text)
    name_keep(actor)
    tell(event=event, target=target, data=composed.data, run=run)
    return composed


# The name that this process last found stored of each actor, by schema and key, and when.
_found: dict[tuple[str, str], tuple[str, float]] = {}
_FOUND_SECONDS = 60.0
_MOST_FOUND = 10_000


def name_keep(actor: Actor) -> None:
    """Keep an actor's name when it is new; `record` does, who composes entries has to. Usually a read, or none where
    it was found a moment ago: a write would lock the row until the commit, and have everything that one actor does
    wait for each other."""
    name = actor.name[: ActorName.NAME_LENGTH]
    known = (tenant_connection().schema_name, actor.key)
    found, at = _found.get(known, ("", 0.0))
    if not name or (found == name and time.monotonic() - at < _FOUND_SECONDS):
        return
    if ActorName.objects.filter(key=actor.key, name=name).exists():
        # It may be there only since this transaction, which may yet fail.
        transaction.on_commit(partial(_name_found, known, name))
        return
    ActorName.objects.bulk_create(
        [ActorName(key=actor.key, name=name)],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name"],
    )


def _name_found(known: tuple[str, str], name: str) -> None:
    if len(_found) >= _MOST_FOUND:
        _found.clear()
    _found[known] = name, time.monotonic()


def target_of(instance: models.Model) -> str:
    """How entries name a row: "<kind>:<id>"."""
    return f"{instance._meta.model_name}:{instance.pk}"


def transition(
    instance: models.Model,
    *,
    moves: Moves,
    to: str,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    run: UUID | str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move a row to state `to`, with `changes` to other columns and the entry that tells of it.

    A conditional UPDATE whose row count is checked: of two that move at once, one gets
    MovedMeanwhile. Raises IllegalMove for an arrow that the table lacks. Needs a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a move and its entry belong into one transaction")
    former = str(getattr(instance, moves.field))
    event = moves.event(instance, to)
    values = {moves.field: to, **(changes or {})}
    rows = type(instance)._default_manager.filter(pk=instance.pk, **{moves.field: former})
    if not rows.update(**values):
        raise MovedMeanwhile(f"{instance._meta.label} {instance.pk} is no longer {former}")
    for name, value in values.items():
        setattr(instance, name, value)
    record(event=event, target=target_of(instance), actor=actor, data=data, run=run)
