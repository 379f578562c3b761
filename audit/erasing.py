"""Whose text stands where. Each app declares the text fields of its tables in its `personal.py`: somebody's, or
nobody's and why. Erasing a person is made of these declarations; a field that has none fails a test.

What is erased leaves `[erased]` where a reader would miss it, and the shape that pages need. Digests of what it was
stay where they stand: in columns beside it, and in the ledger.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.db import models
from django.db.models import Q

ERASED = "[erased]"

Whose = Literal["customer", "colleague"]


@dataclass(frozen=True)
class Subject:
    """A person, as far as their data has been found. All but `addresses` are ids, which say nothing by themselves."""

    id: UUID
    addresses: frozenset[str] = frozenset()
    records: frozenset[UUID] = frozenset()
    threads: frozenset[UUID] = frozenset()
    messages: frozenset[UUID] = frozenset()
    runs: frozenset[UUID] = frozenset()

    def mentioned_in(self, *fields: str) -> Q:
        """Rows in which one of their addresses stands, whatever its case."""
        found = Q(pk__in=[])
        for name in fields:
            for address in self.addresses:
                found |= Q(**{f"{name}__iregex": pattern_of(address)})
        return found


def pattern_of(address: str) -> str:
    """Finds an address in a text with PostgreSQL, and not inside of another: ann@x.example is no joann@x.example."""
    return rf"(?<![a-z0-9._%+-]){re.escape(address)}(?![a-z0-9-]|\.[a-z0-9])"


Leaves = Callable[[Any], Any]


def words(value: Any) -> Any:
    """`[erased]` where there was a text."""
    return ERASED if value else value


def nothing(value: Any) -> Any:
    """The same type, empty: for what is not read by anybody, such as bytes, and for what tells whom to write to."""
    return None if value is None else type(value)()


# What of a JSON document is no text of anybody's: an id, "<kind>:<id>", a digest, a time.
_IMPERSONAL = re.compile(
    r"(?:[a-z_]+:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}"
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?"
)
# What may stand under a key whose values are words and numbers of ours.
_WORD = re.compile(r"[a-z][a-z0-9_.]{0,60}|[0-9a-f]{12}|-?\d+(?:\.\d+)?")
_KEY = re.compile(r"[a-z$_][a-z0-9_$.]{0,60}")


def shape(*keep: str, said: Collection[str] = (), own: Collection[str] = ()) -> Leaves:
    """A JSON document with all its texts erased, in the shape that it had. Under the keys in `keep` stand words and
    numbers of ours, under those in `said`, each with the key around it (`actions.label`, `.reasons` at the top),
    sentences of ours: these stay, and ids, digests and times everywhere. So does what says of itself, by its `kind`,
    that it is one of the tenant's `own` things."""
    kept = frozenset(keep)

    def leaves(value: Any, key: str = "", around: str = "") -> Any:
        if isinstance(value, Mapping) and value.get("kind") in own:
            return value
        if isinstance(value, Mapping):
            return {name: leaves(item, name, key) for name, item in value.items() if _KEY.fullmatch(name)}
        if isinstance(value, list):
            return [leaves(item, key, around) for item in value]
        if f"{around}.{key}" in said:
            return value
        if isinstance(value, str):
            ours = _IMPERSONAL.fullmatch(value) or (key in kept and _WORD.fullmatch(value))
            return value if ours else words(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value if key in kept else 0
        return value

    return leaves


@dataclass(frozen=True)
class Personal:
    """A field with what somebody wrote, or what is known of them; `leaves` gives what stands there afterwards.

    `of` tells of a row whether it is theirs, where the fields of a row are of several people.
    """

    subject: Whose
    leaves: Leaves = words
    of: "Callable[[Any, Subject], bool]" = lambda row, subject: True


def named_by(column: str, leaves: Leaves = words) -> Personal:
    """A colleague's name, beside the column with their id."""
    return Personal("colleague", leaves, of=lambda row, subject: getattr(row, column) == subject.id)


CUSTOMER = Personal(subject="customer")
COLLEAGUE = Personal(subject="colleague")

Rows = Callable[[Subject], Q]


@dataclass(frozen=True)
class Table:
    """A table's text fields: whose each is, or why it is nobody's. `rows` finds a person's rows, `also` changes more
    columns of a row that is erased. `last`: a person's other rows are found by this one."""

    model: type[models.Model]
    fields: Mapping[str, Personal | str]
    rows: Mapping[Whose, Rows] = field(default_factory=dict)
    also: Callable[[], Mapping[str, Any]] = dict
    last: bool = False

    def personal(self, whose: Whose) -> dict[str, Personal]:
        """The fields of one kind of person."""
        return {name: how for name, how in self.fields.items() if isinstance(how, Personal) and how.subject == whose}


_tables: dict[type[models.Model], Table] = {}


def declare(
    model: type[models.Model],
    fields: Mapping[str, Personal | str],
    *,
    customer: Rows | None = None,
    colleague: Rows | None = None,
    also: Callable[[], Mapping[str, Any]] = dict,
    last: bool = False,
) -> None:
    """Say of each text field of a table whose it is, or in a sentence why it is nobody's; `customer` and `colleague`
    find the rows of one."""
    found: dict[Whose, Rows] = {}
    if customer:
        found["customer"] = customer
    if colleague:
        found["colleague"] = colleague
    table = Table(model, dict(fields), found, also, last)
    for whose in ("customer", "colleague"):
        if table.personal(whose) and whose not in found:
            raise ValueError(f"{model._meta.label} has fields of a {whose}, and does not say how their rows are found")
    _tables[model] = table


def tables() -> Iterator[Table]:
    """What was declared."""
    yield from _tables.values()


def rows_of(table: Table, whose: Whose, subject: Subject) -> models.QuerySet[models.Model]:
    """The rows of a person."""
    return table.model._base_manager.filter(table.rows[whose](subject))


def erase(table: Table, whose: Whose, subject: Subject, *, after: Any, limit: int) -> tuple[int, Any]:
    """Erase the next `limit` rows of a person in the order of their keys: how many had something to erase, and the
    last one looked at; None when there is none left. Doing it again does nothing more."""
    personal = table.personal(whose)
    found = rows_of(table, whose, subject).order_by("pk")
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = list(found[:limit])
    changed = [row for row in rows if _erased(row, personal, subject)]
    for row in changed:
        for name, value in table.also().items():
            setattr(row, name, value)
    if changed:
        table.model._base_manager.bulk_update(changed, [*personal, *table.also()])
    return len(changed), rows[-1].pk if len(rows) == limit else None


def _erased(row: models.Model, personal: Mapping[str, Personal], subject: Subject) -> bool:
    """Whether anything of the row was erased, in memory."""
    theirs = {name: how for name, how in personal.items() if how.of(row, subject)}
    before = {name: _plain(getattr(row, name)) for name in theirs}
    for name, how in theirs.items():
        setattr(row, name, how.leaves(before[name]))
    return any(getattr(row, name) != value for name, value in before.items())


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
