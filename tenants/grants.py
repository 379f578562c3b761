"""The one list of who may do what in the database, and how it is put in force.

`apply(schema)` runs as the owner after each migration of a schema and makes the catalog equal to
the list, in both directions. Default privileges are not used: they give UPDATE on ledger tables, and
nothing on tables that another login made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django_tenants.utils import get_public_schema_name
from psycopg import sql

from audit.append_only import updatable_columns
from tenants.database_roles import operator_role, tenants_role
from tenants.models import Tenant

ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
READ = frozenset({"SELECT"})

# What the app's own login may do in public, before it enters a tenant: find tenants, and dispatch.
APP = {
    "tenants_tenant": READ,
    "tenants_domain": READ,
    "tenants_inboundaddress": READ,
    "dispatch_work": ALL,
    "dispatch_served": ALL,
    "dispatch_heartbeat": ALL,
    "catalog_modelprice": READ,
    "catalog_switch": READ,
    "django_migrations": READ,
}
# What every tenant's role may do in public; row-level security shows it its own rows only.
TENANT = {
    "tenants_tenant": READ,
    "tenants_domain": READ,
    "tenants_inboundaddress": READ,
    "tenants_tenantpulse": READ | {"INSERT", "UPDATE"},
    "tenants_supportaccess": READ | {"UPDATE"},
    "dispatch_work": ALL,
    "catalog_modelprice": READ,
    "catalog_switch": READ,
}
OPERATOR = {
    "tenants_tenant": READ | {"UPDATE"},
    "tenants_domain": READ,
    "tenants_inboundaddress": READ,
    "tenants_tenantrequest": READ | {"INSERT"},
    "tenants_tenantpulse": READ,
    "tenants_supportaccess": READ | {"INSERT", "UPDATE"},
    "dispatch_work": READ | {"INSERT", "UPDATE"},
    "dispatch_served": READ,
    "dispatch_heartbeat": READ,
    "catalog_modelprice": ALL,
    "catalog_switch": READ | {"INSERT"},
    "django_migrations": READ,
}
# Tables whose rows belong to a tenant, and how the row tells. Work is done in the tenant that its row
# names, so that name must be the owner's too: or one tenant's role could have work done in another.
OWNED = {
    "tenants_tenant": "owner = current_user::text",
    "tenants_domain": "tenant_id IN (SELECT id FROM public.tenants_tenant)",
    "tenants_inboundaddress": "tenant_id IN (SELECT id FROM public.tenants_tenant)",
    "tenants_tenantpulse": "tenant_id IN (SELECT id FROM public.tenants_tenant)",
    "tenants_supportaccess": "tenant_id IN (SELECT id FROM public.tenants_tenant)",
    "dispatch_work": "owner = current_user::text AND tenant IN (SELECT schema_name FROM public.tenants_tenant)",
}


@dataclass(frozen=True, order=True)
class Right:
    """One privilege of a role on a table, or on one of its columns."""

    role: str
    table: str
    privilege: str
    column: str = ""


def _tables(app_names: Iterable[str]) -> list[type[models.Model]]:
    found = [config for config in apps.get_app_configs() if config.name in app_names]
    return [model for config in found for model in config.get_models(include_auto_created=True) if model._meta.managed]


def _of_models(role: str, app_names: Iterable[str]) -> set[Right]:
    rights: set[Right] = set()
    for model in _tables(app_names):
        table = model._meta.db_table
        columns = updatable_columns(model)
        for privilege in ALL if columns is None else {"SELECT", "INSERT"}:
            rights.add(Right(role, table, privilege))
        rights |= {Right(role, table, "UPDATE", column) for column in columns or ()}
    return rights


def _of_tables(role: str, tables: Mapping[str, Iterable[str]]) -> set[Right]:
    """The rights of a list; of an append-only table UPDATE means the columns that may change."""
    columns = {model._meta.db_table: updatable_columns(model) for model in apps.get_models()}
    rights: set[Right] = set()
    for table, privileges in tables.items():
        for privilege in privileges:
            only = columns.get(table) if privilege == "UPDATE" else None
            rights |= {Right(role, table, privilege, column) for column in only or ("",)}
    return rights


def wanted(schema: str) -> set[Right]:
    """The rights that the app's roles should have on tables of `schema`."""
    if schema != get_public_schema_name():
        role = Tenant.objects.get(schema_name=schema).owner
        return _of_models(role, settings.TENANT_APPS) | {Right(role, "django_migrations", "SELECT")}
    lists = [(settings.APP_ROLE, APP), (operator_role(), OPERATOR), (tenants_role(), TENANT)]
    rights = {right for role, tables in lists for right in _of_tables(role, tables)}
    return rights | _of_models(operator_role(), settings.BOTH_APPS)


