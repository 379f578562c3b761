"""Calls of models, and the tenant's phrases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from audit.services import Moves


class CallOutcome(models.TextChoices):
    """`answered`: paid for and stored, not yet checked."""

    ANSWERED = "answered"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


CALL_MOVES = Moves(
    {
        (CallOutcome.ANSWERED, CallOutcome.SUCCEEDED): "ai.called",
        (CallOutcome.ANSWERED, CallOutcome.FAILED): "ai.failed",
    },
    field="outcome",
)


class Call(models.Model):
    """One request to one provider, with what it cost and what came of it.

    The answer is stored before it is checked: a step that is run again reuses it instead of paying twice.
    `run_id` and `step` say for whom it was asked, `inputs_digest` with which inputs; `error` is the stable
    code of what went wrong, `finding` the sentence that a person reads. Costs are US dollars.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    model_requested = models.CharField(max_length=100)
    model_served = models.CharField(max_length=100, blank=True)
    fallback_reason = models.TextField(null=True, blank=True)  # noqa: DJ001 (null is "this was no fallback")
    prompt_version = models.CharField(max_length=60)
    run_id = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=100, blank=True)
    inputs_digest = models.CharField(max_length=64)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cache_write_5m_tokens = models.PositiveIntegerField(default=0)
    cache_write_1h_tokens = models.PositiveIntegerField(default=0)
    cache_read_tokens = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=18, decimal_places=10, default=0)
    latency_ms = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, choices=CallOutcome)
    stop_reason = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=60, blank=True)
    finding = models.TextField(blank=True)
    checks = models.JSONField(default=list)
    answer = models.TextField(blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=("run_id", "step", "inputs_digest"), name="ai_call_reuse"),
            models.Index(fields=("purpose", "-id"), name="ai_call_purpose"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="ai_call_outcome"),
            models.CheckConstraint(condition=Q(cost_usd__gte=0), name="ai_call_cost"),
            models.CheckConstraint(condition=~Q(outcome="failed", error=""), name="ai_call_failed_why"),
            models.UniqueConstraint(
                fields=("run_id", "step", "inputs_digest"),
                condition=Q(outcome="succeeded") & ~Q(run_id=""),
                name="ai_call_one_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model_served or self.model_requested}"


class Phrase(models.Model):
    """A sentence of the tenant's that states nothing and may stand in a reply without a source.

    `{name}`, `{agency}` and `{signer}` are filled in. `language` is a BCP 47 tag, empty for all languages;
    `part` says where it belongs: greetings, thanks, closings, sign_offs, signatures.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    language = models.CharField(max_length=35, blank=True)
    part = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("language", "part", "text"),
                name="ai_phrase_once",
                violation_error_message="This phrase is there already.",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="ai_phrase_says_something"),
        ]

    def __str__(self) -> str:
        return self.text
