"""No statement of the app's roles changes what is in a ledger, of a tenant or of the operators, nor takes its guard off."""

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from tenants.ledgers import ledger_context

# The column that would be changed, and the key.
TABLES = {"audit_entry": ("text", "id"), "audit_leaf": ("seal", "seq"), "audit_seal": ("head", "number")}
CHANGES = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
    "merge": "MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN UPDATE SET {column} = s.{column}",
    "merge with delete": "MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN DELETE",
    "on conflict": "INSERT INTO {table} ({key}) SELECT {key} FROM {table}"
    " ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
    "in a subquery": "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    "copy over": "COPY {table} FROM PROGRAM 'true'",
    "lock against others": "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    "disable trigger": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "drop trigger": "DROP TRIGGER {bare}_append_only ON {table}",
    "another trigger": "CREATE TRIGGER quiet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
    "rule": "CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "policy": "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "another table": "ALTER TABLE {table} RENAME TO former",
    "another body": "ALTER TABLE {table} ALTER COLUMN {column} TYPE text",
    "another guard": "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "as a replica": "SET session_replication_role = replica",
    "as the owner": "SET ROLE {owner}",
    "with the owner's session": "SET SESSION AUTHORIZATION {owner}",
}


@pytest.mark.parametrize("role", ["the ledger's", "the login's"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("schema", ["acacia", "public"])
def test_no_statement_of_the_app_changes_a_ledger_or_takes_its_guard_off(
    committed: None, schema: str, table: str, role: str
) -> None:
    column, key = TABLES[table]
    owner = str(settings.COUNTERSIGN.database_owner_url).split("/")[2].partition(":")[0]
    names = {"table": f"{schema}.{table}", "bare": table, "column": column, "key": key, "owner": owner}
    with ledger_context(schema):
        done = [act for act, statement in CHANGES.items() if not _refused(statement.format(**names), role)]
    assert done == []


def _refused(statement: str, role: str) -> bool:
    """Whether the database refuses it for want of a right; anything that it lets pass is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if role == "the login's":
                cursor.execute("RESET ROLE")
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        return isinstance(error.__cause__, InsufficientPrivilege)
    return False
