"""Outgoing mail: what is held, what left, what is kept."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mail.selectors import MessageView, outbox
from portal.views.access import page
from portal.views.paging import cursor_from, ends

# status -> words, the effect's status whose icon it wears, tone
STATUS = {
    "held": ("held", "held", "accent"),
    "sending": ("being sent", "intended", "accent"),
    "sent": ("sent", "done", ""),
    "kept": ("not delivered: no outgoing mail server is set up", "stopped", "warn"),
    "stopped": ("stopped before it left", "stopped", ""),
    "unknown": ("unknown: the mail server hung up", "unknown", "danger"),
    "failed": ("failed", "failed", "danger"),
}


@dataclass(frozen=True)
class Outgoing:
    """A reply in the list."""

    to: list[str]
    subject: str
    url: str
    words: str
    icon_of: str
    tone: str
    held_until: datetime | None
    at: datetime


@require_safe
@page("mail.view_message")
def outbox_page(request: HttpRequest) -> HttpResponse:
    """Replies, newest first."""
    found = outbox(before=cursor_from(request).older_than)
    context = {
        "section": "conversations",
        "messages_out": [_outgoing(message) for message in found.items],
        "kept_here": not settings.COUNTERSIGN.smtp_out_url,
        **ends(found.older, None),
    }
    return render(request, "mail/outbox.html", context)


def _outgoing(message: MessageView) -> Outgoing:
    words, icon_of, tone = STATUS.get(message.status, (message.status, "held", ""))
    if message.status == "failed" and message.error:
        words = f"failed: {message.error}"
    return Outgoing(
        to=[address.email for address in message.to],
        subject=message.subject,
        url=reverse("portal:conversation", args=[message.thread]),
        words=words,
        icon_of=icon_of,
        tone=tone,
        held_until=message.release_at if message.status == "held" else None,
        at=message.sent_at or message.created_at,
    )
