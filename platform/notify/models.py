"""What leaves for the people of a tenant and its integrators: emails, webhooks, their outboxes, and who wants which."""

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


class EndpointKind(models.TextChoices):
    STANDARD = "standard", "A system: ids and states, signed"
    SLACK = "slack", "A channel in Slack: a sentence with a link"


class Endpoint(models.Model):
    """An address of an integrator that webhooks are sent to. `secret` signs them; it is sealed.

    `given_up` counts deliveries in a row that never arrived; `off_reason` says why it is off.
    """

    URL_LENGTH = 500

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(
        max_length=10, choices=EndpointKind, default=EndpointKind.STANDARD, db_default=EndpointKind.STANDARD
    )
    url = models.CharField(max_length=URL_LENGTH)
    types = models.JSONField()
    secret = models.TextField()
    enabled = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=200, blank=True)
    given_up = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=EndpointKind.values), name="notify_endpoint_kind")
        ]

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


class Pace(models.TextChoices):
    AT_ONCE = "at_once", "At once"
    HOURLY = "hourly", "Once an hour"
    DAILY = "daily", "Once a day, at 8 am"
    NEVER = "never", "Never"


class NoticeChoice(models.Model):
    """How often a person wants to be emailed about what waits for them; who has chosen nothing is told at once."""

    person = models.OneToOneField("accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    pace = models.CharField(max_length=10, choices=Pace)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pace__in=Pace.values), name="notify_notice_choice_pace")
        ]

    def __str__(self) -> str:
        return self.get_pace_display()


class News(models.TextChoices):
    """What there is to tell about a proposal, of a question to a colleague about one, or of a version's drift."""

    WAITS = "waits"
    STALE = "stale"
    ESCALATED = "escalated"
    EXPIRED = "expired"
    GIVEN = "given"
    ASKED = "asked"
    ANSWERED = "answered"
    DRIFTED = "drifted"


class Notice(models.Model):
    """News about a proposal, a question or a look (`subject`) for one person: emailed once at most."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    subject = models.UUIDField()
    news = models.CharField(max_length=10, choices=News)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(news__in=News.values), name="notify_notice_news"),
            models.UniqueConstraint(fields=["person", "subject", "news"], name="notify_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.news} {self.subject}"
