"""People, their roles, and how they sign in; each schema has its own."""
