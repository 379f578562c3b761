"""Reading the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from audit.models import ActorName, Entry, Leaf
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
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Entry]:
    """Entries that fit all given filters, newest first; `until` is excluded."""
    wanted = {k: str(v) for k, v in {"event": event, "target": target, "actor": actor, "run": run}.items() if v}
    found = _placed().order_by("-id")
    if since:
        found = found.filter(id__gte=first_id(since))
    if until:
        found = found.filter(id__lt=first_id(until))
    return found.filter(body__contains=wanted) if wanted else found


def _placed() -> QuerySet[Entry]:
    """Entries with their place in the sealed ledger, `seq` and `seal`."""
    leaf = Leaf.objects.filter(entry=OuterRef("pk"))
    return Entry.objects.annotate(seq=Subquery(leaf.values("seq")), seal=Subquery(leaf.values("seal")))


def first_id(at: datetime) -> UUID:
    """The least id of a moment: UUIDv7 begin with the milliseconds of their time."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


@dataclass(frozen=True)
class Named:
    """Somebody who acts, by the name they have today."""

    key: str
    name: str


def actors() -> list[Named]:
    """Everybody with a name who has acted, by name."""
    return [Named(*row) for row in ActorName.objects.order_by("name", "key").values_list("key", "name")]


def story(run: UUID | str) -> QuerySet[Entry]:
    """All that happened in a run or to it, oldest first."""
    about = Q(body__contains={"run": str(run)}) | Q(body__contains={"target": f"run:{run}"})
    return _placed().filter(about).order_by("id")


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names that actors, given by their keys, have today; one query."""
    keys = set(actors)
    known = dict(ActorName.objects.filter(key__in=keys).values_list("key", "name"))
    return {key: known.get(key) or UNNAMED.get(key.partition(":")[0], "Somebody") for key in keys}


def views(found: Iterable[Entry]) -> list[EntryView]:
    """Entries with their sentences and the names that their actors have today (one more query)."""
    rows = list(found)
    names = names_of(row.body["actor"] for row in rows)
    return [
        EntryView(
            id=row.id,
            at=datetime.fromisoformat(row.body["at"]),
            event=row.body["event"],
            sentence=sentence_of(row.body["event"]),
            actor=row.body["actor"],
            actor_name=names[row.body["actor"]],
            target=row.body["target"],
            run=row.body["run"],
            data=row.body["data"],
            seq=getattr(row, "seq", None),
            seal=getattr(row, "seal", None),
        )
        for row in rows
    ]


def last_act(*, actor: str, before: datetime) -> datetime | None:
    """When an actor last did something before a moment; None where they did nothing yet."""
    moment = before.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    found = Entry.objects.filter(body__contains={"actor": actor}, body__at__lt=moment).order_by("-id").first()
    return datetime.fromisoformat(found.body["at"]) if found else None
