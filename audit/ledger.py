"""What the ledger says of itself."""

from audit.registry import register

register("audit.pruned", "Entries of before a date were removed; their hashes stay", {"first", "last", "before"})
