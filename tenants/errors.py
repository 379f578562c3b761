"""What goes wrong with tenants."""


class NoTenant(RuntimeError):
    """Work that belongs to a tenant was tried outside of one."""


class NoSuchTenant(LookupError):
    """No tenant has this name."""


class SupportRefused(ValueError):
    """Support access cannot be had like this; the message says why."""


class TenantRefused(ValueError):
    """A tenant cannot be made as asked; the message says why."""
