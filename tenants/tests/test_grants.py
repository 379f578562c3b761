"""Who may do what in the database: the list and the catalog say the same, and rows have owners."""

import re
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from uuid_utils.compat import uuid7

from dispatch.services import work_add
from tenants import grants
from tenants.backend.base import PublicAs
from tenants.database_roles import database_id, operator_role, tenants_role
from tenants.models import Tenant
from tenants.selectors import own_addresses, public_context, tenant_context

WORK = (
    "INSERT INTO public.dispatch_work (id, owner, tenant, queue, handler, subject, priority, due_at, created_at, wakes,"
    " fence, worker, attempts, error) VALUES (%s, {owner}, {tenant}, 'runs', 'tests', 'one', 5, now(), now(), 1, 0, '', 0, '')"
)


def execute(statement: str | sql.Composed, *given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, *given: Any) -> str:
    with pytest.raises(ProgrammingError) as caught, transaction.atomic():
        execute(statement, *given)
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)
    return str(caught.value)


@pytest.mark.ddl
@pytest.mark.parametrize("schema", ["public", "acacia", "harbour"])
def test_the_list_of_rights_equals_the_catalog(as_owner: None, schema: str) -> None:
    wanted, actual = grants.wanted(schema), grants.actual(schema)
    assert wanted - actual == set()
    assert actual - wanted == set()
    assert len(wanted) > 50


@pytest.mark.ddl
def test_every_table_is_on_somebodys_list(as_owner: None) -> None:
    for schema in ("public", "acacia"):
        there = {name for (name,) in execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", schema)}
        assert there - {right.table for right in grants.wanted(schema)} == set()


@pytest.mark.ddl
def test_what_was_granted_by_hand_is_taken_back_and_what_was_taken_is_given(as_owner: None) -> None:
    acacia = Tenant.objects.get(slug="acacia").owner
    harbour = Tenant.objects.get(slug="harbour").owner
    for statement in (
        "GRANT SELECT ON acacia.crm_contact TO {harbour}",
        "GRANT UPDATE (text) ON acacia.audit_entry TO {acacia}",
        "GRANT SELECT ON acacia.mail_message TO PUBLIC",
        "REVOKE UPDATE ON acacia.crm_listing FROM {acacia}",
    ):
        names = {"acacia": sql.Identifier(acacia), "harbour": sql.Identifier(harbour)}
        execute(sql.SQL(statement).format(**names))
    assert len(grants.actual("acacia") ^ grants.wanted("acacia")) == 4
    grants.apply("acacia")
    assert grants.actual("acacia") == grants.wanted("acacia")


@pytest.mark.ddl
def test_rights_that_are_in_force_are_applied_again_without_locking_anybody_out(as_owner: None, app_url: str) -> None:
    with psycopg.connect(app_url) as busy, transaction.atomic():
        for table in grants.OWNED.keys() & grants.APP.keys():
            busy.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table)))
        execute("SET LOCAL lock_timeout = '1s'")
        grants.apply("public")


@pytest.mark.ddl
def test_a_policy_that_is_not_ours_is_removed_and_a_missing_one_put_back(as_owner: None) -> None:
    execute("CREATE POLICY more ON tenants_tenant USING (true)")
    execute("DROP POLICY own_rows ON dispatch_work")
    grants.apply("public")
    found = execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2")
    assert found == [
        (table, policy) for table in sorted(grants.OWNED) for policy in ("app_rows", "operator_rows", "own_rows")
    ]


@pytest.mark.ddl
def test_a_schema_of_no_tenant_gets_no_rights(as_owner: None) -> None:
    with transaction.atomic():
        execute("CREATE SCHEMA nobodys")
        grants.apply("nobodys")
        assert grants.actual("nobodys") == set()
        transaction.set_rollback(True)


def test_schemas_are_used_by_their_roles_only_and_nobody_may_make_tables(db: None) -> None:
    roles = {"acacia": "acacia", "harbour": "harbour"}
    with public_context():
        for tenant in Tenant.objects.filter(slug__in=roles):
            roles[tenant.slug] = tenant.owner
        app = connection.settings_dict["USER"]
        for role in (app, operator_role(), *roles.values()):
            for schema in ("public", "acacia", "harbour"):
                uses, makes = execute(
                    "SELECT has_schema_privilege(%s, %s, 'USAGE'), has_schema_privilege(%s, %s, 'CREATE')",
                    role, schema, role, schema,
                )[0]  # fmt: skip
                assert uses == (schema == "public" or roles[schema] == role), (role, schema)
                assert not makes, (role, schema)


