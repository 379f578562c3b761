"""A tenant that was there before an upgrade has the rights that came with it."""

from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from accounts.roles import ROLES

RIGHTS = (
    "SELECT t.app_label || '.' || p.codename FROM acacia.auth_group g"
    " JOIN acacia.auth_group_permissions gp ON gp.group_id = g.id JOIN acacia.auth_permission p ON p.id = gp.permission_id"
    " JOIN acacia.django_content_type t ON t.id = p.content_type_id WHERE g.name = %s"
)


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
