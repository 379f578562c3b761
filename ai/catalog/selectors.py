"""Reading the price table."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from ai.catalog.models import ModelPrice
from ai.catalog.statements import STOPPED, TIERS
from ai.usage import Usage
from dispatch.connection import row_prepared

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


@dataclass(frozen=True)
class Prices:
    """The prices of some models at one moment: of each its tiers by their shortest prompts, the highest first."""

    tiers: Mapping[str, tuple[tuple[int, Price], ...]]

    def price(self, model: str, prompt_tokens: int) -> Price | None:
        """The price of a prompt of that many tokens: of the highest tier that it reaches. None where there is none."""
        return next(iter(self._reached(model, prompt_tokens)), None)

    def most(self, model: str, *, prompt_tokens: int, output_tokens: int) -> Decimal | None:
        """The most in US dollars that a request can cost whose prompt and answer have so many tokens at most.

        The whole prompt is taken at the dearest of what a token of it can cost (our requests write to the cache for
        5 minutes only), in the dearest of the tiers that it can fall into. None where nobody has entered a price.
        """
        prices = self._reached(model, prompt_tokens)
        return max((_most(price, prompt_tokens, output_tokens) for price in prices), default=None)

    def _reached(self, model: str, prompt_tokens: int) -> list[Price]:
        return [price for shortest, price in self.tiers.get(model, ()) if shortest <= prompt_tokens]


@lru_cache(maxsize=64)
def prices_read(text: str) -> Prices:
    """What `catalog.statements.TIERS` has found; the same text is read once."""
    tiers: dict[str, list[tuple[int, Price]]] = {}
    for row in json.loads(text):
        model, shortest, source = row.pop("model"), row.pop("shortest"), row.pop("source")
        rates = {name: Decimal(rate) for name, rate in row.items()}
        tiers.setdefault(model, []).append((shortest, Price(model=model, source=source, **rates)))
    return Prices({model: tuple(found) for model, found in tiers.items()})


ONLY_TIERS = f"WITH model AS (SELECT unnest(%(models)s::text[]) AS name) SELECT ({TIERS})"


def prices_at(models: Collection[str], at: datetime) -> Prices:
    """The prices of these models at a moment: of each the newest that has begun. Days are those of UTC."""
    row = row_prepared(ONLY_TIERS, {"models": list(models), "today": at.astimezone(UTC).date()})
    return prices_read(row[0] if row and row[0] else "[]")


def price_for(model: str, at: datetime, prompt_tokens: int) -> Price | None:
    """The price of a model at a moment for a prompt of that many tokens; None where nobody has entered one."""
    return prices_at([model], at).price(model, prompt_tokens)


def models_priced() -> list[str]:
    """The models that have a price now, by name."""
    begun = ModelPrice.objects.filter(valid_from__lte=datetime.now(UTC).date())
    return list(begun.order_by("model").values_list("model", flat=True).distinct())


def _most(price: Price, prompt_tokens: int, output_tokens: int) -> Decimal:
    dearest = max(price.input, price.cache_write_5m, price.cache_read)
    return (prompt_tokens * dearest + output_tokens * price.output) / MILLION


@dataclass(frozen=True)
class Stopped:
    """Why and since when the operators have everything go to people in every workspace."""

    reason: str
    since: datetime


def stopped_for_all() -> Stopped | None:
    """None while the AI acts as each workspace says."""
    row = row_prepared(STOPPED, {})
    return Stopped(*row) if row else None
