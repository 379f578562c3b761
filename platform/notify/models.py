"""What leaves for the people of a tenant and its integrators: emails, webhooks, and their outboxes."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.services import Moves


class EmailStatus(models.TextChoices):
    QUEUED = "queued", "About to leave"
    SENT = "sent", "Sent"
    KEPT = "kept", "Kept, not delivered"
    FAILED = "failed", "Failed"


EMAIL_MOVES = Moves(
    {
        (EmailStatus.QUEUED, EmailStatus.SENT): "email.sent",
        (EmailStatus.QUEUED, EmailStatus.KEPT): "email.kept",
        (EmailStatus.QUEUED, EmailStatus.FAILED): "email.failed",
    }
)


class Email(models.Model):
    """An email to a colleague. Once it has left its text is gone from here: it may hold a link that lets them in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=EmailStatus, default=EmailStatus.QUEUED)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=EmailStatus.values), name="notify_email_status")
        ]

    def __str__(self) -> str:
        return self.subject


class Endpoint(models.Model):
    """An address of an integrator that webhooks are sent to. `secret` signs them; it is sealed.

    `given_up` counts deliveries in a row that never arrived; `off_reason` says why it is off.
    """

    URL_LENGTH = 500

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=URL_LENGTH)
    types = models.JSONField()
    secret = models.TextField()
    enabled = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=200, blank=True)
    given_up = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.url


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", "On its way"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


DELIVERY_MOVES = Moves(
    {
        (DeliveryStatus.PENDING, DeliveryStatus.DELIVERED): "webhook.delivered",
        (DeliveryStatus.PENDING, DeliveryStatus.FAILED): "webhook.given_up",
        (DeliveryStatus.DELIVERED, DeliveryStatus.PENDING): "webhook.resent",
        (DeliveryStatus.FAILED, DeliveryStatus.PENDING): "webhook.resent",
    }
)


class Delivery(models.Model):
    """One webhook on its way to one endpoint; `body` is exactly what is sent, each time under the same id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    type = models.CharField(max_length=40)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=DeliveryStatus.values), name="notify_delivery_status")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
