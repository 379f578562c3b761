"""How well models do on examples whose right answer people know, and what may not be activated without it."""
