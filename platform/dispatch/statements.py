"""SQL fragments for a commit in one statement: a floor above composes them and never names our table.

Each is one or more CTEs. The first, `held`, has one row where the lease is ours and has not run out, and none
otherwise; the work's row is then locked until the commit. What else the statement does, it does only where
`held` has a row:

    WITH {fragment.sql}, moved AS (UPDATE … FROM held WHERE …) SELECT …
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dispatch.leases import Lease

OURS = "id = %(lease_work)s AND fence = %(lease_fence)s"
STANDS = f"{OURS} AND leased_until > clock_timestamp()"


@dataclass(frozen=True)
class Fragment:
    """Part of a statement, and what it brings to the statement's named parameters (of ours all begin with `lease_`)."""

    sql: str
    params: dict[str, Any]


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

    Gone when its work is done, unless it was woken meanwhile; else due `again`. The handler then returns
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
        "  CASE WHEN (SELECT quiet FROM held) THEN %(lease_again)s::timestamptz"
        "  ELSE least(w.due_at, %(lease_again)s::timestamptz) END WHERE w.id = %(lease_work)s"
        "  AND (SELECT NOT quiet OR %(lease_again)s::timestamptz IS NOT NULL FROM held))",
        {"lease_work": lease.work, "lease_fence": lease.fence, "lease_wakes": lease.wakes, "lease_again": again},
    )
