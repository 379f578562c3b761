"""API tokens and inbound webhooks, shown once and stored as a hash; and the answers that are kept for a day."""

from django.db import models
from uuid_utils.compat import uuid7


class ApiToken(models.Model):
    """A token that acts as its person, within its scopes and never beyond that person's rights."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API token"
        permissions = [("own_apitoken", "Can have API tokens")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Hook(models.Model):
    """An inbound webhook: an address with a token in it. What is posted there is an event `hook.<name>`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=40)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeptAnswer(models.Model):
    """What was answered to a POST with an Idempotency-Key, sealed; without a status it is being worked on.

    `endpoint` and `body` are SHA-256. Whoever works on it is named by `attempt`, and is dead after `busy_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller = models.CharField(max_length=80)
    endpoint = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    body = models.CharField(max_length=64)
    attempt = models.UUIDField()
    busy_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "endpoint", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return self.key
