"""Due work of this app."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from dispatch.leases import Lease
from dispatch.registry import Again, handler
from notify.markup import as_html
from notify.models import Delivery, DeliveryStatus, Email, EmailStatus
from notify.outgoing import Server
from notify.posting import Answer, post
from notify.services import delivery_settle, email_settle
from tenants.secrets import unseal
from tenants.selectors import current

TIMEOUT_SECONDS = 30


def email_give_up(subject: str, error: str) -> None:
    """Say of an email that was tried often enough that it did not leave."""
    email_settle(UUID(subject), to="failed", error=error)


@handler("notify.email", on_parked=email_give_up)
def email(subject: str, lease: Lease) -> None:
    """Hand a queued email to the mail server. A crash may send it twice, which an invitation bears."""
    found = Email.objects.filter(pk=subject, status=EmailStatus.QUEUED).first()
    if found is None:
        return
    url = settings.COUNTERSIGN.smtp_out_url
    if url:
        tenant = current()
        sender = f'"{tenant.name.replace(chr(34), "")}" <{tenant.inbound_address}>'
        headers = {"Auto-Submitted": "auto-generated"}  # nobody's absence is to answer it
        leaving = EmailMultiAlternatives(
            found.subject, found.text, sender, [found.to], connection=_connection(url), headers=headers
        )
        leaving.attach_alternative(as_html(found.text), "text/html")
        leaving.send()
    with transaction.atomic():
        lease.hold()
        email_settle(found.pk, to="sent" if url else "kept")


def _connection(url: str) -> EmailBackend:
    server = Server.from_url(url)
    return EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls == "starttls",
        use_ssl=server.tls == "implicit",
        timeout=TIMEOUT_SECONDS,
    )


def webhook_give_up(subject: str, error: str) -> None:
    """Say of a webhook that it was given up, since it could not even be sent."""
    delivery_settle(UUID(subject), Answer(None, "It could not be sent: a fault of ours."), final=True)


@handler("notify.webhook", on_parked=webhook_give_up)
def webhook(subject: str, lease: Lease) -> Again | None:
    """Post a webhook, and come back later when it did not arrive. A crash may send it twice, under one id."""
    delivery = Delivery.objects.select_related("endpoint").filter(pk=subject, status=DeliveryStatus.PENDING).first()
    if delivery is None:
        return None
    endpoint = delivery.endpoint
    answer, final = Answer(None, "The webhook was switched off meanwhile."), True
    if endpoint.enabled:
        secret = unseal(endpoint.secret, purpose=f"endpoint:{endpoint.pk}")
        answer, final = post(url=endpoint.url, id=str(delivery.pk), body=delivery.body, secret=secret), False
    with transaction.atomic():
        lease.hold()
        next_at = delivery_settle(delivery.pk, answer, final=final)
    return Again(next_at) if next_at else None
