"""The ledger's part of a statement that a floor above composes."""

from collections.abc import Sequence
from typing import Any

from audit.services import Composed


def entries(composed: Sequence[Composed]) -> tuple[str, list[Any]]:
    """`INSERT … SELECT` of entries, and its parameters; the composer may add a condition."""
    sql = "INSERT INTO audit_entry (id, text) SELECT e.id, e.text FROM unnest(%s::uuid[], %s::text[]) AS e(id, text)"
    return sql, [[entry.id for entry in composed], [entry.text for entry in composed]]
