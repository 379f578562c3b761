"""What a tenant's lifecycle leaves in the public ledger, and support access in both, the tenant's too."""

from audit.registry import register

register("tenant.requested", "A new tenant was asked for", {"slug", "pack"})
register("tenant.created", "A tenant was created", {"slug"})
register("tenant.provisioned", "A tenant that was asked for is there", {"slug", "pack"})
register("tenant.failed", "A new tenant could not be created", {"slug"})
register("tenant.suspended", "A tenant was suspended", {"slug"})
register("tenant.resumed", "A tenant was resumed", {"slug"})
register("support.opened", "Support may read in the workspace for a time", {"tenant", "minutes"})
register("support.entered", "Support entered the workspace", {"tenant"})
register("support.ended", "Support access was ended", {"tenant"})
register("work.retried", "Work that had been given up was let go on", {"tenant", "handler"})
