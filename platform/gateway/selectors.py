"""Reading tokens and inbound webhooks, without what makes them valid."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from gateway.models import ApiToken, Hook


@dataclass(frozen=True)
class TokenView:
    """An API token as it may be shown."""

    id: UUID
    name: str
    prefix: str
    person: UUID
    person_name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class HookView:
    """An inbound webhook as it may be shown."""

    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def event(self) -> str:
        """The type of the events that it tells of."""
        return f"hook.{self.name}"


def tokens(*, person: UUID | None = None) -> QuerySet[ApiToken]:
    """Rows of tokens, newest first; of one person where given. Read them through `token_view`."""
    found = ApiToken.objects.select_related("person").order_by("-id")
    return found.filter(person=person) if person else found


def token_view(row: ApiToken) -> TokenView:
    """A row as it may be shown."""
    return TokenView(
        row.pk,
        row.name,
        row.prefix,
        row.person_id,
        str(row.person),
        tuple(row.scopes),
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )


def hooks() -> QuerySet[Hook]:
    """Rows of inbound webhooks, newest first. Read them through `hook_view`."""
    return Hook.objects.order_by("-id")


def hook_view(row: Hook) -> HookView:
    """A row as it may be shown."""
    return HookView(row.pk, row.name, row.prefix, row.created_at, row.last_used_at, row.revoked_at)
