"""What records leave in the ledger: which fields were written, with salted digests of what they held."""

from audit.registry import register

FIELDS = {"kind", "fields", "before", "after", "version"}

register("crm.record_created", "A record was added", FIELDS)
register("crm.record_updated", "A record was changed", FIELDS)
register("crm.record_reverted", "A change of a record was taken back", FIELDS | {"removed", "kept"})
register("crm.record_deleted", "A record was deleted", FIELDS)
