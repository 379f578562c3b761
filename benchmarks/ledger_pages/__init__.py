"""How long pages of a long ledger take to be read."""
