"""What expressions may name besides steps: the tenant, and what is known of events."""

from pydantic import BaseModel, ConfigDict

from tenants.selectors import TenantInfo


class Names(BaseModel):
    """Names that expressions may use, and no others beside them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TenantNames(Names):
    """`tenant`: the workspace of the run; `timezone` as in Europe/Berlin."""

    slug: str
    name: str
    timezone: str

    @classmethod
    def of(cls, tenant: TenantInfo) -> "TenantNames":
        """The names of a tenant."""
        return cls(slug=tenant.slug, name=tenant.name, timezone=str(tenant.timezone))


class EmailReceived(Names):
    """`event` of type email.received: ids of the message and its thread, and whether a machine wrote it."""

    id: str
    type: str
    message: str
    thread: str
    auto_generated: bool


# Events whose data are known; what others hold is up to whoever sends them.
EVENTS: dict[str, type[Names]] = {"email.received": EmailReceived}
