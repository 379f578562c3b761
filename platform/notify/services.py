"""Telling people of a tenant and its integrators, through outboxes: emails to colleagues, webhooks."""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.canonical import plain, timestamp
from audit.services import Actor, record, transition
from dispatch.services import OUTSIDE_QUEUE, work_add
from notify import slack
from notify.errors import EndpointOff, EndpointRefused
from notify.keeping import email_has_left, webhook_has_arrived
from notify.models import (
    DELIVERY_MOVES,
    EMAIL_MOVES,
    Delivery,
    DeliveryStatus,
    Email,
    EmailStatus,
    Endpoint,
    EndpointKind,
)
from notify.posting import Answer
from notify.webhook_types import TEST, TYPES
from tenants.secrets import seal

NOTIFY = Actor.system("notify")


@transaction.atomic
def email_send(*, purpose: str, to: str, subject: str, text: str, actor: Actor) -> UUID:
    """Write an email to a colleague, in the caller's transaction; a worker hands it over. Returns its id.

    `purpose` is a word such as `invitation`. Without SMTP_OUT_URL it is kept, and marked as not delivered.
    """
    email = Email.objects.create(purpose=purpose, to=to, subject=subject, text=text)
    record(event="email.queued", target=f"email:{email.pk}", actor=actor, data={"purpose": purpose})
    work_add(handler="notify.email", subject=str(email.pk), queue=OUTSIDE_QUEUE)
    return email.pk


@transaction.atomic
def email_settle(email_id: UUID, *, to: Literal["sent", "kept", "failed"], error: str = "") -> None:
    """Record what became of a queued email; the text of one that has left is removed."""
    email = Email.objects.get(pk=email_id)
    if email.status != EmailStatus.QUEUED:
        return
    changes: dict[str, object] = {"error": error[:2000], "settled_at": timezone.now()}
    if to == "sent":
        email_has_left(email)
        changes["text"] = ""
    transition(
        email, moves=EMAIL_MOVES, to=EmailStatus(to), actor=NOTIFY, data={"purpose": email.purpose}, changes=changes
    )


# --- webhooks -------------------------------------------------------------------------------------

# Pauses before each further attempt: about a day in all.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 28_800, 28_800))
# An endpoint is switched off when so many deliveries in a row were given up.
GIVEN_UP_AT_MOST = 5
SETTLED_KEPT = timedelta(days=30)
GONE = 410


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint with the secret that signs what is sent to it, known this once."""

    id: UUID
    secret: str


@transaction.atomic
def endpoint_add(*, url: str, types: Iterable[str], actor: Actor, kind: str = EndpointKind.STANDARD) -> NewEndpoint:
    """Have webhooks of these types sent to `url`, in the form that `kind` says. Raises EndpointRefused."""
    wanted = sorted(set(types))
    if not wanted:
        raise EndpointRefused("types", "Choose at least one.")
    if unknown := set(wanted) - set(TYPES):
        raise EndpointRefused("types", f"There is no webhook of the type {', '.join(sorted(unknown))}.")
    endpoint = Endpoint(url=_address(url), types=wanted, kind=EndpointKind(kind))
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    endpoint.secret = seal(secret, purpose=f"endpoint:{endpoint.pk}")
    endpoint.save()
    record(event="webhook.added", target=f"endpoint:{endpoint.pk}", actor=actor, data={"types": wanted, "kind": kind})
    return NewEndpoint(endpoint.pk, secret)


def _address(url: str) -> str:
    """`url` where it may be posted to; whether its host is one of the outside is known when it is resolved."""
    loopback = settings.COUNTERSIGN.webhooks_allow_loopback
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise EndpointRefused("url", "This is no address of the web.") from None
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise EndpointRefused("url", "The address must begin with https://.")
    if not parts.hostname or parts.username or parts.password or parts.fragment or not url.isascii():
        raise EndpointRefused("url", "The address needs a host, and no name, password or # in it.")
    if len(url) > Endpoint.URL_LENGTH or any(letter.isspace() or not letter.isprintable() for letter in url.strip()):
        raise EndpointRefused("url", f"The address has spaces, or more than {Endpoint.URL_LENGTH} characters.")
    return url.strip()


@transaction.atomic
def endpoint_switch(*, endpoint_id: UUID, on: bool, actor: Actor) -> None:
    """Send to an endpoint, or stop sending to it; what was written meanwhile is not made up for."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if endpoint.enabled != on:
        _switch(endpoint, on=on, reason="" if on else "A person switched it off.", actor=actor)


