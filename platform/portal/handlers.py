"""Due work that joins apps: making a tenant that an operator asked for."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from dispatch.leases import Lease
from dispatch.registry import handler
from portal.onboarding import tenant_onboard
from tenants.errors import TenantRefused
from tenants.services import request_fulfil, request_open, request_refuse


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
