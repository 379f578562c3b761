"""The ledger's part of a statement that a floor above composes."""

import json
from collections.abc import Sequence

from audit.services import Composed
from dispatch.statements import Fragment


def entries(composed: Sequence[Composed]) -> Fragment:
    """`INSERT … SELECT` of entries; the composer may add a condition."""
    rows = [{"id": str(entry.id), "text": entry.text} for entry in composed]
    return Fragment(
        "INSERT INTO audit_entry (id, text)"
        " SELECT e.id, e.text FROM json_to_recordset(%(entries)s::json) AS e(id uuid, text text)",
        {"entries": json.dumps(rows)},
    )
