"""Finding tenants, and working inside one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from dispatch.connection import row_prepared, tenant_connection
from dispatch.registry import NotNow
from tenants.errors import NoSuchTenant, NoTenant
from tenants.models import Domain, InboundAddress, Tenant, TenantStatus

SUSPENDED_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class TenantInfo:
    """A tenant as other apps see it."""

    id: UUID
    slug: str
    name: str
    schema: str
    timezone: ZoneInfo
    status: str
    inbound_address: str
    host: str


@dataclass(frozen=True)
class AddressHit:
    """The tenant that a recipient's address belongs to, and what stood behind its `+`."""

    schema: str
    slug: str
    status: str
    tag: str


def _tenants() -> QuerySet[Tenant]:
    """Tenants with where they are found: the name of their inbound address, and their host."""
    address = InboundAddress.objects.filter(tenant=OuterRef("pk"), active=True).order_by("created_at")
    domain = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).order_by("pk")
    found: QuerySet[Tenant] = Tenant.objects.annotate(
        address_name=Subquery(address.values("local_part")[:1]), main_host=Subquery(domain.values("domain")[:1])
    )
    return found


def _info(tenant: Any) -> TenantInfo:
    """What other apps see of one of `_tenants()`."""
    return TenantInfo(
        tenant.pk,
        tenant.slug,
        tenant.name,
        tenant.schema_name,
        ZoneInfo(tenant.timezone),
        tenant.status,
        f"{tenant.address_name}@{settings.COUNTERSIGN.inbound_domain}" if tenant.address_name else "",
        tenant.main_host or "",
    )


def current() -> TenantInfo:
    """The tenant that this thread works in; raises NoTenant outside of one."""
    tenant = tenant_connection().tenant
    if not isinstance(tenant, Tenant):
        raise NoTenant("no tenant was entered")
    known: TenantInfo | None = getattr(tenant, "_info", None)
    if known is None:
        told = tenant if hasattr(tenant, "main_host") else _tenants().get(pk=tenant.pk)
        known = tenant._info = _info(told)
    return known


@contextmanager
def public_context(tenant: object = None) -> Iterator[None]:
    """Work in the public schema (or in `tenant`, an object with a schema and a role), then go back."""
    former = tenant_connection().tenant
    if tenant is None:
        tenant_connection().set_schema_to_public()
    else:
        tenant_connection().set_tenant(tenant)
    try:
        yield
    finally:
        tenant_connection().set_tenant(former)


COLUMNS = [field.attname for field in Tenant._meta.concrete_fields]
ENTERED = (
    f"SELECT {', '.join(f't.{name}' for name in COLUMNS)},"  # noqa: S608 - names of our own columns
    " (SELECT a.local_part FROM public.tenants_inboundaddress a WHERE a.tenant_id = t.id AND a.active"
    "  ORDER BY a.created_at LIMIT 1),"
    " (SELECT d.domain FROM public.tenants_domain d WHERE d.tenant_id = t.id AND d.is_primary ORDER BY d.id LIMIT 1)"
    " FROM public.tenants_tenant t WHERE t.schema_name = %(schema)s"
)


def _entered(schema: str) -> Tenant | None:
    """One of `_tenants()`, for each piece of work: by a statement that is planned once a connection."""
    row = row_prepared(ENTERED, {"schema": schema})
    if row is None:
        return None
    tenant: Tenant = Tenant.from_db("default", COLUMNS, row[: len(COLUMNS)])
    tenant.address_name, tenant.main_host = row[len(COLUMNS) :]
    return tenant


@contextmanager
def tenant_context(schema: str) -> Iterator[None]:
    """Work inside the tenant with this schema: its tables, its role. `public` is the schema of none."""
    if schema == get_public_schema_name():
        with public_context():
            yield
        return
    with public_context():
        tenant = _entered(schema)
    if tenant is None:
        raise NoSuchTenant(f"there is no tenant {schema}")
    with public_context(tenant):
        yield


@contextmanager
def working_context(schema: str) -> Iterator[None]:
    """`tenant_context` for due work: a suspended tenant's work waits (NotNow)."""
    with tenant_context(schema):
        tenant = tenant_connection().tenant
        if isinstance(tenant, Tenant) and tenant.status == TenantStatus.SUSPENDED:
            raise NotNow(timezone.now() + SUSPENDED_PAUSE)
        yield


def tenant_by_slug(slug: str) -> TenantInfo:
    """The tenant of that name; raises NoSuchTenant."""
    tenant = _tenants().filter(slug=slug).first()
    if tenant is None:
        raise NoSuchTenant(f"there is no tenant {slug}")
    return _info(tenant)


def tenant_by_host(host: str) -> Tenant | None:
    """The tenant that a host name leads to, or None."""
    return _tenants().filter(domains__domain=host).first()


def tenants_all() -> list[TenantInfo]:
    """All tenants, by name of their slug; for operators and start-up only."""
    return [_info(tenant) for tenant in _tenants().order_by("slug")]


def address_lookup(address: str) -> AddressHit | None:
    """The tenant that mail for `address` belongs to; None when it is no address of ours."""
    local, _, domain = address.strip().rpartition("@")
    if domain.lower() != settings.COUNTERSIGN.inbound_domain:
        return None
    name, _, tag = local.lower().partition("+")
    if "\0" in name:
        return None  # PostgreSQL has no such text
    found = InboundAddress.objects.select_related("tenant").filter(local_part=name, active=True).first()
    if found is None:
        return None
    return AddressHit(found.tenant.schema_name, found.tenant.slug, found.tenant.status, tag)


def own_addresses() -> set[str]:
    """Every inbound address of the current tenant, past ones too: mail from them is our own."""
    domain = settings.COUNTERSIGN.inbound_domain
    own = InboundAddress.objects.filter(tenant_id=current().id)
    return {f"{local}@{domain}" for local in own.values_list("local_part", flat=True)}
