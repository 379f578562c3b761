"""How long the inbox takes with much in it."""