def _switch(endpoint: Endpoint, *, on: bool, reason: str, actor: Actor) -> None:
    endpoint.enabled, endpoint.off_reason, endpoint.given_up = on, reason, 0
    endpoint.save()
    event = "webhook.switched_on" if on else "webhook.switched_off"
    record(event=event, target=f"endpoint:{endpoint.pk}", actor=actor)


@transaction.atomic
def endpoint_delete(*, endpoint_id: UUID, actor: Actor) -> None:
    """Forget an endpoint and what was sent to it."""
    Endpoint.objects.filter(pk=endpoint_id).delete()
    record(event="webhook.deleted", target=f"endpoint:{endpoint_id}", actor=actor)


def webhook_tell(*, type: str, data: Mapping[str, Any]) -> None:
    """Write a delivery to each endpoint that asked for this type, in the caller's transaction."""
    for endpoint in Endpoint.objects.filter(enabled=True, types__contains=[type]):
        _deliver(endpoint, type, data)


@transaction.atomic
def webhook_test(*, endpoint_id: UUID, actor: Actor) -> UUID:
    """Send a webhook that tells of nothing, to see whether it arrives. Returns the delivery. Raises EndpointOff."""
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    if not endpoint.enabled:
        raise EndpointOff
    record(event="webhook.tested", target=f"endpoint:{endpoint_id}", actor=actor)
    return _deliver(endpoint, TEST, {"endpoint": str(endpoint_id)})


def _deliver(endpoint: Endpoint, type: str, data: Mapping[str, Any]) -> UUID:
    if endpoint.kind == EndpointKind.SLACK:
        body = slack.message(type, data)
    else:
        told = {"type": type, "timestamp": timestamp(timezone.now()), "data": plain(dict(data))}
        body = json.dumps(told, separators=(",", ":"))
    delivery = Delivery.objects.create(endpoint=endpoint, type=type, body=body)
    work_add(handler="notify.webhook", subject=str(delivery.pk), queue=OUTSIDE_QUEUE)
    return delivery.pk


@transaction.atomic
def delivery_resend(*, delivery_id: UUID, actor: Actor) -> None:
    """Send once more what was delivered or given up, under the same id. Raises EndpointOff."""
    delivery = Delivery.objects.select_for_update().select_related("endpoint").get(pk=delivery_id)
    if not delivery.endpoint.enabled:
        raise EndpointOff
    if delivery.status == DeliveryStatus.PENDING:
        return
    changes = {"attempts": 0, "settled_at": None, "next_at": None}
    transition(delivery, moves=DELIVERY_MOVES, to=DeliveryStatus.PENDING, actor=actor, changes=changes)
    work_add(handler="notify.webhook", subject=str(delivery.pk), queue=OUTSIDE_QUEUE)


@transaction.atomic
def delivery_settle(delivery_id: UUID, answer: Answer, *, final: bool = False) -> datetime | None:
    """Record what came back; gives the time of the next attempt, None when there is none (always for `final`)."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.status != DeliveryStatus.PENDING:
        return None
    endpoint = Endpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    now, attempts = timezone.now(), delivery.attempts + 1
    final = final or answer.ok or answer.status == GONE or attempts > len(PAUSES)
    next_at = None if final else now + PAUSES[attempts - 1]
    changes = {
        "attempts": attempts,
        "answer_status": answer.status,
        "answer": answer.text,
        "next_at": next_at,
        "settled_at": now if final else None,
    }
    if not final:
        Delivery.objects.filter(pk=delivery.pk).update(**changes)
        return next_at
    to = DeliveryStatus.DELIVERED if answer.ok else DeliveryStatus.FAILED
    transition(delivery, moves=DELIVERY_MOVES, to=to, actor=NOTIFY, changes=changes)
    if answer.ok:
        webhook_has_arrived(delivery)
    _count(endpoint, answer)
    Delivery.objects.filter(endpoint=endpoint, settled_at__lt=now - SETTLED_KEPT).delete()
    return None


def _count(endpoint: Endpoint, answer: Answer) -> None:
    """Keep count of deliveries given up in a row; switch off an endpoint that is gone, or has been for long."""
    if answer.ok:
        Endpoint.objects.filter(pk=endpoint.pk).exclude(given_up=0).update(given_up=0)
        return
    endpoint.given_up += 1
    if answer.status == GONE:
        _switch(endpoint, on=False, reason="It answered 410: it is gone for good.", actor=NOTIFY)
    elif endpoint.enabled and endpoint.given_up >= GIVEN_UP_AT_MOST:
        reason = f"{GIVEN_UP_AT_MOST} deliveries in a row were given up after a day of trying."
        _switch(endpoint, on=False, reason=reason, actor=NOTIFY)
    else:
        endpoint.save(update_fields=["given_up"])
