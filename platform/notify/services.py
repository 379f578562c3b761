"""Telling people of a tenant: emails to colleagues, through an outbox."""

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record, transition
from dispatch.services import work_add
from notify.models import EMAIL_MOVES, Email, EmailStatus

NOTIFY = Actor.system("notify")


@transaction.atomic
def email_send(*, purpose: str, to: str, subject: str, text: str, actor: Actor) -> UUID:
    """Write an email to a colleague, in the caller's transaction; a worker hands it over. Returns its id.

    `purpose` is a word such as `invitation`. Without SMTP_OUT_URL it is kept, and marked as not delivered.
    """
    email = Email.objects.create(purpose=purpose, to=to, subject=subject, text=text)
    record(event="email.queued", target=f"email:{email.pk}", actor=actor, data={"purpose": purpose})
    work_add(handler="notify.email", subject=str(email.pk), queue="runs")
    return email.pk


@transaction.atomic
def email_settle(email_id: UUID, *, to: Literal["sent", "kept", "failed"], error: str = "") -> None:
    """Record what became of a queued email; the text of one that has left is removed."""
    email = Email.objects.get(pk=email_id)
    if email.status != EmailStatus.QUEUED:
        return
    changes: dict[str, object] = {"error": error[:2000], "settled_at": timezone.now()}
    if to == "sent":
        changes["text"] = ""
    transition(
        email, moves=EMAIL_MOVES, to=EmailStatus(to), actor=NOTIFY, data={"purpose": email.purpose}, changes=changes
    )
