"""All ledgers of an installation, each tenant's and the operators' own: which there are, and when one is sealed.

Writing an entry tells nobody, so that it costs nothing. PostgreSQL counts the rows that were added to each table; the
scheduler looks at these counts, and has a ledger sealed that has grown.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from audit.errors import WatermarkHeld
from audit.keeping import heads_file_keep
from audit.sealing import Sealed, seal_next
from dispatch.connection import tenant_connection
from dispatch.crash_points import reached
from dispatch.leases import Lease
from dispatch.registry import Again, handler, scheduled
from dispatch.services import OUTSIDE_QUEUE, work_add
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import NoSuchTenant
from tenants.selectors import public_context, tenant_by_slug, tenant_context, tenants_all

LOOK_SECONDS = 2.0
# What is written within this time is sealed together.
GATHER = timedelta(seconds=2)
# Counts can be lost in a crash, and a ledger may be waiting for a transaction: each is looked at this often anyway.
ALL_SECONDS = 600.0
AGAIN = timedelta(seconds=5)
# How a tenant's last head is told, and when at the earliest after it was sealed.
TOLD = {"webhook": timedelta(hours=1), "email": timedelta(days=1)}
HELD_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True)
class Ledger:
    """A ledger: the name that people know it by, and its schema."""

    name: str
    schema: str


def ledgers(slug: str | None = None) -> list[Ledger]:
    """The ledger of one tenant (raises NoSuchTenant), else all of them, the operators' first."""
    public = get_public_schema_name()
    if slug == public:
        return [Ledger(public, public)]
    if slug is not None:
        return [Ledger(slug, tenant_by_slug(slug).schema)]
    return [Ledger(public, public), *(Ledger(tenant.slug, tenant.schema) for tenant in tenants_all())]


@contextmanager
def ledger_context(schema: str) -> Iterator[None]:
    """Work where a ledger is; that of the operators is read and sealed with their role."""
    public = schema == get_public_schema_name()
    with public_context(PublicAs(operator_role())) if public else tenant_context(schema):
        yield


@handler("audit.seal")
def seal(subject: str, lease: Lease) -> Again | None:
    """Seal what has been written and keep the head elsewhere; again soon where some waits for other transactions.

    Raises WatermarkHeld when that has taken minutes, so that it is seen among the work that fails.
    """
    schema = tenant_connection().schema_name
    public = schema == get_public_schema_name()
    with ledger_context(schema) if public else nullcontext():
        sealed = _sealed(lease, tell=not public)
        heads_file_keep()
    if sealed.waiting_since is None:
        return None
    held = timezone.now() - sealed.waiting_since
    if held > HELD_TOO_LONG:
        raise WatermarkHeld(held)
    return Again(timezone.now() + AGAIN)


def _sealed(lease: Lease, *, tell: bool) -> Sealed:
    """Seal batch after batch; each of a tenant's has its auditors told together with its commit, whatever becomes of
    the file of heads afterwards."""
    taken = 0
    while True:
        with transaction.atomic():
            lease.hold()
            sealed = seal_next()
            if sealed.taken and tell:
                for way, pause in TOLD.items():
                    work_add(handler="notify.heads", subject=way, queue=OUTSIDE_QUEUE, due_at=timezone.now() + pause)
            reached("before_commit", "seal")
        reached("after_commit", "seal")
        taken += sealed.taken
        if not sealed.full:
            return replace(sealed, taken=taken)


# The counts reach us a second after the commit, up to ten where a session goes idle.
GROWN = """
SELECT n.nspname, pg_stat_get_tuples_inserted(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'audit_entry' AND c.relkind = 'r'
  AND (n.nspname = %s OR EXISTS (SELECT 1 FROM public.tenants_tenant t WHERE t.schema_name = n.nspname))
"""


class Growth:
    """What this process knows of how far each ledger has grown."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._all_at = float("-inf")

    def look(self) -> list[str]:
        """The schemas whose ledger has grown since the last look; all of them from time to time."""
        if time.monotonic() - self._all_at > ALL_SECONDS:
            self._counts, self._all_at = {}, time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(GROWN, [get_public_schema_name()])
            counts = dict(cursor.fetchall())
        grown = [schema for schema, count in counts.items() if self._counts.get(schema) != count]
        self._counts = counts
        return sorted(grown)


_growth = Growth()


@scheduled(every=LOOK_SECONDS)
def seal_what_has_grown() -> None:
    """Have each ledger sealed that has grown."""
    due_at = timezone.now() + GATHER
    for schema in _growth.look():
        with suppress(NoSuchTenant):  # gone since
            seal_soon(schema, due_at=due_at)


def seal_soon(schema: str, *, due_at: datetime) -> None:
    """Have a ledger sealed at `due_at`, also that of a suspended tenant: then once it is resumed."""
    with tenant_context(schema):
        work_add(handler="audit.seal", subject="ledger", queue=OUTSIDE_QUEUE, due_at=due_at)
