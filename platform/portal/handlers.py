"""Due work that joins apps: making a tenant that an operator asked for, and telling operators how one is."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.selectors import people_count
from ai.selectors import cost_since
from dispatch.leases import Lease
from dispatch.registry import Again, handler
from mail.selectors import last_received_at
from portal.onboarding import tenant_onboard
from tenants.errors import TenantRefused
from tenants.selectors import current
from tenants.services import pulse_tell, request_fulfil, request_open, request_refuse
from workflows.selectors import failures_since

FAILURES_COUNT = timedelta(hours=24)


def provision_failed(subject: str, error: str) -> None:
    """Tell the operator that their tenant could not be made."""
    request_refuse(UUID(subject), error=error)


@handler("portal.provision", on_parked=provision_failed)
def provision(subject: str, lease: Lease) -> None:
    """Make the tenant of a request; runs in the provisioner, which has the owner's login."""
    request = request_open(UUID(subject))
    if request is None:
        return
    try:
        with transaction.atomic():
            lease.hold()
            tenant_onboard(
                slug=request.slug,
                name=request.name,
                timezone=request.timezone,
                owner_email=request.owner_email,
                owner_password_hash=request.owner_password_hash,
                pack=request.pack,
            )
            request_fulfil(request.id)
    except (TenantRefused, LookupError, ValidationError) as error:
        request_refuse(request.id, error=" ".join(getattr(error, "messages", [str(error)])))


@handler("portal.pulse")
def pulse(subject: str, lease: Lease) -> Again | None:
    """Tell how the tenant is; again when the first failure of the last day is older than that."""
    now = timezone.now()
    failed, first = failures_since(now - FAILURES_COUNT)
    month = now.astimezone(current().timezone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    pulse_tell(
        last_mail_at=last_received_at(),
        runs_failed=failed,
        cost_usd=cost_since(month),
        month=month.date(),
        people=people_count(),
    )
    return Again(first + FAILURES_COUNT) if first else None
