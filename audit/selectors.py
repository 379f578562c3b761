"""Reading the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from audit.canonical import timestamp
from audit.finding import by_fields, moment_of, placed
from audit.models import ActorName, Entry
from audit.registry import sentence_of

# Actors that have no name of their own, or whose name was erased.
UNNAMED = {
    "run": "The workflow",
    "system": "Countersign",
    "token": "An API token",
    "hook": "A webhook",
    "person": "A former colleague",
}


@dataclass(frozen=True)
class EntryView:
    """One entry as people and integrators read it; `seq` and `seal` stay empty until it is sealed."""

    id: UUID
    at: datetime
    event: str
    sentence: str
    actor: str
    actor_name: str
    target: str
    run: str | None
    data: dict[str, Any]
    seq: int | None = None
    seal: int | None = None


def entries(
    *,
    event: str | None = None,
    target: str | None = None,
    actor: str | None = None,
    run: str | None = None,
) -> QuerySet[Entry]:
    """Entries that have all of these fields, newest first. What readers filter by is `audit.finding`'s."""
    wanted = {k: str(v) for k, v in {"event": event, "target": target, "actor": actor, "run": run}.items() if v}
    return placed(by_fields()).filter(**wanted).order_by("-id")


@dataclass(frozen=True)
class Named:
    """Somebody who acts, by the name they have today."""

    key: str
    name: str


def actors() -> list[Named]:
    """Everybody with a name who has acted, by name."""
    return [Named(*row) for row in ActorName.objects.order_by("name", "key").values_list("key", "name")]


def story(run: UUID | str, *, beside: Iterable[str] = ()) -> QuerySet[Entry]:
    """All that happened in a run or to it, and to what is `beside` it, such as its email; oldest first."""
    return placed(by_fields()).filter(Q(run=str(run)) | Q(target__in=[f"run:{run}", *beside])).order_by("id")


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names that actors, given by their keys, have today; one query."""
    keys = set(actors)
    known = dict(ActorName.objects.filter(key__in=keys).values_list("key", "name"))
    return {key: known.get(key) or UNNAMED.get(key.partition(":")[0], "Somebody") for key in keys}


@dataclass(frozen=True)
class Said:
    """What an entry says. Of one that somebody rewrote in the database, what can be read: no page may break over it,
    or nobody would see which it is."""

    at: datetime
    event: str
    actor: str
    target: str
    run: str | None
    data: dict[str, Any]


def said(entry: Entry) -> Said:
    """What an entry says."""
    body: dict[str, Any] = entry.body if isinstance(entry.body, dict) else {}
    event, actor, target = (str(body.get(name) or "unreadable") for name in ("event", "actor", "target"))
    data, run = body.get("data"), body.get("run")
    try:
        at = datetime.fromisoformat(body["at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        at = moment_of(entry.pk)
    return Said(at, event, actor, target, str(run) if run else None, data if isinstance(data, dict) else {})


def views(found: Iterable[Entry]) -> list[EntryView]:
    """Entries with their sentences and the names that their actors have today (one more query)."""
    rows = [(row, said(row)) for row in found]
    names = names_of(each.actor for _, each in rows)
    return [
        EntryView(
            id=row.id,
            at=each.at,
            event=each.event,
            sentence=sentence_of(each.event),
            actor=each.actor,
            actor_name=names[each.actor],
            target=each.target,
            run=each.run,
            data=each.data,
            seq=getattr(row, "seq", None),
            seal=getattr(row, "seal", None),
        )
        for row, each in rows
    ]


def last_act(*, actor: str, before: datetime) -> datetime | None:
    """When an actor last did something before a moment; None where they did nothing yet."""
    found = by_fields().filter(Q(actor=actor, at__lt=timestamp(before))).order_by("-id").first()
    return datetime.fromisoformat(found.body["at"]) if found else None
