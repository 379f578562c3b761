"""What people's accounts leave in the ledger."""

from audit.registry import register

register("person.added", "A person was added", {"role"})
register("person.changed", "A person's account was changed", {"fields"})
register("person.role_changed", "A person's role was changed", {"role", "former"})
