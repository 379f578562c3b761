"""Reading what was sent to people of a tenant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notify.models import Email


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
