"""Reading the price table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from ai.catalog.models import ModelPrice
from ai.usage import Usage

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Price:
    """Rates in US dollars per million tokens; see ModelPrice."""

    model: str
    input: Decimal
    output: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal
    batch_factor: Decimal
    source: str

    def cost(self, usage: Usage, *, batch: bool = False) -> Decimal:
        """What these tokens cost in US dollars, exactly; nothing is rounded."""
        direct = usage.input * self.input + usage.output * self.output
        cached = (
            usage.cache_write_5m * self.cache_write_5m
            + usage.cache_write_1h * self.cache_write_1h
            + usage.cache_read * self.cache_read
        )
        return (direct * (self.batch_factor if batch else 1) + cached) / MILLION


def price_for(model: str, at: datetime, prompt_tokens: int) -> Price | None:
    """The price of a model at a moment for a prompt of that many tokens; None where nobody has entered one.

    The newest price that has begun counts, and of it the highest tier that the prompt reaches.
    """
    begun = ModelPrice.objects.filter(model=model, valid_from__lte=at.astimezone(UTC).date())
    newest = begun.order_by("-valid_from").values_list("valid_from", flat=True).first()
    if newest is None:
        return None
    tiers = begun.filter(valid_from=newest, min_prompt_tokens__lte=prompt_tokens)
    row = tiers.order_by("-min_prompt_tokens").first()
    return None if row is None else _read(row)


def _read(row: ModelPrice) -> Price:
    return Price(
        model=row.model,
        input=row.input,
        output=row.output,
        cache_write_5m=row.cache_write_5m,
        cache_write_1h=row.cache_write_1h,
        cache_read=row.cache_read,
        batch_factor=row.batch_factor,
        source=row.source,
    )
