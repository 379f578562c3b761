"""The ledger: one append-only record of every AI-assisted and every human decision."""
