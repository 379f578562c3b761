"""Sealing the ledger: entries get their place, a Merkle root over each batch, and a signed head that names the former.

Entries are written freely and without a lock; one sealer at a time orders them afterwards. It takes only entries of
transactions below the oldest one that still runs anywhere on the server: none of theirs can appear any more, so that
a transaction which commits late falls into a later batch and never between two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils import timezone

from audit.heads import NO_FORMER, Head, head_hash
from audit.keys import SigningKey, signing_key
from audit.merkle import root
from audit.models import Seal
from audit.services import Actor, record
from dispatch.connection import tenant_connection

# Any number: with the schema's hash it tells our advisory lock from others.
SEALING = 7_301_428
# So many entries at most make a batch: what is done in one statement.
BATCH = 5_000


@dataclass(frozen=True)
class Sealed:
    """What a round has done: the last seal there is now, how many entries it took, and since when others wait.

    `full` says that there may be more to take at once. `waiting_since` is when the oldest entry was written that
    could not be sealed yet; None where none waits.
    """

    seal: int
    taken: int
    full: bool
    waiting_since: datetime | None


def ledger_id() -> str:
    """What heads call the current ledger: the id of its tenant, `public` for that of the operators."""
    tenant = tenant_connection()
    return str(getattr(tenant.tenant, "pk", None) or tenant.schema_name)


# A transaction that the counter of this server has not come to yet was copied from another server: it has ended. What
# this one has written itself stands or falls with the seal.
# OFFSET 0 has each entry looked up by itself: a join might read all leaves there are.
TAKE = """
WITH taken AS (
    SELECT e.id, e.xid, sha256('\\x00'::bytea || convert_to(e.text, 'UTF8')) AS hash,
        row_number() OVER (ORDER BY e.xid, e.id) AS place
    FROM (
        SELECT e.id, e.xid, e.text FROM audit_entry e
        WHERE e.xid >= %(horizon)s::text::xid8
          AND (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot())
              OR e.xid = pg_current_xact_id_if_assigned())
          AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry = e.id OFFSET 0)
        ORDER BY e.xid, e.id LIMIT %(batch)s
    ) e
), put AS (
    INSERT INTO audit_leaf (seq, entry, hash, seal)
    SELECT %(former_seq)s::bigint + place, id, hash, %(number)s::bigint FROM taken ORDER BY place
)
SELECT hash, xid::text, pg_snapshot_xmin(pg_current_snapshot())::text FROM taken ORDER BY place
"""
# UUIDv7 begin with the milliseconds at which they were made.
WAITING = """
SELECT min(e.id::text) FROM audit_entry e
WHERE e.xid >= %(horizon)s::text::xid8 AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry = e.id OFFSET 0)
"""


def seal_next(*, batch: int = BATCH) -> Sealed:
    """Seal the next entries of the current ledger, `batch` at most, in the caller's transaction. Raises NoSigningKey.

    Two at a time wait for each other, until the first one's commit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("leaves and their seal belong into one transaction")
    key = signing_key()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [SEALING])
        former = Seal.objects.order_by("-number").first()
        horizon = horizon_after(former)
        if former and horizon != str(former.horizon):
            _copied(former)
        number = former.number + 1 if former else 1
        former_seq = former.last_seq if former else 0
        cursor.execute(TAKE, {"horizon": horizon, "batch": batch, "former_seq": former_seq, "number": number})
        rows = cursor.fetchall()
        full = len(rows) == batch
        if rows:
            last, oldest_running = (int(each) for each in rows[-1][1:])
            horizon = str(min(last, oldest_running) if full else oldest_running)
            _seal(former, number, [bytes(row[0]) for row in rows], horizon, key)
    return Sealed(number if rows else number - 1, len(rows), full, None if full else _waiting_since(horizon))


def _copied(former: Seal) -> None:
    """Have something to seal at once: until there is a horizon of this server's, its counter may come to the one of the
    server that the ledger was copied from, and what was written shortly before would be taken for sealed."""
    ledger = Actor.system("ledger")
    record(event="audit.copied", target="ledger:entries", actor=ledger, data={"seal": former.number})


def _waiting_since(horizon: str) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"horizon": horizon})
        [oldest] = cursor.fetchone()
    return datetime.fromtimestamp(int(oldest.replace("-", "")[:12], 16) / 1000, UTC) if oldest else None


def horizon_after(former: Seal | None) -> str:
    """From which transaction on entries may be without a place."""
    if former is None:
        return "0"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        [next_one] = cursor.fetchone()
    # Counted from the beginning where the ledger was copied to a server that has counted less: look at everything.
    return str(former.horizon) if int(former.horizon) <= int(next_one) else "0"


def _seal(former: Seal | None, number: int, hashes: list[bytes], horizon: str, key: SigningKey) -> None:
    former_seq = former.last_seq if former else 0
    head = Head(
        tenant=ledger_id(),
        number=number,
        first=former_seq + 1,
        seq=former_seq + len(hashes),
        root=root(hashes),
        former=head_hash(former.head) if former else NO_FORMER,
        at=timezone.now(),
        key=key.public.id,
    )
    Seal.objects.create(
        number=number,
        first_seq=head.first,
        last_seq=head.seq,
        root=head.root,
        former=head.former,
        key=head.key,
        head=head.text,
        signature=key.sign(head.text.encode()),
        sealed_at=head.at,
        horizon=int(horizon),
    )


def seal_all(*, batch: int = BATCH) -> Sealed:
    """Seal what can be sealed now, each batch in a transaction of its own."""
    while True:
        with transaction.atomic():
            sealed = seal_next(batch=batch)
        if not sealed.full:
            return sealed
