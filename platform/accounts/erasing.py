"""Erasing a former colleague: their name and address go from wherever they stand, as each app declares of its fields.

What they did stays, as that of a former colleague: entries and rows have their id, which says nothing by itself.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.errors import NoSuchPerson, StillHere
from accounts.models import User
from audit.erasing import Subject, erase, tables
from audit.related import belonging_to
from audit.services import Actor, record

AT_ONCE = 500


@transaction.atomic
def colleague_erase(*, person: UUID, actor: Actor) -> Mapping[str, int]:
    """Erase somebody who was deactivated, with the owner's login: how many rows of each table had something of theirs.

    Done again, it does nothing more. Raises NoSuchPerson, StillHere.
    """
    user = User.objects.select_for_update().filter(pk=person).first()
    if user is None:
        raise NoSuchPerson(f"there is no person {person}")
    if user.is_active:
        raise StillHere
    tokens = frozenset(UUID(key.partition(":")[2]) for key in belonging_to(f"person:{person}"))
    subject = Subject(person, addresses=frozenset({user.email.lower()}), records=tokens)
    counts: dict[str, int] = {}
    for table in tables():
        after, more = None, "colleague" in table.rows
        while more:
            erased, after = erase(table, "colleague", subject, after=after, limit=AT_ONCE)
            more = after is not None
            if erased:
                label = table.model._meta.label
                counts[label] = counts.get(label, 0) + erased
    record(event="person.erased", target=f"person:{person}", actor=actor, data={"counts": counts})
    return counts
