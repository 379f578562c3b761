"""Emails to the people of a tenant: the outbox from which they leave."""

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
