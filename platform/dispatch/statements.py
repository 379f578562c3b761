"""SQL fragments for a commit in one statement: a floor above composes them and never names our table.

Each is one or more CTEs. The first, `held`, has one row where the lease is ours and has not run out, and none
otherwise; the work's row is then locked until the commit. What else the statement does, it does only where
`held` has a row:

    WITH {fragment.sql}, moved AS (UPDATE … FROM held WHERE …) SELECT …
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from uuid_utils.compat import uuid7

if TYPE_CHECKING:
    from dispatch.leases import Lease

OURS = "id = %(lease_work)s AND fence = %(lease_fence)s"
STANDS = f"{OURS} AND leased_until > clock_timestamp()"


@dataclass(frozen=True)
class Fragment:
    """Part of a statement, and what it brings to the statement's named parameters (of ours all begin with `lease_`)."""

    sql: str
    params: dict[str, Any]


ADDED = """
INSERT INTO public.dispatch_work AS w (id, owner, tenant, queue, handler, subject, priority, due_at, created_at, wakes,
    fence, worker, attempts, error)
SELECT n.id, coalesce(%(work_owner)s::text, current_user), %(work_tenant)s, n.queue, n.handler, n.subject, n.priority,
    n.due_at, %(work_created_at)s::timestamptz, 1, 0, '', 0, ''
FROM json_to_recordset(%(works)s::json) AS n(id uuid, queue text, handler text, subject text, priority smallint,
    due_at timestamptz)
WHERE {provided}
ON CONFLICT (tenant, handler, subject) DO UPDATE SET due_at = least(w.due_at, excluded.due_at), wakes = w.wakes + 1,
    attempts = CASE WHEN w.parked_at IS NULL THEN w.attempts ELSE 0 END, parked_at = NULL
"""


def added(
    works: Sequence[Mapping[str, str]], *, owner: str | None, tenant: str, created_at: datetime, provided: str = "true"
) -> Fragment:
    """Work that is to be done, or done once more: `INSERT`, without a name of its own. `provided`: see `held`."""
    rows = json.dumps([{"id": str(uuid7()), **work} for work in works])
    return Fragment(
        ADDED.format(provided=provided),
        {"works": rows, "work_owner": owner, "work_tenant": tenant, "work_created_at": created_at},
    )


def held(lease: "Lease", *, progress: bool = True, provided: str = "true") -> Fragment:
    """`held`: the lease is ours, and nobody takes over before the commit; and a condition of the composer holds.

    Deaths of workers are counted from the last commit that was `progress`. One that is made again each time the
    work is begun is none, such as the note that it was begun: work that kills its workers would never be parked.
    """
    params = {"lease_work": lease.work, "lease_fence": lease.fence}
    act, returning = ("SELECT id FROM", "FOR UPDATE") if not progress else ("UPDATE", "RETURNING id")
    change = "" if not progress else " SET attempts = 0"
    sql = f"held AS ({act} public.dispatch_work{change} WHERE {STANDS} AND {provided} {returning})"
    return Fragment(sql, params)


def finished(lease: "Lease", again: datetime | None = None, *, provided: str = "true") -> Fragment:
    """`held`, and the row given back as by `finish`, in the same commit; in place of `held(lease)`, not beside it.

    Gone when its work is done, unless it was woken meanwhile; else due `again`, in a second at the earliest: a worker
    whose clock is behind the database's would get it again and again. The handler then returns
    `dispatch.registry.GIVEN_BACK`.
    """
    return _given_back(lease, again, f"{STANDS} AND {provided}")


def given_back(lease: "Lease", again: datetime | None = None) -> Fragment:
    """The same for a lease that may have run out, as long as nobody has taken over."""
    return _given_back(lease, again, OURS)


def _given_back(lease: "Lease", again: datetime | None, where: str) -> Fragment:
    # `held` reads the row as it is once it is locked: a wake-up that was committed just before is seen.
    return Fragment(
        f"held AS (SELECT id, wakes = %(lease_wakes)s AS quiet FROM public.dispatch_work WHERE {where} FOR UPDATE),"  # noqa: S608
        " gone AS (DELETE FROM public.dispatch_work w WHERE w.id = %(lease_work)s"
        "  AND (SELECT quiet FROM held) AND %(lease_again)s::timestamptz IS NULL),"
        " kept AS (UPDATE public.dispatch_work w SET leased_until = NULL, attempts = 0, error = '', due_at ="
        "  CASE WHEN (SELECT quiet FROM held)"
        "   THEN greatest(%(lease_again)s::timestamptz, clock_timestamp() + interval '1 second')"
        "  ELSE least(w.due_at, %(lease_again)s::timestamptz) END WHERE w.id = %(lease_work)s"
        "  AND (SELECT NOT quiet OR %(lease_again)s::timestamptz IS NOT NULL FROM held))",
        {"lease_work": lease.work, "lease_fence": lease.fence, "lease_wakes": lease.wakes, "lease_again": again},
    )