def actual(schema: str) -> set[Right]:
    """The rights that the catalog holds on tables of `schema`, of every role but the tables' owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(r.rolname, 'public'), c.relname, a.privilege_type, ''"
            " FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.grantee <> c.relowner"
            " UNION SELECT coalesce(r.rolname, 'public'), c.relname, a.privilege_type, t.attname"
            " FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid"
            " CROSS JOIN LATERAL aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE c.relnamespace = %s::regnamespace AND a.grantee <> c.relowner",
            [f'"{schema}"', f'"{schema}"'],
        )
        return {Right(*row) for row in cursor.fetchall()}


def apply(schema: str) -> None:
    """Make the catalog of `schema` hold exactly the rights of the list. Idempotent; runs as the owner."""
    public = schema == get_public_schema_name()
    with connection.cursor() as cursor:
        if public:
            _role_make(cursor, operator_role())
            _role_make(cursor, tenants_role(), put_on=False)
        else:
            tenant = Tenant.objects.filter(schema_name=schema).first()
            if tenant is None:
                return  # a schema that no tenant has is nobody's to use
            tenant_role_make(tenant.owner)
        should, has = wanted(schema), actual(schema)
        for right in sorted(has - should):
            cursor.execute(_statement("REVOKE", "FROM", schema, right))
        for right in sorted(should - has):
            cursor.execute(_statement("GRANT", "TO", schema, right))
        for role in sorted({right.role for right in should}):
            cursor.execute(
                sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), sql.Identifier(role))
            )
        if public:
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            for table, own in OWNED.items():
                _row_security(cursor, table, own)


def tenant_role_make(role: str) -> None:
    """Make a tenant's NOLOGIN role: the app's login can put it on, but does not inherit its rights."""
    with connection.cursor() as cursor:
        _role_make(cursor, role)
        cursor.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(
                sql.Identifier(tenants_role()), sql.Identifier(role)
            )
        )


def _role_make(cursor: CursorWrapper, role: str, *, put_on: bool = True) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    if put_on:
        cursor.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                sql.Identifier(role), sql.Identifier(settings.APP_ROLE)
            )
        )


def _statement(verb: str, link: str, schema: str, right: Right) -> sql.Composed:
    column = sql.SQL(" ({})").format(sql.Identifier(right.column)) if right.column else sql.SQL("")
    return sql.SQL(f"{verb} {right.privilege}{{}} ON {{}} {link} {{}}").format(
        column,
        sql.Identifier(schema, right.table),
        sql.SQL("PUBLIC") if right.role == "public" else sql.Identifier(right.role),
    )


def _row_security(cursor: CursorWrapper, table: str, own: str) -> None:
    """Bring a table's policies in force. One that is in force is left alone: replacing it would lock the
    table against everybody. Its comment says what it was made from."""
    name = sql.Identifier("public", table)
    cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [f"public.{table}"])
    if not cursor.fetchone()[0]:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name))
    cursor.execute(
        "SELECT polname, obj_description(oid, 'pg_policy') FROM pg_policy WHERE polrelid = %s::regclass",
        [f"public.{table}"],
    )
    has = dict(cursor.fetchall())
    should = {
        "own_rows": (tenants_role(), own),
        "app_rows": (settings.APP_ROLE, "true"),
        "operator_rows": (operator_role(), "true"),
    }
    for policy in sorted({*has, *should}):
        role, condition = should.get(policy, ("", ""))
        origin = f"{role}: {condition}"
        if policy in should and has.get(policy) == origin:
            continue
        made = sql.Identifier(policy), name
        cursor.execute(sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(*made))
        if policy in should:
            cursor.execute(
                sql.SQL("CREATE POLICY {} ON {} TO {} USING ({})").format(
                    *made, sql.Identifier(role), sql.SQL(condition)
                )
            )
            cursor.execute(sql.SQL("COMMENT ON POLICY {} ON {} IS {}").format(*made, sql.Literal(origin)))
