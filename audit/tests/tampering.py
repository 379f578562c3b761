"""What an owner of the database could do to a sealed ledger, each at random and directly in its tables.

Every act is done by statements of the owner with the triggers off, in a transaction of the caller's.
"""

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from audit.canonical import canonical
from audit.heads import Head, head_hash
from audit.merkle import leaf_hash, root
from audit.models import Entry, Leaf, Seal
from audit.sealing import seal_next

Chance = random.Random
Act = Callable[[Chance], None]


def triggers_off() -> None:
    """Take the guard off, as only an owner can; a rollback puts it on again."""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_leaf", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def sql(statement: str, *params: Any) -> None:
    """Do it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def any_leaf(chance: Chance) -> Leaf:
    """One of the sealed entries."""
    count = Leaf.objects.count()
    return Leaf.objects.get(seq=chance.randint(1, count))


def changed(chance: Chance, text: str) -> str:
    """Another text than this in one of its fields."""
    body = json.loads(text)
    field = chance.choice(["at", "event", "target", "actor", "run", "data"])
    if field == "at":
        body["at"] = body["at"].replace("Z", "0Z")
    elif field == "data":
        body["data"] = {**body["data"], "count": chance.randint(10**6, 10**9)}
    else:
        body[field] = f"{body[field]}{chance.randint(0, 9)}"
    return canonical(body)


def edit(chance: Chance) -> None:
    """One field of an entry."""
    leaf = any_leaf(chance)
    text = Entry.objects.get(pk=leaf.entry).text
    sql("UPDATE audit_entry SET text = %s WHERE id = %s", changed(chance, text), leaf.entry)


def edit_with_leaf(chance: Chance) -> None:
    """One field of an entry, and its hash to fit."""
    leaf = any_leaf(chance)
    text = changed(chance, Entry.objects.get(pk=leaf.entry).text)
    sql("UPDATE audit_entry SET text = %s WHERE id = %s", text, leaf.entry)
    sql("UPDATE audit_leaf SET hash = %s WHERE seq = %s", leaf_hash(text), leaf.seq)


def edit_with_root(chance: Chance) -> None:
    """One field of an entry, its hash, the root and every head from there on; nobody signs them."""
    edit_with_leaf(chance)
    former = None
    for seal in Seal.objects.order_by("number"):
        found = Leaf.objects.filter(seal=seal.number).order_by("seq").values_list("hash", flat=True)
        made = root([bytes(each) for each in found])
        before = bytes(seal.former) if former is None else former
        text = Head(
            json.loads(seal.head)["tenant"],
            seal.number,
            seal.first_seq,
            seal.last_seq,
            made,
            before,
            seal.sealed_at,
            seal.key,
        )
        sql(
            "UPDATE audit_seal SET root = %s, former = %s, head = %s WHERE number = %s",
            made,
            before,
            text.text,
            seal.number,
        )
        former = head_hash(text.text)


def delete(chance: Chance) -> None:
    """An entry."""
    sql("DELETE FROM audit_entry WHERE id = %s", any_leaf(chance).entry)


def delete_with_place(chance: Chance) -> None:
    """An entry and its place; what follows moves up, and the seals reach one less far."""
    leaf = any_leaf(chance)
    sql("DELETE FROM audit_entry WHERE id = %s", leaf.entry)
    sql("DELETE FROM audit_leaf WHERE seq = %s", leaf.seq)
    _move(leaf, -1)


def insert(chance: Chance) -> None:
    """An entry, as if it had been written long ago."""
    _insert(any_leaf(chance))


def insert_with_place(chance: Chance) -> None:
    """An entry with a place among the others, which move down."""
    leaf = any_leaf(chance)
    made, text = _insert(leaf)
    _move(leaf, 1, including=True)
    sql(
        "INSERT INTO audit_leaf (seq, entry, hash, seal) VALUES (%s, %s, %s, %s)",
        leaf.seq,
        made,
        leaf_hash(text),
        leaf.seal,
    )


def insert_at_the_end(chance: Chance) -> None:
    """An entry with a place behind all others, in the last seal."""
    leaf = Leaf.objects.order_by("-seq")[0]
    made, text = _insert(leaf)
    sql(
        "INSERT INTO audit_leaf (seq, entry, hash, seal) VALUES (%s, %s, %s, %s)",
        leaf.seq + 1,
        made,
        leaf_hash(text),
        leaf.seal,
    )


def reorder(chance: Chance) -> None:
    """Two entries change places."""
    first, second = _two(chance)
    sql("UPDATE audit_leaf SET entry = %s WHERE seq = %s", uuid7(), first.seq)
    for leaf, other in ((second, first), (first, second)):
        sql("UPDATE audit_leaf SET entry = %s, hash = %s WHERE seq = %s", other.entry, bytes(other.hash), leaf.seq)


def exchange(chance: Chance) -> None:
    """Two entries get each other's id, so that each stands where the other stood."""
    first, second = _two(chance)
    sql("UPDATE audit_entry SET id = %s WHERE id = %s", other := uuid7(), first.entry)
    sql("UPDATE audit_entry SET id = %s WHERE id = %s", first.entry, second.entry)
    sql("UPDATE audit_entry SET id = %s WHERE id = %s", second.entry, other)