def test_roles_carry_the_id_of_their_database_since_they_are_cluster_wide(db: None) -> None:
    (oid,) = execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")[0]
    assert int(database_id(), 16) == oid
    tenants = list(Tenant.objects.all())
    assert len(tenants) >= 2
    for tenant in tenants:
        assert tenant.owner == f"cs_{database_id()}_{tenant.pk.hex[-16:]}"
        assert re.fullmatch(r"cs_[0-9a-f]{8}_[0-9a-f]{16}", tenant.owner)


def test_roles_cannot_log_in_and_the_app_inherits_none_of_them(db: None) -> None:
    found = execute(
        "SELECT r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolbypassrls, m.inherit_option, m.set_option, m.admin_option"
        " FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid JOIN pg_roles app ON app.oid = m.member"
        " WHERE app.rolname = session_user"
    )
    assert set(found) == {(False, False, False, False, False, True, False)}
    for privilege in ("USAGE", "SET"):
        assert execute("SELECT pg_has_role(session_user, %s, %s)", tenants_role(), privilege) == [(False,)]


def test_a_tenants_role_sees_only_its_own_shared_rows(committed: None) -> None:
    for slug in ("acacia", "harbour"):
        with tenant_context(slug):
            work_add(handler="tests", subject=slug)
    with tenant_context("acacia"):
        assert execute("SELECT slug FROM public.tenants_tenant") == [("acacia",)]
        assert execute("SELECT domain FROM public.tenants_domain") == [("acacia.localhost",)]
        assert {f"{local}@in.localhost" for (local,) in execute("SELECT local_part FROM tenants_inboundaddress")} == (
            own_addresses()
        )
        assert execute("SELECT tenant, subject FROM dispatch_work") == [("acacia", "acacia")]
    assert execute("SELECT count(*) FROM dispatch_work") == [(2,)]


def test_a_tenants_role_changes_and_removes_no_row_of_another(committed: None) -> None:
    with tenant_context("harbour"):
        work_add(handler="tests", subject="one")
    with tenant_context("acacia"), connection.cursor() as cursor:
        cursor.execute("UPDATE public.dispatch_work SET parked_at = now()")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM public.dispatch_work")
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    ("owner", "tenant"),
    [
        ("(SELECT 'cs_00000000_0000000000000000')", "'acacia'"),
        # The worker takes the tenant from the row: an owner's name alone would not be enough.
        ("current_user", "'harbour'"),
        ("current_user", "'public'"),
        ("session_user", "'acacia'"),
    ],
)
def test_a_tenants_role_cannot_have_work_done_for_another(in_acacia: None, owner: str, tenant: str) -> None:
    assert "row-level security" in refused(WORK.format(owner=owner, tenant=tenant), uuid7())


def test_a_tenants_role_cannot_hand_its_work_to_another(in_acacia: None) -> None:
    work_add(handler="tests", subject="one")
    assert "row-level security" in refused("UPDATE public.dispatch_work SET tenant = 'harbour'")


def test_work_that_the_databases_owner_adds_for_a_tenant_is_the_tenants(as_owner: None) -> None:
    with tenant_context("acacia"):
        work_add(handler="tests", subject="one")
    acacia = Tenant.objects.get(slug="acacia").owner
    assert execute("SELECT owner FROM dispatch_work") == [(acacia,)]


def test_operators_see_all_tenants_and_no_tenants_tables(db: None) -> None:
    with public_context(PublicAs(operator_role())):
        assert len(execute("SELECT 1 FROM tenants_tenant")) >= 2
        refused("SELECT * FROM acacia.crm_contact")
        refused("UPDATE tenants_tenantrequest SET status = 'created'")
        refused("DELETE FROM tenants_tenant")
        refused("UPDATE audit_entry SET text = '{}'")
        refused("CREATE SCHEMA more")
        refused("CREATE ROLE more")
