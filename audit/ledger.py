"""What the ledger tells of itself."""

from audit.registry import register

register("audit.key_rotated", "Another key signs the ledger's heads from now on", {"former", "key"})
register("audit.copied", "The ledger goes on where it was copied to, from this seal on", {"seal"})
register("audit.pruned", "Entries of before a date were removed; their hashes stay", {"first", "last", "before"})
register("ledger.exported", "The ledger was exported", {"filters"})
