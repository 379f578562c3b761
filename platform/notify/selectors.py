"""Reading what was sent to people of a tenant and to its integrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from notify.models import Delivery, DeliveryStatus, Email, Endpoint, EndpointKind

__all__ = [
    "DeliveryStatus",
    "DeliveryView",
    "EmailView",
    "EndpointKind",
    "EndpointView",
    "deliveries",
    "delivery_view",
    "email_get",
    "endpoint_view",
    "endpoints",
]


@dataclass(frozen=True)
class EmailView:
    """An email to a colleague; `text` is empty once it has left."""

    id: UUID
    purpose: str
    to: str
    subject: str
    text: str
    status: str
    error: str
    created_at: datetime


def email_get(email_id: UUID) -> EmailView | None:
    """The email, or None."""
    found = Email.objects.filter(pk=email_id).first()
    if found is None:
        return None
    return EmailView(**{name: getattr(found, name) for name in EmailView.__dataclass_fields__})


@dataclass(frozen=True)
class EndpointView:
    """An endpoint as it may be shown, without its secret."""

    id: UUID
    kind: str
    url: str
    types: tuple[str, ...]
    enabled: bool
    off_reason: str
    created_at: datetime


@dataclass(frozen=True)
class DeliveryView:
    """One webhook on its way; `answer_status` is None where there was no answer, and `answer` says why."""

    id: UUID
    endpoint: UUID
    type: str
    body: str
    status: str
    attempts: int
    answer_status: int | None
    answer: str
    created_at: datetime
    next_at: datetime | None
    settled_at: datetime | None


def endpoints() -> QuerySet[Endpoint]:
    """Rows of endpoints, newest first. Read them through `endpoint_view`."""
    return Endpoint.objects.order_by("-id")


def endpoint_view(row: Endpoint) -> EndpointView:
    """A row as it may be shown."""
    return EndpointView(row.pk, row.kind, row.url, tuple(row.types), row.enabled, row.off_reason, row.created_at)


def deliveries(*, endpoint: UUID, status: str | None = None) -> QuerySet[Delivery]:
    """Rows of what was sent to an endpoint, newest first. Read them through `delivery_view`."""
    found = Delivery.objects.filter(endpoint=endpoint).order_by("-id")
    return found.filter(status=status) if status else found


def delivery_view(row: Delivery) -> DeliveryView:
    """A row as it may be shown."""
    columns = {"endpoint": "endpoint_id"}
    return DeliveryView(**{name: getattr(row, columns.get(name, name)) for name in DeliveryView.__dataclass_fields__})
