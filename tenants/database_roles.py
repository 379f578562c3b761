"""Names of database roles. Roles are cluster-wide, so each name carries its database's id."""

from functools import cache
from uuid import UUID

from django.db import connection


@cache
def _database_id(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lpad(to_hex(oid::bigint), 8, '0') FROM pg_database WHERE datname = %s", [name])
        return str(cursor.fetchone()[0])


def database_id() -> str:
    """The 8 hexadecimal digits that tell this database from the others of its cluster."""
    return _database_id(str(connection.settings_dict["NAME"]))


def tenant_role(tenant: UUID) -> str:
    """The role whose rights end at the tenant's schema."""
    # The end of a UUIDv7 is random; its beginning is a time that neighbours share.
    return f"cs_{database_id()}_{tenant.hex[-16:]}"


def operator_role() -> str:
    """The role of operators: the public schema's accounts, sessions, admin, ledger, tenants, catalog."""
    return f"cs_{database_id()}_operator"


def tenants_role() -> str:
    """The role that every tenant's role inherits: what they all may do in the public schema.

    Named once there instead of each tenant: a table's list of rights has to fit into 8 kB.
    """
    return f"cs_{database_id()}_tenants"
