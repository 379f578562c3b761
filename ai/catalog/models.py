"""What is the same for all tenants: prices of models, and whether the AI acts at all."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from audit.append_only import append_only

RATES = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")


def _rate(help_text: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(
        max_digits=10, decimal_places=4, validators=[MinValueValidator(Decimal(0))], help_text=help_text
    )


class ModelPrice(models.Model):
    """What one model costs from a day on, for prompts of at least `min_prompt_tokens`.

    Rates are US dollars per million tokens. The prompt is input plus cache reads plus cache writes; its tier
    holds for every token of the request. A change of price is a new row, so that old calls stay explained.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model = models.CharField(max_length=100)
    valid_from = models.DateField()
    min_prompt_tokens = models.PositiveIntegerField(
        default=0, help_text="The shortest prompt, in tokens, that this price is for."
    )
    input = _rate("US dollars per million tokens of input")
    output = _rate("US dollars per million tokens of output, thinking included")
    cache_write_5m = _rate("US dollars per million tokens written to the cache for 5 minutes")
    cache_write_1h = _rate("US dollars per million tokens written to the cache for 1 hour")
    cache_read = _rate("US dollars per million tokens read from the cache")
    batch_factor = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.5"),
        validators=[MinValueValidator(Decimal(0))],
        help_text="What input and output are multiplied with in a batch.",
    )
    source = models.CharField(max_length=300, help_text="Where this price was read, and when.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("model", "-valid_from", "min_prompt_tokens")
        verbose_name = "model price"
        constraints = [
            models.UniqueConstraint(
                fields=("model", "valid_from", "min_prompt_tokens"),
                name="catalog_one_price",
                violation_error_message="There is a price of this model for that day and prompt length already.",
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{rate}__gte": 0}), name=f"catalog_{rate}_not_negative")
                for rate in (*RATES, "batch_factor")
            ),
        ]

    def __str__(self) -> str:
        tier = f", prompts from {self.min_prompt_tokens:,} tokens" if self.min_prompt_tokens else ""
        return f"{self.model} from {self.valid_from}{tier}"


class SwitchMode(models.TextChoices):
    """How far the AI may go: as each workspace says, or not at all."""

    POLICY = "policy", "On: as each workspace says"
    PEOPLE_ONLY = "people_only", "Off: everything goes to people"


@append_only()
class Switch(models.Model):
    """How far the AI may go in every workspace, since `created_at`: the newest row is in force. People of every
    workspace read the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mode = models.CharField(max_length=20, choices=SwitchMode)
    reason = models.CharField(max_length=500, blank=True, help_text="Everybody in every workspace reads it.")
    changed_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "switch of every workspace's AI"
        verbose_name_plural = "the AI of every workspace"
        constraints = [models.CheckConstraint(condition=Q(mode__in=SwitchMode.values), name="catalog_switch_mode")]

    def __str__(self) -> str:
        return self.get_mode_display()
