"""Adding work in the transaction that causes it, and claiming what is due."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from dispatch.connection import row_prepared, tenant_connection
from dispatch.leases import LEASE_SECONDS, Lease
from dispatch.models import Heartbeat
from dispatch.statements import Fragment, added, given_back

# The provisioner's queue: it has the owner's login, looks by itself, and nobody else may take from it.
OWNER_QUEUE = "provision"
# What waits for other people's servers has workers of its own, so that a slow one delays no run.
OUTSIDE_QUEUE = "notify"
# How many rows of one tenant are worked on at once, per queue (see CLAIM for how exactly).
TENANT_CONCURRENCY = 4
# Work that was begun so often, without progress in between, is parked.
MAX_ATTEMPTS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Due:
    """Work to be added: `handler` is called with `subject` once `due_at` (default: now) has come."""

    handler: str
    subject: str
    queue: str = "runs"
    due_at: datetime | None = None
    priority: int = 5


def work_add(
    *, handler: str, subject: str, queue: str = "runs", due_at: datetime | None = None, priority: int = 5
) -> None:
    """Have `handler` called with `subject` for the current tenant, once `due_at` (default: now) has come.

    One row per (tenant, handler, subject): adding it again wakes it, also while it is worked on. It
    stands or falls with the current transaction; the wake-up goes out after the commit.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        fragment = works_added([Due(handler, subject, queue, due_at, priority)])
        cursor.execute(fragment.sql, fragment.params)


def works_added(works: Iterable[Due], *, provided: str = "true") -> Fragment:
    """`work_add` of several as a part of a statement, which has to be sent in the current transaction; nothing is
    added where a condition of the composer does not hold.
    """
    now = timezone.now()
    rows, woken = [], set()
    for work in works:
        due_at = work.due_at or now
        if due_at <= now:
            woken.add(work.queue)
        rows.append(asdict(work) | {"due_at": due_at.isoformat()})
    for queue in sorted(woken):
        transaction.on_commit(partial(wake, queue), robust=True)
    # The tenant's role, also where the database's owner works for a tenant without putting it on.
    owner = getattr(tenant_connection().tenant, "owner", None)
    return added(rows, owner=owner, tenant=tenant_connection().schema_name, created_at=now, provided=provided)


def work_hold(*, handler: str, subject: str) -> None:
    """Hold work of the current tenant until the commit: no worker commits any of it meanwhile. Wakes nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM public.dispatch_work WHERE tenant = %s AND handler = %s AND subject = %s FOR UPDATE",
            [tenant_connection().schema_name, handler, subject],
        )


def work_release(*, handler: str) -> None:
    """Have all work of a handler be due at once, of every tenant: one statement, however many tenants there are.

    In the current transaction, which is an operator's: a tenant would reach its own work only.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.dispatch_work SET due_at = clock_timestamp(), wakes = wakes + 1"
            " WHERE handler = %s AND parked_at IS NULL RETURNING queue",
            [handler],
        )
        for queue in sorted({row[0] for row in cursor.fetchall()}):
            transaction.on_commit(partial(wake, queue), robust=True)


def work_cancel(*, handler: str, subject: str) -> None:
    """Take back work of the current tenant that nobody has begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM public.dispatch_work WHERE tenant = %s AND handler = %s AND subject = %s"
            " AND (leased_until IS NULL OR leased_until < clock_timestamp())",
            [tenant_connection().schema_name, handler, subject],
        )


def wake(queue: str) -> None:
    """Have a worker of `queue` look what is due. A broker that is down delays, nothing more:
    the scheduler wakes again."""
    from dispatch.tasks import send_wake_up

    if queue == OWNER_QUEUE:
        return
    try:
        send_wake_up(queue)
    except Exception as error:
        log.warning("wake_up_not_sent", queue=queue, error=str(error))


@dataclass(frozen=True)
class Claim:
    """A row that this process now works on."""

    tenant: str
    handler: str
    subject: str
    lease: Lease


# See migration 0003 for what it does. How many rows of a tenant are worked on is counted before the others' claims of
# the same moment have committed: so many claims at once may exceed the limit together, until the next.
CLAIM = """
SELECT * FROM public.dispatch_claim(%(queue)s::text, %(worker)s::text, %(lease)s::float8, %(concurrency)s::int)
"""


def claim(*, queue: str, worker: str) -> Claim | None:
    """Take the next due row of `queue`: of the tenant served longest ago and below its concurrency,
    by priority and age. None when nothing is due. Runs outside any tenant."""
    limits = {"lease": LEASE_SECONDS, "concurrency": TENANT_CONCURRENCY}
    row = row_prepared(CLAIM, {"queue": queue, "worker": worker, **limits})
    if row is None:
        return None
    work, tenant, handler, subject, fence, wakes, attempts = row
    return Claim(tenant, handler, subject, Lease(work, fence, wakes, attempts))


def finish(lease: Lease, *, again: datetime | None = None) -> None:
    """Give the row back: gone when its work is done, unless it was woken meanwhile; else due `again`."""
    fragment = given_back(lease, again)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {fragment.sql} SELECT 1 FROM held", fragment.params)  # noqa: S608


def given_up(lease: Lease) -> bool:
    """Whether its work was begun so often, without progress in between, that it is to be parked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attempts >= %s FROM public.dispatch_work WHERE id = %s AND fence = %s",
            [MAX_ATTEMPTS, lease.work, lease.fence],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def fail(lease: Lease, *, error: str, parked: bool) -> None:
    """Give the row back after an error: due again after a growing pause, or parked for a person.

    One that was woken meanwhile is not parked, but begins anew: whoever woke it did not know that it was given up.
    """
    pause = min(2**lease.attempts, 300)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.dispatch_work SET leased_until = NULL, error = %(error)s,"
            " attempts = CASE WHEN %(parked)s AND wakes <> %(wakes)s THEN 0 ELSE attempts END,"
            " due_at = clock_timestamp() + make_interval(secs => %(pause)s),"
            " parked_at = CASE WHEN %(parked)s AND wakes = %(wakes)s THEN clock_timestamp() END"
            " WHERE id = %(work)s AND fence = %(fence)s",
            {
                "error": storable(error)[:2000],
                "parked": parked,
                "wakes": lease.wakes,
                "pause": pause,
                "work": lease.work,
                "fence": lease.fence,
            },
        )


