"""Finding entries among millions: every filter is served by an index in the order of the list.

Entries of one key (an actor, an event, a record, a run) stand in its index newest first, so a page of them costs as
much as it shows. Where any of several keys will do, the newest of each are found, and the newest of those: a page costs
as much as it shows times the keys, however many entries each has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform

from audit.canonical import timestamp
from audit.models import INDEXED, Entry, Leaf
from audit.related import MOST, Around, around, belonging_to

# An entry's id is made a moment before its time is taken.
APART = timedelta(minutes=1)
ANY_OF = ".*"
FEW = 64


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reader asks for; entries fit all that is given.

    `event` may be all of a kind, such as "approval.*"; a person who acts is meant with their API tokens. `target` is
    one record, `about` a record with all that belongs to it and the runs that touched it. `until` is excluded.
    """

    event: str = ""
    actor: str = ""
    target: str = ""
    about: str = ""
    run: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Search:
    """Filters with their keys looked up, to be read page by page."""

    def __init__(self, filters: Filters) -> None:
        self._streams, self._rest = _looked_up(filters)

    def condition(self) -> Q:
        """What fits, on `by_fields`, for a query that others page through: planned by PostgreSQL as it sees fit."""
        any_of = Q()
        for field, keys in self._streams.items():
            any_of |= Q(**{f"{field}__in": keys})
        return self._rest & any_of

    def rows(self, *, older_than: UUID | None = None, newer_than: UUID | None = None, limit: int) -> list[Entry]:
        """Entries newest first; with `newer_than`, those that follow it, oldest first."""
        order = "id" if newer_than is not None else "-id"
        found = by_fields().filter(self._rest).order_by(order)
        if older_than is not None:
            found = found.filter(id__lt=older_than)
        if newer_than is not None:
            found = found.filter(id__gt=newer_than)
        if not self._streams:
            return list(placed(found)[:limit])
        try:
            ids = _first_of_each(found, self._streams, limit, "ASC" if order == "id" else "DESC")
        except EmptyResultSet:
            return []
        return list(placed(Entry.objects.filter(id__in=ids)).order_by(order))


def _looked_up(filters: Filters) -> tuple[dict[str, Sequence[str]], Q]:
    """The fields of which any of several keys will do, at most one filter's, and the condition that holds besides."""
    given: list[dict[str, Sequence[str]]] = []
    if filters.about:
        record = _touched(around(filters.about))
        given.append({"target": record.targets, "run": record.runs})
    if filters.actor:
        given.append({"actor": [filters.actor, *(belonging_to(filters.actor) if _is_person(filters.actor) else ())]})
    if filters.event:
        given.append({"event": _events(filters.event)})
    given += [{name: [key]} for name, key in (("target", filters.target), ("run", filters.run)) if key]
    rest = _period(filters)
    streams: dict[str, Sequence[str]] = {}
    for place, fields in enumerate(given):
        # The first of them, which has the fewest entries to leave out.
        if place == 0 and sum(map(len, fields.values())) > 1:
            streams = fields
            continue
        any_of = Q()
        for field, keys in fields.items():
            any_of |= Q(**{field: keys[0]}) if len(keys) == 1 else Q(**{f"{field}__in": keys})
        rest &= any_of
    return streams, rest


def _period(filters: Filters) -> Q:
    """By id, which the indexes are in the order of; by time only where that might say something else."""
    within = Q()
    if filters.since:
        surely = Q(id__gte=first_id(filters.since + APART))
        within &= Q(id__gte=first_id(filters.since - APART)) & (surely | Q(at__gte=timestamp(filters.since)))
    if filters.until:
        surely = Q(id__lt=first_id(filters.until - APART))
        within &= Q(id__lt=first_id(filters.until + APART)) & (surely | Q(at__lt=timestamp(filters.until)))
    return within


def by_fields(found: QuerySet[Entry] | None = None) -> QuerySet[Entry]:
    """Entries, to be filtered by the fields of their bodies as texts, the way the indexes have them."""
    found = Entry.objects.all() if found is None else found
    return found.alias(**{name: KeyTextTransform(name, "body") for name in (*INDEXED, "at")})


def placed(found: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with their place in the sealed ledger, `seq` and `seal`."""
    leaf = Leaf.objects.filter(entry=OuterRef("pk"))
    return found.annotate(seq=Subquery(leaf.values("seq")), seal=Subquery(leaf.values("seal")))


def event_names() -> list[str]:
    """The names of the events that the ledger has entries of; one probe of the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENT_NAMES)
        return [name for (name,) in cursor.fetchall()]


_EVENT_NAMES = """
WITH RECURSIVE names AS (
    (SELECT body ->> 'event' AS name FROM audit_entry ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT (SELECT body ->> 'event' FROM audit_entry WHERE body ->> 'event' > names.name ORDER BY 1 LIMIT 1)
    FROM names WHERE names.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL
"""


def _events(wanted: str) -> list[str]:
    if not wanted.endswith(ANY_OF):
        return [wanted]
    begins = wanted.removesuffix("*")
    return [name for name in event_names() if name.startswith(begins)]


def _is_person(key: str) -> bool:
    return key.startswith("person:")


def _touched(record: Around) -> Around:
    """With the runs in which anything of it was written."""
    entries = by_fields().filter(Q(target__in=record.targets), ~Q(run=None))
    runs = entries.values_list(KeyTextTransform("run", "body"), flat=True).order_by("-id")
    return Around(record.targets, tuple(dict.fromkeys([*record.runs, *runs[:MOST]])))


def _first_of_each(found: QuerySet[Entry], streams: Mapping[str, Sequence[str]], limit: int, order: str) -> list[UUID]:
    """The ids of the first entries of each stream, and of these the first.

    Few keys stand in the statement one by one, so that PostgreSQL plans for how many entries each has.
    """
    parts: list[str] = []
    given: list[Any] = []
    for field, keys in streams.items():
        if len(keys) > FEW:
            first, parameters = _first(found, field, RawSQL("stream.key", ()), limit)
            parts.append(f"SELECT one.* FROM unnest(%s::text[]) AS stream(key) CROSS JOIN LATERAL ({first}) AS one")  # noqa: S608
            given += [list(keys), *parameters]
            continue
        for key in keys:
            first, parameters = _first(found, field, key, limit)
            parts.append(f"({first})")
            given += parameters
    every = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT id FROM ({every}) AS found ORDER BY id {order} LIMIT %s", [*given, limit])  # noqa: S608
        return [ident for (ident,) in cursor.fetchall()]


def _first(found: QuerySet[Entry], field: str, key: object, limit: int) -> tuple[str, tuple[Any, ...]]:
    return found.filter(Q(**{field: key})).values("id")[:limit].query.sql_with_params()


def first_id(at: datetime) -> UUID:
    """The least id of a moment: UUIDv7 begin with the milliseconds of their time."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def moment_of(ident: UUID) -> datetime:
    """When an id was made, to the millisecond; the beginning of time for one that is no UUIDv7."""
    return (
        datetime.fromtimestamp((ident.int >> 80) / 1000, UTC) if ident.version == 7 else datetime.fromtimestamp(0, UTC)
    )
