"""The database connection as the tenants' backend extends it, with its types."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

import psycopg
from django.db import connection

from dispatch.statements import Fragment


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


def rows_prepared(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that a hot path sends again and again: the server plans it once a connection.

    Django's own cursors write values into the statement's text, which is then parsed and planned each time. For few
    statements whose text stays the same, and whose parameters have the types that their casts say. JSON comes as text.
    """
    with connection.cursor(), connection.wrap_database_errors:  # a cursor of Django's enters the tenant
        _log(sql)
        with psycopg.Cursor(connection.connection) as cursor:
            return cursor.execute(sql, params, prepare=True).fetchall()


def row_prepared(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first of these rows, if there is any."""
    return next(iter(rows_prepared(sql, params)), None)


def row_locked(lock: Fragment, then: Fragment) -> tuple[Any, ...] | None:
    """The first row of a statement that sees all that was committed before `lock` was got, and holds it.

    A statement sees what was committed when it began, and one that waits for a lock began before it had it. So these
    are two, sent in one go and committed together: one round trip, and a transaction only if there is one already.
    """
    with connection.cursor(), connection.wrap_database_errors:
        _log(lock.sql)
        _log(then.sql)
        server = connection.connection
        with psycopg.Cursor(server) as locking, psycopg.Cursor(server) as cursor:
            with server.pipeline():
                locking.execute(lock.sql, lock.params, prepare=True)
                cursor.execute(then.sql, then.params, prepare=True)
            return cast("tuple[Any, ...] | None", cursor.fetchone())


def _log(sql: str) -> None:
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql, "time": ""})
