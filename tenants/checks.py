"""System checks: settings and logins that would make the isolation of tenants a fiction."""

import sys
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

# gunicorn's own code for a worker that cannot start: it stops instead of trying again for ever.
UNFIT_TO_SERVE = 3


@register(Tags.security)
def tenant_settings(**_: Any) -> list[CheckMessage]:
    """Settings that leak: a session cookie wider than its host, a cache whose keys lack the tenant."""
    found: list[CheckMessage] = []
    if getattr(settings, "SESSION_COOKIE_DOMAIN", None):
        found.append(
            Error("SESSION_COOKIE_DOMAIN is wider than one host: sessions reach other tenants.", id="tenants.E001")
        )
    for alias, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != "django_tenants.cache.make_key":
            found.append(Error(f"The cache {alias} has keys without a tenant.", id="tenants.E002"))
    if getattr(settings, "TENANT_LIMIT_SET_CALLS", False):
        found.append(Error("TENANT_LIMIT_SET_CALLS reads other tenants' rows behind a pooler.", id="tenants.E003"))
    return found


@register(Tags.security)
def tls_in_front(**_: Any) -> list[CheckMessage]:
    """On a domain that others reach, sessions and tokens must not travel in the clear."""
    domain = settings.COUNTERSIGN.base_domain
    if settings.BEHIND_TLS or domain == "localhost" or domain.endswith(".localhost"):
        return []
    reason = f"{domain} is served without TLS: put a proxy in front and set BEHIND_TLS."
    return [checks.Warning(reason, id="tenants.W001")]


@register(Tags.database)
def login_is_restricted(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """The app must not serve as superuser, as owner of tables, or as a role that inherits a tenant's."""
    if not databases or settings.AS_OWNER:
        return []
    try:
        return [Error(reason, id="tenants.E004") for reason in login_faults()]
    except DatabaseError:
        return []  # readiness tells of a database that is away


def exit_unless_restricted() -> None:
    """What web and workers call before they serve: ends the process with one line when the login must not."""
    try:
        faults = login_faults()
    except DatabaseError:
        return  # readiness tells of a database that is away
    finally:
        connection.close()  # processes are forked from here: none of them may inherit it
    if faults:
        print(f"countersign: refuses to serve. {faults[0]}", file=sys.stderr)
        sys.exit(UNFIT_TO_SERVE)


def login_faults() -> list[str]:
    """Why the current login must not serve; empty when it may."""
    faults = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, rolsuper, rolbypassrls,"
            # Being a member of the owner is as good, also by way of others.
            " EXISTS (SELECT 1 FROM pg_class c WHERE c.relkind IN ('r', 'p')"
            "         AND c.relnamespace <> ALL (%s::regnamespace[])"
            "         AND pg_has_role(r.oid, c.relowner, 'MEMBER')),"
            " EXISTS (SELECT 1 FROM pg_roles t WHERE starts_with(t.rolname, 'cs_')"
            "         AND pg_has_role(r.oid, t.oid, 'USAGE'))"
            " FROM pg_roles r WHERE r.rolname = session_user",
            [["pg_catalog", "information_schema"]],
        )
        login, superuser, bypass, owns, inherits = cursor.fetchone()
    if superuser or bypass:
        faults.append(f"The login {login} is a superuser or bypasses row-level security: use one that is restricted.")
    if owns:
        faults.append(f"The login {login} owns tables: DATABASE_URL must name the app's login, not the owner's.")
    if inherits:
        faults.append(f"The login {login} inherits a tenant's role: grant it WITH INHERIT FALSE.")
    return faults
