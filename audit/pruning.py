"""Retention: entries of before a date go, and what remains still verifies.

Only the texts go. The leaf of each entry keeps its place and hash, so that every root, seal and head is still computed
from the same leaves; and an entry of its own says which range was pruned, before anything is. Verifying accepts that an
entry is missing inside such a range only, and tells of it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from audit.canonical import timestamp
from audit.finding import by_fields, first_id
from audit.services import Actor, record

EVENT = "audit.pruned"
# So many places are looked at in a transaction, during which nobody else can write an entry.
BATCH = 5_000
LOCK_SECONDS = 5


@dataclass(frozen=True)
class Range:
    """Places whose entries may be gone, and the entry that says so."""

    first: int
    last: int
    recorded: UUID


@dataclass(frozen=True)
class Pruned:
    """What a prune has done: how many entries went, and up to which place entries may be gone now."""

    entries: int
    up_to: int


LAST = """
SELECT coalesce((SELECT min(seq) FROM audit_leaf WHERE entry >= %s) - 1, (SELECT max(seq) FROM audit_leaf), 0)
"""
# What says that others were pruned stays: without it they would be missing.
REMOVE = """
DELETE FROM audit_entry e USING audit_leaf l
WHERE l.entry = e.id AND l.seq BETWEEN %s AND %s AND e.body->>'event' <> %s
"""


def ranges() -> list[Range]:
    """The ranges that were pruned, oldest first; an entry that names none was not written by `prune`."""
    found = by_fields().filter(Q(event=EVENT)).order_by("id").values_list("id", "body__data")
    said = [(entry, data.get("first"), data.get("last")) for entry, data in found if isinstance(data, dict)]
    return [
        Range(first, last, entry) for entry, first, last in said if isinstance(first, int) and isinstance(last, int)
    ]


def prune(*, before: datetime, actor: Actor) -> Pruned:
    """Remove the sealed entries of before a moment from the current ledger, with the owner's login.

    Those before the first newer one in the order of the seals, so that a range has no holes. What a former prune
    began is finished too: it can die at any point, and be called again.
    """
    with transaction.atomic():
        first = max((known.last for known in ranges()), default=0) + 1
        last = _last_before(before)
        if last >= first:
            data = {"first": first, "last": last, "before": timestamp(before)}
            record(event=EVENT, target="ledger:entries", actor=actor, data=data)
    up_to = max(first - 1, last)
    gone = sum(_remove(start, min(start + BATCH - 1, up_to)) for start in range(1, up_to + 1, BATCH))
    return Pruned(gone, up_to)


def _remove(first: int, last: int) -> int:
    """Remove the entries at these places, with the guard off for as long as that takes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
        cursor.execute(REMOVE, [first, last, EVENT])
        removed: int = cursor.rowcount
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only")
    return removed


def _last_before(moment: datetime) -> int:
    """The last place before the first whose entry is not older."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [first_id(moment)])
        last: int = cursor.fetchone()[0]
    return last
