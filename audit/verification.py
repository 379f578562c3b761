"""Verifying the ledger: everything that was sealed is computed anew from the texts of the entries.

It says up to where the ledger is sealed, how many entries wait for that, and whether it agrees with the heads kept
elsewhere; or what is broken first. Whoever owns the database and the signing key can rewrite all of it and sign it
anew: only heads kept where they cannot reach show that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from audit.heads import NO_FORMER, Head, KeptHead, head_hash, kept_read
from audit.keys import PublicKey, public_keys
from audit.merkle import root
from audit.models import KeptHead as KeptAt
from audit.models import Leaf, Seal
from audit.pruning import Range, ranges
from audit.sealing import ledger_id

# So many leaves are read at a time: few enough for the database to sort them in its memory.
CHUNK = 5_000
MADE_FROM_TEXT = ("s", "(text)::jsonb")


@dataclass(frozen=True)
class Broken:
    """What is wrong first, in a sentence; `seq` and `entry` where it is one entry, `seal` where it is a batch."""

    what: str
    seq: int | None = None
    entry: UUID | None = None
    seal: int | None = None


@dataclass(frozen=True)
class Kept:
    """The last head kept elsewhere: where, which, since when (None where its file does not say), and whether it could
    be compared from here. One that only the place itself can show, such as an email, is to be compared by a person."""

    place: str
    number: int
    seq: int
    hash: str
    at: datetime | None
    compared: bool


@dataclass(frozen=True)
class Gone:
    """Entries that were pruned: how many, up to which place, and the last entry that says so."""

    entries: int
    up_to: int
    recorded: UUID


@dataclass(frozen=True)
class Verdict:
    """What verifying a ledger came to. `broken` is None where everything holds.

    `sealed` is the place of the last sealed entry, `waiting` how many are not sealed yet, `head` the hash of the last
    head, `kept` where a head is kept elsewhere: None means that this server alone has them.
    """

    ledger: str
    sealed: int
    seals: int
    sealed_at: datetime | None
    head: str | None
    waiting: int
    kept: Kept | None
    broken: Broken | None
    pruned: Gone | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return self.broken is None

    @property
    def statements(self) -> tuple[str, ...]:
        """What it says, in three sentences; in one where something is broken."""
        if self.broken:
            return (self.broken.what,)
        sealed = f"Sealed up to {self.sealed}." if self.sealed else "Nothing is sealed yet."
        told = sealed, f"{self.waiting} not yet sealed.", self._kept_statement()
        return (*told, self._pruned_statement(self.pruned)) if self.pruned else told

    def _pruned_statement(self, gone: Gone) -> str:
        which = f"{gone.entries} up to {gone.up_to}"
        return f"Pruned by policy: {which}, recorded in entry {gone.recorded}; their hashes still hold."

    def _kept_statement(self) -> str:
        if self.kept is None:
            return "Its heads are kept only on this server."
        when = f" on {self.kept.at:%Y-%m-%d at %H:%M} UTC" if self.kept.at else ""
        which = f"number {self.kept.number}, up to {self.kept.seq}"
        if self.kept.compared:
            return f"Agrees with the last head kept at {self.kept.place}: {which}."
        return f"The last head was kept at {self.kept.place}{when}: {which}, {self.kept.hash}."


@dataclass(frozen=True)
class Heads:
    """Heads kept elsewhere, and where that is."""

    place: str
    kept: Sequence[KeptHead]


def heads_from(path: Path) -> Heads:
    """The heads of the current ledger in a file of heads. Raises NoHeads."""
    return Heads(str(path), kept_read(path, tenant=ledger_id()))


def verify(*, heads: Heads | None = None) -> Verdict:
    """Verify the current ledger, against `heads`, else against AUDIT_HEADS_FILE where this process can read it."""
    if heads is None:
        heads = _configured_heads()
    # In this order: what is kept was sealed before, and a key is there before it seals.
    seals = list(Seal.objects.order_by("number"))
    keys = public_keys()
    pruned = _Pruned()
    broken = _first_broken(seals, keys, heads, pruned)
    last = seals[-1] if seals else None
    waiting, slipped_in = _without_place(last)
    if broken is None and slipped_in is not None:
        broken = Broken(f"Entry {slipped_in} was put in behind the seal.", entry=slipped_in)
    return Verdict(
        ledger=ledger_id(),
        sealed=last.last_seq if last else 0,
        seals=len(seals),
        sealed_at=last.sealed_at if last else None,
        head=head_hash(last.head).hex() if last else None,
        waiting=waiting,
        kept=_kept(heads),
        broken=broken,
        pruned=pruned.told(),
    )


class _Pruned:
    """Which entries may be missing, and how many were found to be.

    An entry can say so of what was sealed before it only: none excuses in advance what is removed later.
    """

    def __init__(self) -> None:
        self._ranges: list[Range] = []
        self._missing = 0

    def covers(self, seq: int) -> bool:
        """Whether the entry at this place may be missing; one that is, is counted."""
        if not self._said(seq):
            self._ranges = self._read()  # only now: it was said before any of these entries went
        said = self._said(seq)
        self._missing += said
        return said

    def _said(self, seq: int) -> bool:
        return any(one.first <= seq <= one.last for one in self._ranges)

    def _read(self) -> list[Range]:
        said = ranges()
        places = dict(Leaf.objects.filter(entry__in=[one.recorded for one in said]).values_list("entry", "seq"))
        return [one for one in said if places.get(one.recorded, one.last + 1) > one.last]

    def told(self) -> Gone | None:
        """What verifying says of them."""
        if not self._missing:
            return None
        last = max(self._ranges, key=lambda one: one.last)
        return Gone(self._missing, last.last, last.recorded)


def _configured_heads() -> Heads | None:
    path: Path | None = settings.COUNTERSIGN.audit_heads_file
    if path is None or not path.is_file():
        return None
    return heads_from(path)


def _kept(heads: Heads | None) -> Kept | None:
    if heads and heads.kept:
        last = max(heads.kept, key=lambda kept: kept.number)
        return Kept(heads.place, last.number, last.seq, last.head.hash, None, compared=True)
    told = KeptAt.objects.order_by("-number", "-at").first()
    return Kept(told.place, told.number, told.seq, told.hash, told.at, compared=False) if told else None


def _first_broken(
    seals: Sequence[Seal], keys: Mapping[str, PublicKey], heads: Heads | None, pruned: _Pruned
) -> Broken | None:
    """What is broken at the lowest place."""
    chain = _chain_broken(seals, keys)
    until = chain.seal if chain and chain.seal else None
    entries = _entries_broken([seal for seal in seals if until is None or seal.number <= until], pruned)
    return entries or chain or _leaf_too_many(seals) or _kept_broken(seals, keys, heads) or _body_broken()


def _chain_broken(seals: Sequence[Seal], keys: Mapping[str, PublicKey]) -> Broken | None:
    """Whether each head says what its batch is, names the former, and is signed by a key that is known."""
    ledger, former, last_seq = ledger_id(), NO_FORMER, 0
    for number, seal in enumerate(seals, 1):
        if seal.number != number or seal.first_seq != last_seq + 1:
            return Broken(f"Seal {number} is missing.", seq=last_seq + 1, seal=number)
        head = Head(ledger, number, seal.first_seq, seal.last_seq, bytes(seal.root), former, seal.sealed_at, seal.key)
        if head.text != seal.head or bytes(seal.former) != former:
            return Broken(f"Seal {number} is not what its head says.", seq=seal.first_seq, seal=number)
        key = keys.get(seal.key)
        if key is None:
            return Broken(f"Seal {number} is signed by an unknown key, {seal.key}.", seq=seal.first_seq, seal=number)
        if not key.signed(seal.head.encode(), bytes(seal.signature)):
            return Broken(f"The signature of seal {number} is wrong.", seq=seal.first_seq, seal=number)
        former, last_seq = head_hash(seal.head), seal.last_seq
    return None


LEAVES = """
SELECT l.seq, l.entry::text, l.hash, l.seal, e.text FROM audit_leaf l LEFT JOIN audit_entry e ON e.id = l.entry
WHERE l.seq BETWEEN %s AND %s ORDER BY l.seq
"""


def _entries_broken(seals: Sequence[Seal], pruned: _Pruned) -> Broken | None:
    """Whether each entry is there and hashes to its leaf, and the leaves of each seal to its root."""
    for together in _chunks(seals):
        with connection.cursor() as cursor:
            cursor.execute(LEAVES, [together[0].first_seq, together[-1].last_seq])
            rows = iter(cursor.fetchall())
        leaves = {number: list(found) for number, found in groupby(rows, key=lambda row: row[3])}
        for seal in together:
            if broken := _batch_broken(seal, leaves.pop(seal.number, []), pruned):
                return broken
        for number, [(seq, entry, *_), *_] in leaves.items():
            return Broken(f"Entry {seq} is placed in seal {number}, which it is not of.", seq, UUID(entry), number)
    return None


def _chunks(seals: Sequence[Seal]) -> Iterator[list[Seal]]:
    """Seals in their order, as many together as have CHUNK leaves."""
    found: list[Seal] = []
    for seal in seals:
        if found and seal.last_seq - found[0].first_seq >= CHUNK:
            yield found
            found = []
        found.append(seal)
    if found:
        yield found


def _batch_broken(
    seal: Seal, rows: Sequence[tuple[int, str, bytes, int, str | None]], pruned: _Pruned
) -> Broken | None:
    hashes, expected = [], seal.first_seq
    for seq, entry, kept, _, text in rows:
        if seq != expected:
            return Broken(f"Entry {expected} has lost its place.", seq=expected, seal=seal.number)
        expected += 1
        if text is None and pruned.covers(seq):
            hashes.append(bytes(kept))
            continue
        if text is None:
            return Broken(f"Entry {seq}, {entry}, is missing.", seq, UUID(entry), seal.number)
        found = sha256(b"\0" + text.encode()).digest()
        if found != kept:
            return Broken(f"Entry {seq}, {entry}, was changed.", seq, UUID(entry), seal.number)
        if f',"id":"{entry}","run":' not in text:
            return Broken(f"Entry {seq}, {entry}, has the text of another.", seq, UUID(entry), seal.number)
        hashes.append(found)
    if expected != seal.last_seq + 1:
        return Broken(f"Entry {expected} has lost its place.", seq=expected, seal=seal.number)
    if root(hashes) != bytes(seal.root):
        what = f"Entries {seal.first_seq} to {seal.last_seq} are not those that seal {seal.number} was made of."
        return Broken(what, seq=seal.first_seq, seal=seal.number)
    return None


# What has been sealed meanwhile has its seal.
TOO_MANY = """
SELECT l.seq, l.entry FROM audit_leaf l LEFT JOIN audit_seal s ON s.number = l.seal
WHERE l.seq NOT BETWEEN 1 AND %s AND (s.number IS NULL OR l.seq NOT BETWEEN s.first_seq AND s.last_seq)
ORDER BY l.seq LIMIT 1
"""


def _leaf_too_many(seals: Sequence[Seal]) -> Broken | None:
    with connection.cursor() as cursor:
        cursor.execute(TOO_MANY, [seals[-1].last_seq if seals else 0])
        row = cursor.fetchone()
    return Broken(f"Entry {row[0]} has a place, and no seal.", row[0], row[1]) if row else None


def _kept_broken(seals: Sequence[Seal], keys: Mapping[str, PublicKey], heads: Heads | None) -> Broken | None:
    """Whether every head that was kept elsewhere is one of this ledger still."""
    for kept in heads.kept if heads else ():
        if kept.number <= len(seals) and seals[kept.number - 1].head == kept.head.text:
            continue
        key, where = keys.get(kept.key), f"kept at {heads.place}" if heads else ""
        if key is None or not key.signed(kept.head.text.encode(), kept.head.signature):
            return Broken(f"Head {kept.number} {where} is not signed by a key of this ledger.", seal=kept.number)
        if kept.number > len(seals):
            what = f"Head {kept.number} {where} reaches to entry {kept.seq}, and seal {kept.number} is gone."
            return Broken(what, seq=seals[-1].last_seq + 1 if seals else 1, seal=kept.number)
        what = f"Seal {kept.number} is not the one whose head was {where}: it was made anew."
        return Broken(what, seq=seals[kept.number - 1].first_seq, seal=kept.number)
    return None


def _body_broken() -> Broken | None:
    """Whether what pages show is still made from the text that is sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attgenerated, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a"
            " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
            " WHERE a.attrelid = 'audit_entry'::regclass AND a.attname = 'body'"
        )
        row = cursor.fetchone()
    return None if row == MADE_FROM_TEXT else Broken("What is shown of entries is no longer made from their texts.")


# The horizon counts for nothing on a server that has not come so far: the ledger was copied to it.
WAITING = """
SELECT count(*), (array_agg(e.id ORDER BY e.id) FILTER (
    WHERE e.xid < %(horizon)s::text::xid8 AND pg_snapshot_xmax(pg_current_snapshot()) >= %(horizon)s::text::xid8
))[1]
FROM audit_entry e LEFT JOIN audit_leaf l ON l.entry = e.id WHERE l.entry IS NULL
"""


def _without_place(last: Seal | None) -> tuple[int, UUID | None]:
    """How many entries wait to be sealed, and one that should have been sealed long ago."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"horizon": str(last.horizon) if last else "0"})
        waiting, slipped_in = cursor.fetchone()
    return waiting, slipped_in
