"""The ledger's part of a statement that a floor above composes."""

from collections.abc import Sequence

from audit.services import Composed
from dispatch.statements import Fragment


def entries(composed: Sequence[Composed]) -> Fragment:
    """`INSERT … SELECT` of entries; the composer may add a condition."""
    return Fragment(
        "INSERT INTO audit_entry (id, text) SELECT e.id, e.text"
        " FROM unnest(%(entry_id)s::uuid[], %(entry_text)s::text[]) AS e(id, text)",
        {"entry_id": [entry.id for entry in composed], "entry_text": [entry.text for entry in composed]},
    )
