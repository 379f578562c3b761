"""Due work that joins apps: making a tenant that an operator asked for."""

from uuid import UUID

from django.db import transaction

from audit.services import Actor, transition
from dispatch.leases import Lease
from dispatch.registry import handler
from portal.onboarding import tenant_onboard
from tenants.errors import TenantRefused
from tenants.models import REQUEST_MOVES, RequestStatus, TenantRequest


def provision_failed(subject: str, error: str) -> None:
    """Tell the operator that their tenant could not be made."""
    _end(UUID(subject), RequestStatus.FAILED, error)


@handler("portal.provision", on_parked=provision_failed)
def provision(subject: str, lease: Lease) -> None:
    """Make the tenant of a request; runs in the provisioner, which has the owner's login."""
    request = TenantRequest.objects.filter(pk=subject, status=RequestStatus.REQUESTED).first()
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
            _end(request.pk, RequestStatus.CREATED, "")
    except (TenantRefused, LookupError) as error:
        _end(request.pk, RequestStatus.FAILED, str(error))


@transaction.atomic
def _end(request_id: UUID, to: RequestStatus, error: str) -> None:
    request = TenantRequest.objects.get(pk=request_id)
    if request.status != RequestStatus.REQUESTED:
        return
    data = {"slug": request.slug}
    if to == RequestStatus.CREATED:
        data["pack"] = request.pack
    actor = Actor.system("provisioner")
    transition(request, moves=REQUEST_MOVES, to=to, actor=actor, data=data, changes={"error": error[:2000]})
