"""The ledger as a file: one entry a line, oldest first, in its exact canonical text."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from audit.canonical import canonical
from audit.finding import Filters, Search
from audit.models import Entry
from audit.services import Actor, record

BATCH = 1000
# What an entry may repeat of what somebody typed: keys, events and runs as entries have them.
_KEY = re.compile(r"[a-z_]+:[0-9a-f-]{36}|system:[a-z -]{1,40}|[a-z_]+\.([a-z_]+|\*)|[0-9a-f-]{36}")


class Export:
    """All entries that fit, up to the one that tells of this export; read batch by batch, so that none has to wait in
    memory, nor a transaction stay open, for whoever reads slowly."""

    def __init__(self, filters: Filters, *, actor: Actor) -> None:
        self._search = Search(filters)
        told = {name: _told(value) for name, value in vars(filters).items() if value}
        made = record(event="ledger.exported", target=f"export:{uuid7()}", actor=actor, data={"filters": told})
        self._last = made.id

    def after(self, entry: UUID | None) -> Sequence[Entry]:
        """The next entries after this one, or the first; none when all were read."""
        found = self._search.rows(newer_than=entry or UUID(int=0), limit=BATCH)
        return [each for each in found if each.pk <= self._last]


def lines(entries: Sequence[Entry]) -> str:
    """Entries as lines: each its canonical text, with `seal` and `seq` behind its last field."""
    return "".join(f"{entry.text[:-1]},{_place(entry)}\n" for entry in entries)


def _place(entry: Any) -> str:
    return canonical({"seal": entry.seal, "seq": entry.seq})[1:]


def _told(value: str | datetime) -> str | datetime:
    if isinstance(value, datetime):
        return value
    return value if _KEY.fullmatch(value) else "no key of ours"
