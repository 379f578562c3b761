"""Whose the texts of notifications are: they go to colleagues, and webhooks carry ids only."""

from django.db.models import Q

from audit.erasing import COLLEAGUE, CUSTOMER, Personal, declare, nothing
from notify.models import Delivery, Email, Endpoint

declare(
    Email,
    {
        "purpose": "a word of ours",
        "to": Personal("colleague", nothing),
        "subject": CUSTOMER,
        "text": CUSTOMER,
        "error": COLLEAGUE,
    },
    customer=lambda subject: subject.mentioned_in("subject", "text"),
    colleague=lambda subject: Q(to__in=subject.addresses),
)
declare(
    Endpoint,
    {
        "url": "an address of the tenant's own systems",
        "types": "words of ours",
        "secret": "sealed",
        "off_reason": "a sentence of ours",
    },
)
declare(
    Delivery,
    {
        "type": "a word of ours",
        "body": "what the ledger was told: ids, states and digests",
        "answer": CUSTOMER,
    },
    customer=lambda subject: subject.mentioned_in("answer"),
)
