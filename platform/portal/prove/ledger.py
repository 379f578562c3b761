"""The ledger, as whoever holds a login of its database could wish it."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from audit.verification import verify
from portal.prove.outside import Line, NotProved, until
from tenants.selectors import TenantInfo, tenant_context


def rewritten_ledger(tenant: TenantInfo) -> Line:
    answers = []
    for statement in ("UPDATE audit_entry SET text = text", "DELETE FROM audit_entry"):
        try:
            with tenant_context(tenant.schema), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                transaction.set_rollback(True)
                answers.append(f"{statement.split()[0]} went through")
        except ProgrammingError as refusal:
            answers.append(f"{statement.split()[0]}: {str(refusal).splitlines()[0]}")
    return Line("Rewriting the ledger", all("permission denied" in answer for answer in answers), "; ".join(answers))


def edited_ledger(tenant: TenantInfo) -> Line:
    """The owner of the database can: the triggers are only against mistakes."""
    url = settings.COUNTERSIGN.database_owner_url
    if url is None:
        raise NotProved("DATABASE_OWNER_URL is not known here: the ledger cannot be edited as owner")
    with tenant_context(tenant.schema), psycopg.connect(url) as owner:
        until(lambda: verify().sealed, "the ledger's first seal")
        owner.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(tenant.schema)))
        query = "SELECT e.id, e.text FROM audit_leaf l JOIN audit_entry e ON e.id = l.entry ORDER BY l.seq DESC LIMIT 1"
        entry, text = owner.execute(query).fetchone() or ("", "")
        _write_over(owner, entry, text.replace('"actor":"', '"actor":"person:nobody,not-', 1))
        try:
            edited = verify()
        finally:
            _write_over(owner, entry, text)
        after = verify()
    named = edited.broken is not None and edited.broken.entry == entry
    told = f"verify: {edited.statements[0]} Put back: {'it holds' if after.holds else after.statements[0]}"
    return Line("Editing the ledger as the database's owner", named and after.holds, told)


def _write_over(owner: "psycopg.Connection[Any]", entry: str, text: str) -> None:
    owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
    owner.execute("UPDATE audit_entry SET text = %s WHERE id = %s", [text, entry])
    owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only")
    owner.commit()
