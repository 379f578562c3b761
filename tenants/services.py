"""Making tenants, suspending and resuming them."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_exists
from psycopg import sql
from uuid_utils.compat import uuid7

from audit.services import Actor, record, transition
from dispatch.services import OWNER_QUEUE, work_add, work_try_again
from tenants import grants
from tenants.database_roles import tenant_role
from tenants.errors import NoSuchTenant, TenantRefused
from tenants.models import (
    REQUEST_MOVES,
    TENANT_MOVES,
    Domain,
    InboundAddress,
    RequestStatus,
    Tenant,
    TenantPulse,
    TenantRequest,
    TenantStatus,
)
from tenants.packs import packs_offered
from tenants.secrets import data_key_make
from tenants.selectors import TenantInfo, current, tenant_by_slug

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = {"public", "www", "admin", "api", "in", "mail", "static", "pg"}
# No vowels and no look-alikes: a token is read out on the phone, and spells nothing.
ADDRESS_LETTERS = "bcdfghjkmnpqrstvwxz23456789"

# Any number: it tells from other advisory locks the one that is held by whoever makes or migrates schemas.
SCHEMAS_LOCK = 7_301_427


def slug_check(slug: str) -> None:
    """Refuse a name that cannot be a host name, or that is taken; raises TenantRefused."""
    if not SLUG.fullmatch(slug) or len(slug) > 40:
        raise TenantRefused(f"{slug!r} cannot be a tenant's name: use small letters, digits and single hyphens")
    if slug in RESERVED or slug.startswith("pg-"):
        raise TenantRefused(f"{slug} is reserved")
    if Tenant.objects.filter(slug=slug).exists():
        raise TenantRefused(f"there is a tenant {slug} already")


def tenant_create(*, slug: str, name: str, actor: Actor, timezone: str = "UTC") -> TenantInfo:
    """Make a tenant: its role, schema, tables, rights, host and inbound address.

    Runs as the database's owner, inside the caller's transaction: all of it or nothing. Raises
    TenantRefused.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a tenant is made whole or not at all: open a transaction around it")
    with connection.cursor() as cursor:
        # One at a time: a name that another is about to take is seen as taken, and nobody migrates meanwhile.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMAS_LOCK])
    slug_check(slug)
    if timezone not in available_timezones():
        raise TenantRefused(f"{timezone} is not a time zone; Australia/Sydney is one")
    schema = slug.replace("-", "_")
    if schema_exists(schema):
        raise TenantRefused(f"a schema named {schema} exists already")
    tenant = Tenant(id=uuid7(), slug=slug, name=name, schema_name=schema, timezone=timezone)
    tenant.owner = tenant_role(tenant.pk)
    tenant.data_key = data_key_make(tenant.pk)
    grants.tenant_role_make(tenant.owner)
    tenant.save()
    Domain.objects.create(tenant=tenant, domain=f"{slug}.{settings.COUNTERSIGN.base_domain}", is_primary=True)
    token = "".join(secrets.choice(ADDRESS_LETTERS) for _ in range(10))
    InboundAddress.objects.create(tenant=tenant, local_part=f"{slug}-{token}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    call_command("migrate_schemas", tenant=True, schema_name=schema, interactive=False, verbosity=0)
    record(event="tenant.created", target=f"tenant:{tenant.pk}", actor=actor, data={"slug": slug})
    return tenant_by_slug(slug)


@transaction.atomic
def tenant_request(
    *, slug: str, name: str, timezone: str, owner_email: str, owner_password_hash: str, pack: str, actor: Actor
) -> UUID:
    """Ask the provisioner for a tenant; web processes may not make one themselves. Returns the request's id.

    Raises TenantRefused.
    """
    slug_check(slug)
    if pack not in packs_offered():
        raise TenantRefused(f"there is no pack {pack}")
    if timezone not in available_timezones():
        raise TenantRefused(f"{timezone} is not a time zone; Australia/Sydney is one")
    request = TenantRequest.objects.create(
        slug=slug,
        name=name,
        timezone=timezone,
        owner_email=owner_email,
        owner_password_hash=owner_password_hash,
        pack=pack,
    )
    work_add(handler="portal.provision", subject=str(request.pk), queue=OWNER_QUEUE)
    record(
        event="tenant.requested",
        target=f"tenantrequest:{request.pk}",
        actor=actor,
        data={"slug": slug, "pack": pack},
    )
    return request.pk


@dataclass(frozen=True)
class OpenRequest:
    """A tenant that was asked for and is not there yet."""

    id: UUID
    slug: str
    name: str
    timezone: str
    owner_email: str
    owner_password_hash: str
    pack: str


def request_open(request_id: UUID) -> OpenRequest | None:
    """The request, while nothing has come of it; None afterwards."""
    found = TenantRequest.objects.filter(pk=request_id, status=RequestStatus.REQUESTED).first()
    if found is None:
        return None
    return OpenRequest(**{name: getattr(found, name) for name in OpenRequest.__dataclass_fields__})


def request_fulfil(request_id: UUID) -> None:
    """Say that the tenant of a request was made, in the transaction that made it."""
    _request_end(request_id, RequestStatus.CREATED, "")


def request_refuse(request_id: UUID, *, error: str) -> None:
    """Say why the tenant of a request was not made."""
    _request_end(request_id, RequestStatus.FAILED, error)


@transaction.atomic
def _request_end(request_id: UUID, to: RequestStatus, error: str) -> None:
    request = TenantRequest.objects.get(pk=request_id)
    if request.status != RequestStatus.REQUESTED:
        return
    data = {"slug": request.slug}
    if to == RequestStatus.CREATED:
        data["pack"] = request.pack
    actor = Actor.system("provisioner")
    transition(request, moves=REQUEST_MOVES, to=to, actor=actor, data=data, changes={"error": error[:2000]})


def tenant_suspend(*, slug: str, actor: Actor, reason: str = "") -> None:
    """Stop a tenant: its hosts answer that it is suspended, its mail is asked to wait (450)."""
    _move(slug, TenantStatus.SUSPENDED, actor, reason)


def tenant_resume(*, slug: str, actor: Actor, reason: str = "") -> None:
    """Let a suspended tenant work again; mail that waited comes in by itself."""
    _move(slug, TenantStatus.ACTIVE, actor, reason)


@transaction.atomic
def _move(slug: str, to: TenantStatus, actor: Actor, reason: str) -> None:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise NoSuchTenant(f"there is no tenant {slug}")
    # The reason is somebody's words, so it stands beside the ledger.
    changes = {"status_reason": reason}
    transition(tenant, moves=TENANT_MOVES, to=to, actor=actor, data={"slug": slug}, changes=changes)


PULSE_PAUSE = timedelta(seconds=60)


def pulse_soon() -> None:
    """Have the current tenant tell how it is, once a minute at most; what happens meanwhile is told together."""
    work_add(handler="portal.pulse", subject="now", due_at=timezone.now() + PULSE_PAUSE, priority=9)


def pulse_tell(*, last_mail_at: datetime | None, runs_failed: int, cost_usd: Decimal, month: date, people: int) -> None:
    """Write down how the current tenant is."""
    figures = {
        "last_mail_at": last_mail_at,
        "runs_failed": runs_failed,
        "cost_usd": cost_usd,
        "month": month,
        "people": people,
        "told_at": timezone.now(),
    }
    TenantPulse.objects.update_or_create(tenant_id=current().id, defaults=figures)


@transaction.atomic
def work_retry(*, work: UUID, tenant: str, handler: str, actor: Actor) -> bool:
    """Let parked work of a tenant (named by its schema) go on; False when it is not parked any more."""
    if not work_try_again(work=work):
        return False
    record(event="work.retried", target=f"work:{work}", actor=actor, data={"tenant": tenant, "handler": handler})
    return True
