"""Bringing a tenant to life: schema, owner, workflow pack and first token, whole or not at all."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from accounts.services import person_add, person_change
from audit.services import Actor
from gateway.scopes import SCOPES
from gateway.services import token_create
from tenants.selectors import TenantInfo, tenant_context
from tenants.services import tenant_create


@dataclass(frozen=True)
class Onboarded:
    """A new tenant with the two secrets that are shown once."""

    tenant: TenantInfo
    owner_email: str
    owner_password: str
    api_token: str


@transaction.atomic
def tenant_onboard(
    *,
    slug: str,
    name: str,
    owner_email: str,
    pack: str = "real_estate",
    timezone: str = "UTC",
    owner_password_hash: str | None = None,
) -> Onboarded:
    """Make a tenant that can work at once, as the database's owner, in one transaction.

    Its owner gets a random password unless the hash of one is given. Raises TenantRefused, LookupError
    for an unknown pack.
    """
    from workflows.packs import pack_get, pack_install

    found = pack_get(pack)
    system = Actor.system("onboarding")
    tenant = tenant_create(slug=slug, name=name, timezone=timezone, actor=system)
    password = secrets.token_urlsafe(12)
    with tenant_context(tenant.schema):
        owner = person_add(
            email=owner_email, name=owner_email.split("@")[0].title(), role="owner", password=password, actor=system
        )
        if owner_password_hash:
            person_change(person=owner, fields={"password": owner_password_hash}, actor=system)
        if found:
            pack_install(found, actor=system)
        token = token_create(person=owner, name="first token", scopes=SCOPES, actor=system)
    return Onboarded(tenant, owner_email, password, token)
