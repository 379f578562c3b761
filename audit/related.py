"""What belongs to whom, as the floors above know it: an entry about an enquiry is about its customer too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django_tenants.utils import get_public_schema_name

from dispatch.connection import tenant_connection

# Of each kind of belongings, the newest so many: a listing has seldom more enquiries.
MOST = 1000

Belongings = Callable[[UUID], Iterable[str]]

_known: dict[str, list[Belongings]] = {}


@dataclass(frozen=True)
class Around:
    """A record with all that belongs to it, as entries name them; an entry about any of these is about the record."""

    targets: tuple[str, ...]
    runs: tuple[str, ...]


def belongings(kind: str) -> Callable[[Belongings], Belongings]:
    """Have a function tell, by "<kind>:<id>", what belongs to a record of this kind; at most MOST, the newest."""

    def mark(find: Belongings) -> Belongings:
        _known.setdefault(kind, []).append(find)
        return find

    return mark


def belonging_to(key: str) -> list[str]:
    """What belongs to a record, given as "<kind>:<id>"; nothing where that can be no record of a tenant's."""
    kind, _, ident = key.partition(":")
    if tenant_connection().schema_name == get_public_schema_name():
        return []
    try:
        record = UUID(ident)
    except ValueError:
        return []
    return [found for find in _known.get(kind, ()) for found in find(record)]


def around(key: str) -> Around:
    """A record, what belongs to it, and the runs among these."""
    keys = dict.fromkeys([key, *belonging_to(key)])
    return Around(tuple(keys), tuple(each.removeprefix("run:") for each in keys if each.startswith("run:")))