def cut(chance: Chance) -> None:
    """The tail, from any entry on: entries, places, and the seals that reached there."""
    leaf = any_leaf(chance)
    sql("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM audit_leaf WHERE seq >= %s)", leaf.seq)
    sql("DELETE FROM audit_leaf WHERE seq >= %s", leaf.seq)
    sql("DELETE FROM audit_seal WHERE last_seq >= %s", leaf.seq)
    sql("DELETE FROM audit_leaf WHERE seal NOT IN (SELECT number FROM audit_seal)")


def cut_seals(chance: Chance) -> None:
    """The last seals, whole, with all their entries: what is left is in itself sound."""
    number = chance.randint(1, Seal.objects.count())
    sql("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM audit_leaf WHERE seal >= %s)", number)
    sql("DELETE FROM audit_leaf WHERE seal >= %s", number)
    sql("DELETE FROM audit_seal WHERE number >= %s", number)


def cut_signature(chance: Chance) -> None:
    """One bit of a signature."""
    seal = Seal.objects.get(number=chance.randint(1, Seal.objects.count()))
    forged = bytearray(seal.signature)
    forged[chance.randrange(len(forged))] ^= 1 << chance.randrange(8)
    sql("UPDATE audit_seal SET signature = %s WHERE number = %s", bytes(forged), seal.number)


ACTS: list[Act] = [
    edit,
    edit_with_leaf,
    edit_with_root,
    delete,
    delete_with_place,
    insert,
    insert_with_place,
    insert_at_the_end,
    reorder,
    exchange,
    cut,
    cut_seals,
    cut_signature,
]


def _two(chance: Chance) -> tuple[Leaf, Leaf]:
    places = chance.sample(range(1, Leaf.objects.count() + 1), 2)
    first, second = (Leaf.objects.get(seq=place) for place in places)
    return first, second


def _insert(leaf: Leaf) -> tuple[UUID, str]:
    """An entry of the same transaction as another's."""
    made = uuid7()
    text = canonical({**json.loads(Entry.objects.get(pk=leaf.entry).text), "id": made, "target": "thing:slipped-in"})
    sql(
        "INSERT INTO audit_entry (id, xid, text) SELECT %s, xid, %s FROM audit_entry WHERE id = %s",
        made,
        text,
        leaf.entry,
    )
    return made, text


def _move(leaf: Leaf, by: int, *, including: bool = False) -> None:
    """Move the places behind a leaf, and the reach of its seal and of those that follow."""
    far = 1_000_000_000
    sql("UPDATE audit_leaf SET seq = seq + %s WHERE seq > %s OR (seq = %s AND %s)", far, leaf.seq, leaf.seq, including)
    sql("UPDATE audit_leaf SET seq = seq - %s WHERE seq > %s", far - by, far)
    sql(
        "UPDATE audit_seal SET first_seq = first_seq + %s, last_seq = last_seq + %s WHERE number > %s",
        far,
        far,
        leaf.seal,
    )
    sql("UPDATE audit_seal SET last_seq = last_seq + %s WHERE number = %s", by, leaf.seal)
    sql(
        "UPDATE audit_seal SET first_seq = first_seq - %s, last_seq = last_seq - %s WHERE number > %s",
        far - by,
        far - by,
        leaf.seal,
    )


def sealed_anew() -> None:
    """Everything sealed once more from the beginning, with the stolen key, from the entries as they are now."""
    sql("DELETE FROM audit_leaf")
    sql("DELETE FROM audit_seal")
    while seal_next(batch=25).full:
        pass
