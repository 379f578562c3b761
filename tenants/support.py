"""Support access: an operator reads in a tenant's workspace, for a reason, for a time, and in plain sight.

Nobody's password is used and no person is added: the session belongs to the access itself, and each request
asks anew whether it still holds. It may look, and change nothing.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils import timezone

from accounts.models import User
from accounts.roles import SUPPORT
from audit.services import Actor, record
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import NoTenant, SupportRefused
from tenants.models import SupportAccess, Tenant, TenantStatus
from tenants.selectors import current, public_context, tenant_context

MINUTES = (15, 30, 60, 120, 240)
LINK_LASTS = timedelta(minutes=10)
# What a support person may send, by URL name: to leave. Everything else only reads.
MAY_POST = {"support_leave", "sign_out"}


@dataclass(frozen=True)
class AccessView:
    """An access as both sides see it; `active`: it could be used now."""

    id: UUID
    who: str
    reason: str
    created_at: datetime
    until: datetime
    entered_at: datetime | None
    ended_at: datetime | None
    active: bool


@dataclass(frozen=True)
class Opened:
    """A new access, with the secret of its link, shown once."""

    id: UUID
    host: str
    token: str
    until: datetime


def name_of(operator_name: str) -> str:
    """How a support person is called in a tenant's workspace."""
    return f"{operator_name}, Countersign support"


@transaction.atomic
def support_open(*, tenant: UUID, reason: str, minutes: int, actor: Actor) -> Opened:
    """Let an operator in for `minutes`; both ledgers tell of it. Raises SupportRefused."""
    reason = reason.strip()
    if not reason:
        raise SupportRefused("Say why: the workspace's owners read it.")
    if minutes not in MINUTES:
        raise SupportRefused(f"Choose {', '.join(map(str, MINUTES))} minutes.")
    found = Tenant.objects.prefetch_related("domains").get(pk=tenant)
    if found.status != TenantStatus.ACTIVE:
        raise SupportRefused(f"{found.name} is suspended: its pages open for nobody.")
    token = secrets.token_urlsafe(32)
    assert actor.person is not None
    access = SupportAccess.objects.create(
        tenant=found,
        operator=actor.person,
        operator_name=actor.name,
        reason=reason,
        link_digest=_digest(token),
        until=timezone.now() + timedelta(minutes=minutes),
    )
    _tell("support.opened", access, actor, minutes=minutes)
    host = next(domain.domain for domain in found.domains.all() if domain.is_primary)
    return Opened(access.pk, host, token, access.until)


def support_linked(token: str) -> AccessView | None:
    """The access of the current tenant that a link opens, while it may; None once it was used or is too old."""
    access = _linked(token).first()
    return _view(access) if access else None


@transaction.atomic
def support_enter(request: HttpRequest, token: str) -> None:
    """Give the request's browser the session of the access that the link opens. Raises SupportRefused."""
    access = _linked(token).first()
    # Of two that use the link at once, one finds it unused.
    if access is None or not _linked(token).update(entered_at=timezone.now()):
        raise SupportRefused("This link was used already, or has expired. Ask for another one.")
    _tell("support.entered", access, _operator(access))
    user = _user(access)
    request.session.flush()
    request.session[SESSION_KEY] = str(access.pk)
    request.session[BACKEND_SESSION_KEY] = f"{SupportBackend.__module__}.{SupportBackend.__qualname__}"
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.set_expiry(access.until)
    request.user = user
    rotate_token(request)


@transaction.atomic
def support_end(*, access: UUID, actor: Actor) -> bool:
    """End an access that has not ended; its session is nobody's from the next request on. False: it had ended."""
    found = _active().filter(pk=access).first()
    if found is None or not _active().filter(pk=access).update(ended_at=timezone.now(), ended_by=actor.key):
        return False
    _tell("support.ended", found, actor)
    return True


def support_get(access: UUID) -> AccessView | None:
    """The access to the current tenant with this id, or None."""
    found = SupportAccess.objects.filter(tenant_id=current().id, pk=access).first()
    return _view(found) if found else None


def support_list(*, limit: int = 50) -> list[AccessView]:
    """The accesses to the current tenant, newest first."""
    found = SupportAccess.objects.filter(tenant_id=current().id).order_by("-id")
    return [_view(access) for access in found[:limit]]


def support_active() -> list[AccessView]:
    """The accesses to the current tenant that could be used now."""
    return [_view(access) for access in _active().filter(tenant_id=current().id).order_by("id")]


def access_of(user: object) -> UUID | None:
    """The access that a signed-in support person reads by; None for everybody else."""
    access: SupportAccess | None = getattr(user, "support_access", None)
    return access.pk if access else None


def actor_of_support(user: object) -> Actor:
    """The operator that a signed-in support person is."""
    access: SupportAccess = user.support_access  # type: ignore[attr-defined]
    return _operator(access)


class SupportBackend(BaseBackend):
    """Who a support session belongs to, and what they may: read, and no more."""

    def get_user(self, user_id: Any) -> User | None:
        try:
            tenant = current().id
        except NoTenant:
            return None
        access = _active().filter(pk=user_id, tenant_id=tenant, entered_at__isnull=False).first()
        return _user(access) if access else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(SUPPORT) if access_of(user_obj) else set()


class SupportReadsOnly:
    """Refuses whatever a support session sends, but that it leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.method in ("GET", "HEAD", "OPTIONS") or not access_of(request.user):
            return
        if request.resolver_match is None or request.resolver_match.url_name not in MAY_POST:
            raise PermissionDenied


def _active() -> "QuerySet[SupportAccess]":
    return SupportAccess.objects.filter(ended_at=None, until__gt=timezone.now())


def _linked(token: str) -> "QuerySet[SupportAccess]":
    recent = timezone.now() - LINK_LASTS
    return _active().filter(tenant_id=current().id, link_digest=_digest(token), entered_at=None, created_at__gt=recent)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(access: SupportAccess) -> AccessView:
    active = access.ended_at is None and access.until > timezone.now()
    who = name_of(access.operator_name)
    return AccessView(
        access.pk, who, access.reason, access.created_at, access.until, access.entered_at, access.ended_at, active
    )


def _user(access: SupportAccess) -> User:
    """A person without a row: nothing can be kept of them, and nobody can sign in as them."""
    user = User(id=access.pk, name=name_of(access.operator_name))
    user.support_access = access  # type: ignore[attr-defined]
    return user


def _operator(access: SupportAccess) -> Actor:
    return Actor("operator", str(access.operator), access.operator_name, person=access.operator)


def _tell(event: str, access: SupportAccess, actor: Actor, **more: int) -> None:
    """Write into the public ledger and into the tenant's, in one transaction. Each side names its own people only."""
    tenant = access.tenant
    target, data = f"supportaccess:{access.pk}", {"tenant": tenant.slug, **more}
    ours = actor.kind == "operator"
    inside = Actor(actor.kind, actor.id, name_of(actor.name) if ours else actor.name, person=actor.person)
    outside = Actor(actor.kind, actor.id, actor.name if ours else "", person=actor.person)
    with public_context(PublicAs(operator_role())):
        record(event=event, target=target, actor=outside, data=data)
    with tenant_context(tenant.schema_name):
        record(event=event, target=target, actor=inside, data=data)
