"""A tenant that was there before an upgrade: its rights after it, and those who still work as before meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from accounts.roles import ROLES
from conftest import Cast
from tenants.services import SCHEMAS_LOCK

RIGHTS = (
    "SELECT t.app_label || '.' || p.codename FROM acacia.auth_group g"
    " JOIN acacia.auth_group_permissions gp ON gp.group_id = g.id JOIN acacia.auth_permission p ON p.id = gp.permission_id"
    " JOIN acacia.django_content_type t ON t.id = p.content_type_id WHERE g.name = %s"
)


# Columns that are never empty and came to tables that were there before.
ADDED = [("accounts_user", "sessions_ended"), ("mail_message", "remote_images")]
DEFAULT = (
    "SELECT column_default FROM information_schema.columns"
    " WHERE table_schema = 'acacia' AND table_name = %s AND column_name = %s"
)


@pytest.mark.parametrize(("table", "column"), ADDED)
def test_a_process_of_before_an_upgrade_still_writes_what_it_knows(
    cast: Cast, owner: psycopg.Connection[Any], table: str, column: str
) -> None:
    assert owner.execute(DEFAULT, [table, column]).fetchone() == ("0",)


@pytest.mark.ddl
def test_migrating_gives_every_role_exactly_its_rights(as_owner: None, owner: psycopg.Connection[Any]) -> None:
    new = "SELECT id FROM acacia.auth_permission WHERE codename IN ('view_user', 'decide_approval')"
    former = "SELECT id FROM acacia.auth_group WHERE name IN ('manager', 'viewer')"
    owner.execute(f"DELETE FROM acacia.auth_group_permissions WHERE permission_id IN ({new})")
    owner.execute(f"DELETE FROM acacia.auth_permission WHERE id IN ({new})")
    owner.execute(
        "INSERT INTO acacia.auth_group_permissions (group_id, permission_id)"
        f" SELECT g.id, p.id FROM ({former}) g, acacia.auth_permission p WHERE p.codename = 'delete_session'"
    )
    call_command("migrate_schemas", schema_name="acacia", interactive=False, verbosity=0)
    for role, rights in ROLES.items():
        assert {right for (right,) in owner.execute(RIGHTS, [role])} == rights, role


WAITS = (
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE NOT l.granted AND l.locktype = 'advisory' AND l.objid = %s AND d.datname = current_database()"
)


@pytest.mark.ddl
def test_who_migrates_waits_for_another_who_does(
    as_owner: None, owner: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    owner.execute("SELECT pg_advisory_lock(%s)", [SCHEMAS_LOCK])
    done = threading.Event()

    def let_go_once_it_waits() -> bool:
        while not done.is_set():
            if owner.execute(WAITS, [SCHEMAS_LOCK]).fetchone() == (1,):
                owner.execute("SELECT pg_advisory_unlock(%s)", [SCHEMAS_LOCK])
                return True
        return False

    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(let_go_once_it_waits)
        try:
            call_command("migrate_schemas", schema_name="acacia", interactive=False, verbosity=0)
        finally:
            done.set()
    assert waited.result()
    assert "Another process makes or migrates schemas" in capsys.readouterr().err
    assert owner.execute("SELECT pg_try_advisory_lock(%s)", [SCHEMAS_LOCK]).fetchone() == (True,)
