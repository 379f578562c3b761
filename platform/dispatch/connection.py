"""The database connection as the tenants' backend extends it, with its types."""

from typing import Any, Protocol, cast

from django.db import connection


class TenantConnection(Protocol):
    """A connection that is inside a schema; `tenant` is an object with `schema_name` and perhaps `owner`."""

    tenant: Any
    schema_name: str
    tenant_roles: bool

    def set_tenant(self, tenant: Any) -> None: ...

    def set_schema_to_public(self) -> None: ...


def tenant_connection() -> TenantConnection:
    """This thread's connection."""
    return cast(TenantConnection, connection)
