"""Remembering who has which head of the ledger, once an email or a webhook with it has arrived."""

import json
from urllib.parse import urlsplit

from audit.heads import kept_of
from audit.keeping import head_kept
from audit.sealing import ledger_id
from notify.models import Delivery, Email, EndpointKind
from notify.webhook_types import SEALED

# Of emails to auditors that hold a head.
PURPOSE = "heads"


def email_has_left(email: Email) -> None:
    """Remember that auditors have the head that an email of ours told."""
    if email.purpose == PURPOSE:
        _kept("email to auditors", next(line for line in email.text.splitlines() if line.startswith('{"head"')))


def webhook_has_arrived(delivery: Delivery) -> None:
    """Remember that an integrator has the head that a webhook told; a message to Slack holds none."""
    if delivery.type == SEALED and delivery.endpoint.kind == EndpointKind.STANDARD:
        data = json.loads(delivery.body)["data"]
        host = urlsplit(delivery.endpoint.url).hostname
        _kept(f"webhook to {host}"[:200], json.dumps({"head": data["head"], "signature": data["signature"]}))


def _kept(place: str, line: str) -> None:
    for kept in kept_of([line], tenant=ledger_id(), name=place):
        head_kept(place, number=kept.number)
