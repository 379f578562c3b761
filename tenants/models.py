"""Tenants and how they are found: by host, and by the recipient of a mail. All in the public schema."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


class TenantStatus(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"


TENANT_MOVES = Moves(
    {
        (TenantStatus.ACTIVE, TenantStatus.SUSPENDED): "tenant.suspended",
        (TenantStatus.SUSPENDED, TenantStatus.ACTIVE): "tenant.resumed",
    }
)


class Tenant(TenantMixin):
    """A company that uses Countersign. `owner` is the database role that its rows belong to, `data_key` what
    its secrets are sealed with, wrapped by MASTER_KEY (`tenants.secrets`)."""

    auto_create_schema = False  # tenants.services makes role, schema and rights as one

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=60, default="UTC")
    status = models.CharField(max_length=20, choices=TenantStatus, default=TenantStatus.ACTIVE)
    status_reason = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=63, unique=True, editable=False)
    data_key = models.CharField(max_length=100, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(status__in=TenantStatus.values), name="tenant_status")]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host name that leads to a tenant."""


class InboundAddress(models.Model):
    """Where a tenant's mail comes in: `<local_part>@INBOUND_DOMAIN`. The token in it is unguessable."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="inbound_addresses")
    local_part = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "inbound addresses"

    def __str__(self) -> str:
        return self.local_part


class TenantPulse(models.Model):
    """A tenant at a glance, as it told by itself at `told_at`: operators do not look into its tables.

    `runs_failed` counts the 24 hours before; `cost_usd` is of the month that begins on `month`.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="pulse")
    last_mail_at = models.DateTimeField(null=True)
    runs_failed = models.PositiveIntegerField()
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6)
    month = models.DateField()
    people = models.PositiveIntegerField()
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant_id} at {self.told_at}"


@append_only("entered_at", "ended_at", "ended_by")
class SupportAccess(models.Model):
    """An operator reads in a tenant's workspace, for a reason and a time; both sides see this row.

    The link that opens it works once; only its digest is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="support_accesses")
    operator = models.UUIDField()
    operator_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    link_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "support accesses"

    def __str__(self) -> str:
        return f"{self.operator_name} at {self.tenant_id}"


class RequestStatus(models.TextChoices):
    REQUESTED = "requested"
    CREATED = "created"
    FAILED = "failed"


REQUEST_MOVES = Moves(
    {
        (RequestStatus.REQUESTED, RequestStatus.CREATED): "tenant.provisioned",
        (RequestStatus.REQUESTED, RequestStatus.FAILED): "tenant.failed",
    }
)


class TenantRequest(models.Model):
    """A tenant that an operator asked for; the provisioner makes it. Holds no password, only its hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=60, default="UTC")
    owner_email = models.EmailField()
    owner_password_hash = models.CharField(max_length=200, editable=False)
    pack = models.CharField(max_length=40)
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.REQUESTED)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
