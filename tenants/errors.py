"""What goes wrong with tenants."""


class NoTenant(RuntimeError):
    """Work that belongs to a tenant was tried outside of one."""


class NoSuchTenant(LookupError):
    """No tenant has this name."""


class TenantRefused(ValueError):
    """A tenant cannot be made as asked; the message says why."""
