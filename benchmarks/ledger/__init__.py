"""The ledger at its size: a million entries, many writers at once, a thousand acts of an owner."""
