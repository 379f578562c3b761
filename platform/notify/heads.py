"""Keeping heads of the ledger with integrators and auditors: by webhook each hour, by email each day.

Telling leaves entries of its own, which are sealed in their turn: as long as nothing else was sealed, nobody is told.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.roles import AUDITOR
from accounts.selectors import people_of
from audit.keeping import LastHead, head_last, sealed_since
from audit.services import Actor
from dispatch.leases import Lease
from dispatch.registry import Again, handler
from notify.keeping import PURPOSE
from notify.models import Delivery, Email
from notify.outgoing import is_set
from notify.services import email_send, webhook_tell
from notify.webhook_types import SEALED
from tenants.selectors import current

HEADS = Actor.system("ledger")
PERIODS = {"webhook": timedelta(hours=1), "email": timedelta(days=1)}
# What telling itself leaves in the ledger.
TRACES = ("email.queued", "email.sent", "email.failed", "webhook.delivered", "webhook.given_up", "webhook.resent")
TEXT = """Keep this message where nobody who runs Countersign can change it.

The ledger of {name} is sealed up to entry {seq}, by head {number}:
{hash}

Whether it was rewritten since, this head shows. Put the line below into a file: `manage.py verify_audit --heads FILE`
compares the whole ledger with it, and verify_entry.py --heads FILE an entry of this head.

{line}
"""


@handler("notify.heads")
def heads(subject: str, lease: Lease) -> Again | None:
    """Tell of the last head, by `webhook` or by `email`; later where that was done within its period."""
    told_at = _told_at(subject)
    if told_at and told_at + PERIODS[subject] > timezone.now():
        return Again(told_at + PERIODS[subject])
    last = head_last()
    if last is None or not sealed_since(told_at, but=TRACES):
        return None
    tell: Callable[[LastHead], None] = {"webhook": _by_webhook, "email": _by_email}[subject]
    with transaction.atomic():
        lease.hold()
        tell(last)
    return None


def _told_at(subject: str) -> datetime | None:
    if subject == "webhook":
        told = Delivery.objects.filter(type=SEALED).order_by("-created_at").first()
        return told.created_at if told else None
    sent = Email.objects.filter(purpose=PURPOSE).order_by("-created_at").first()
    return sent.created_at if sent else None


def _by_webhook(last: LastHead) -> None:
    data = {"number": last.number, "seq": last.seq, "hash": last.head.hash, **json.loads(last.head.line)}
    webhook_tell(type=SEALED, data=data)


def _by_email(last: LastHead) -> None:
    if not is_set():
        return  # an email that is kept here is kept on this server
    name = current().name
    text = TEXT.format(name=name, seq=last.seq, number=last.number, hash=last.head.hash, line=last.head.line.strip())
    for auditor in people_of(AUDITOR):
        subject = f"The ledger of {name}, sealed up to {last.seq}"[:200]
        email_send(purpose=PURPOSE, to=auditor.email, subject=subject, text=text, actor=HEADS)
