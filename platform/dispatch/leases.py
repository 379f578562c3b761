"""Leases: who works on a row, renewed by a thread of its own, checked at each commit."""

import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, connection

from dispatch.statements import held

LEASE_SECONDS: float = settings.COUNTERSIGN.lease_seconds
RENEW_SECONDS = LEASE_SECONDS / 4

# A row that was given back a moment ago is nobody's: renewing would hide it from all. One whose holder
# is in a transaction is locked: nobody can claim it, and the others' leases must not wait for it.
RENEW = """
WITH held AS (
    SELECT w.id FROM public.dispatch_work w JOIN unnest(%s::uuid[], %s::bigint[]) AS l(id, fence)
    ON w.id = l.id AND w.fence = l.fence WHERE w.leased_until IS NOT NULL FOR UPDATE OF w SKIP LOCKED
)
UPDATE public.dispatch_work w SET leased_until = clock_timestamp() + make_interval(secs => %s)
FROM held WHERE w.id = held.id
"""
KEPT = """
SELECT w.id, w.fence FROM public.dispatch_work w JOIN unnest(%s::uuid[], %s::bigint[]) AS l(id, fence)
ON w.id = l.id AND w.fence = l.fence
"""

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Someone else may work on this by now; nothing of it may be committed here."""


@dataclass(frozen=True)
class Lease:
    """The right to work on one row until it expires; `fence` tells this claim from any later one."""

    work: UUID
    fence: int
    wakes: int
    attempts: int
    lost: threading.Event = field(default_factory=threading.Event, compare=False)

    def hold(self, *, progress: bool = True) -> None:
        """Make the current transaction depend on the lease: first statement of each that works under it.

        Locks the row until the commit, so that nobody can take over in between; raises LeaseLost. See
        `dispatch.statements.held` for what is `progress`.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("a lease is held by a transaction: open one around it")
        fragment = held(self, progress=progress)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {fragment.sql} SELECT 1 FROM held", fragment.params)  # noqa: S608
            if cursor.fetchone() is None:
                self.lost.set()
                raise LeaseLost(f"the lease on {self.work} is over")


class _Renewer:
    """Renews all leases of this process on a connection of its own."""

    def __init__(self) -> None:
        # By claim: the row of one that was lost may be worked on by another thread of this process.
        self._leases: set[Lease] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pause = threading.Event()  # never set: it only lets time pass

    def add(self, lease: Lease) -> None:
        with self._lock:
            self._leases.add(lease)
            # A forked child inherits the object, but not the thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="lease-renewer", daemon=True)
                self._thread.start()

    def remove(self, lease: Lease) -> None:
        with self._lock:
            self._leases.discard(lease)

    def _run(self) -> None:
        # It outlives a lease, so that a worker with one short piece of work after another starts no thread for each.
        while True:
            self._pause.wait(RENEW_SECONDS)
            with self._lock:
                if not self._leases:
                    self._thread = None
                    break
                leases = list(self._leases)
            self._renew(leases)
            connection.close()  # a connection every few seconds costs less than one that idles in every process

    def _renew(self, leases: list[Lease]) -> None:
        held: list[Any] = [[lease.work for lease in leases], [lease.fence for lease in leases]]
        try:
            with connection.cursor() as cursor:
                cursor.execute(RENEW, [*held, LEASE_SECONDS])
                cursor.execute(KEPT, held)
                kept = set(cursor.fetchall())
        except Error as error:
            # The lease may run out now; the commit will find out.
            log.warning("lease_renewal_failed", error=str(error))
            connection.close()
            return
        for lease in leases:
            if (lease.work, lease.fence) not in kept:
                lease.lost.set()


renewer = _Renewer()
