"""A tenant that was there before an upgrade: its rights after it, and those who still work as before meanwhile."""

from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from accounts.roles import ROLES
from conftest import Cast

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
