"""What a tenant's lifecycle leaves in the ledger (the public one: it is an operator's act)."""

from audit.registry import register

register("tenant.requested", "A new tenant was asked for", {"slug", "pack"})
register("tenant.created", "A tenant was created", {"slug"})
register("tenant.provisioned", "A tenant that was asked for is there", {"slug", "pack"})
register("tenant.failed", "A new tenant could not be created", {"slug"})
register("tenant.suspended", "A tenant was suspended", {"slug"})
register("tenant.resumed", "A tenant was resumed", {"slug"})
register("work.retried", "Work that had been given up was let go on", {"tenant", "handler"})
