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
    reached = _reached(model, at, prompt_tokens)
    return _read(reached[0]) if reached else None


def most_for(model: str, at: datetime, *, prompt_tokens: int, output_tokens: int) -> Decimal | None:
    """The most in US dollars that a request can cost whose prompt and answer have so many tokens at most.

    The whole prompt is taken at the dearest of what a token of it can cost (our requests write to the cache for
    5 minutes only), in the dearest of the tiers that it can fall into. None where nobody has entered a price.
    """
    prices = [_read(row) for row in _reached(model, at, prompt_tokens)]
    return max((_most(price, prompt_tokens, output_tokens) for price in prices), default=None)


def models_priced() -> list[str]:
    """The models that have a price now, by name."""
    begun = ModelPrice.objects.filter(valid_from__lte=datetime.now(UTC).date())
    return list(begun.order_by("model").values_list("model", flat=True).distinct())


def _most(price: Price, prompt_tokens: int, output_tokens: int) -> Decimal:
    dearest = max(price.input, price.cache_write_5m, price.cache_read)
    return (prompt_tokens * dearest + output_tokens * price.output) / MILLION


def _reached(model: str, at: datetime, prompt_tokens: int) -> list[ModelPrice]:
    """The tiers of the newest price that such a prompt reaches, the highest first."""
    begun = ModelPrice.objects.filter(model=model, valid_from__lte=at.astimezone(UTC).date())
    rows = list(begun.order_by("-valid_from", "-min_prompt_tokens"))
    newest = [row for row in rows if row.valid_from == rows[0].valid_from]
    return [row for row in newest if row.min_prompt_tokens <= prompt_tokens]


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