def errors_forget(subjects: Iterable[str]) -> None:
    """Take out what errors of the current tenant's work say, where its subject is one of these, or names one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.dispatch_work SET error = ''"
            " WHERE tenant = %s AND string_to_array(subject, ':') && %s::text[] AND error <> ''",
            [tenant_connection().schema_name, list(subjects)],
        )


@transaction.atomic
def work_try_again(*, work: UUID) -> bool:
    """Let parked work be due at once, with its attempts counted anew; False when it is not parked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.dispatch_work SET parked_at = NULL, attempts = 0, due_at = clock_timestamp()"
            " WHERE id = %s AND parked_at IS NOT NULL RETURNING queue",
            [work],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    transaction.on_commit(lambda: wake(row[0]), robust=True)
    return True


def storable(text: str) -> str:
    """`text` without what PostgreSQL's texts cannot hold: NUL and half surrogates."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


DUE = """
WITH RECURSIVE queues AS (
    SELECT min(queue) AS queue FROM public.dispatch_work WHERE parked_at IS NULL
    UNION ALL
    SELECT (SELECT min(w.queue) FROM public.dispatch_work w WHERE w.parked_at IS NULL AND w.queue > q.queue)
    FROM queues q WHERE q.queue IS NOT NULL
)
SELECT q.queue, few.n FROM queues q, LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM public.dispatch_work w WHERE w.queue = q.queue AND w.parked_at IS NULL
          AND w.due_at <= statement_timestamp() AND (w.leased_until IS NULL OR w.leased_until <= statement_timestamp())
        LIMIT %(at_most)s
    ) due
) few WHERE few.n > 0
"""


def due_by_queue(*, at_most: int) -> dict[str, int]:
    """How many rows wait for a worker right now, by queue; of a longer queue, `at_most` are counted."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at_most": at_most})
        return dict(cursor.fetchall())


def errors_of(handler: str) -> list[str]:
    """Why work of a handler is not done, of all tenants; what is tried again too. Runs outside any tenant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT error FROM public.dispatch_work WHERE handler = %s AND error <> '' ORDER BY created_at", [handler]
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Depth:
    """How many rows of a tenant are due and wait for a worker, and how many were given up."""

    due: int = 0
    parked: int = 0


def depth_by_tenant(tenants: Iterable[str]) -> dict[str, Depth]:
    """The depth of the queues of these tenants, by schema; one query. A tenant without work is not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant, count(*) FILTER (WHERE parked_at IS NULL AND due_at <= clock_timestamp()"
            " AND (leased_until IS NULL OR leased_until <= clock_timestamp())), count(parked_at)"
            " FROM public.dispatch_work WHERE tenant = ANY(%s) GROUP BY tenant",
            [list(tenants)],
        )
        return {tenant: Depth(due, parked) for tenant, due, parked in cursor.fetchall()}


def heartbeat(*, process: str, kind: str) -> None:
    """Say that `process` lives."""
    Heartbeat.objects.update_or_create(process=process, defaults={"kind": kind, "at": timezone.now()})


def heartbeats_clear(*, before: datetime) -> None:
    """Forget processes that have been silent since `before`."""
    Heartbeat.objects.filter(at__lt=before).delete()


def living(*, since: datetime) -> dict[str, int]:
    """How many processes of each kind have said since `since` that they live."""
    found: dict[str, int] = {}
    for kind in Heartbeat.objects.filter(at__gte=since).values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found
