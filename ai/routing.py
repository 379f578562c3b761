"""The routes of a tenant: versioned, and the one of the product where it has set none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ai.catalog.selectors import Prices, models_priced, prices_at
from ai.errors import RouteRefused
from ai.evaluation.errors import GateClosed
from ai.evaluation.gate import gate
from ai.evaluation.overriding import override_keep
from ai.locks import ROUTING, hold_alone
from ai.models import RouteVersion
from ai.purposes import purpose_named
from ai.routes import EFFORTS, ROUTES, Hop, Route
from audit.canonical import digest
from audit.selectors import names_of
from audit.services import Actor, record

__all__ = ["MOST_HOPS", "RouteView", "by_price", "models_priced", "route_of", "route_set", "route_versions"]

MOST_HOPS = 4
TIMEOUT = (5, 120)
TOKENS = (256, 32_000)
PROVIDER = "anthropic"


def route_of(purpose: str) -> Route:
    """The route in force: the tenant's newest, or the product's where it has none or has gone back to it."""
    return _in_force(RouteVersion.objects.filter(purpose=purpose).order_by("-number").first(), purpose)


def _in_force(row: RouteVersion | None, purpose: str) -> Route:
    if row is None or not row.hops:
        return ROUTES[purpose]
    return Route(tuple(Hop(**hop) for hop in row.hops), row.number)


def by_price(hops: Sequence[Hop], prices: Prices) -> list[Hop]:
    """The cheapest first, by what a request of a thousand tokens and as long an answer costs; who has no price last."""

    def price(hop: Hop) -> Decimal:
        found = prices.most(hop.model, prompt_tokens=1_000, output_tokens=1_000)
        return Decimal("Infinity") if found is None else found

    return sorted(hops, key=price)


@dataclass(frozen=True)
class RouteView:
    """A route that was set, by whom and when; no hops: from then on the product's."""

    purpose: str
    number: int
    hops: tuple[Hop, ...]
    author: str
    created_at: datetime


def route_versions(*, limit: int = 20) -> list[RouteView]:
    """What was set last, newest first."""
    rows = list(RouteVersion.objects.order_by("-id")[:limit])
    names = names_of({row.author for row in rows})
    return [
        RouteView(
            row.purpose, row.number, tuple(Hop(**hop) for hop in row.hops), names.get(row.author, ""), row.created_at
        )
        for row in rows
    ]


@transaction.atomic
def route_set(*, purpose: str, hops: Sequence[Hop], actor: Actor, override: str = "") -> int:
    """Let these models answer a purpose from the next call on, in this order; none: those of the product again.

    `override` is the reason why it is to be also where the gate is closed for it (ai.evaluation.gate); only owners may
    give one, and it is kept. Returns the version's number. Raises RouteRefused with every fault, GateClosed,
    UnknownPurpose.
    """
    purpose_named(purpose)
    if faults := tuple(_faults(hops)):
        raise RouteRefused(faults)
    hold_alone(ROUTING)
    newest = RouteVersion.objects.filter(purpose=purpose).order_by("-number").first()
    former = newest.hops if newest else []
    written = [asdict(hop) for hop in hops]
    if former == written:
        return newest.number if newest else 0
    standing = gate(purpose=purpose, hops=hops or ROUTES[purpose].hops, in_force=_in_force(newest, purpose).hops)
    if not standing.open and not override.strip():
        raise GateClosed(standing)
    row = RouteVersion.objects.create(
        purpose=purpose, number=newest.number + 1 if newest else 1, hops=written, author=actor.key
    )
    told = {"purpose": purpose, "number": row.number, "hops": digest(written), "former": digest(former)}
    record(event="route.set", target=f"route:{row.pk}", actor=actor, data=told)
    if not standing.open:
        override_keep(standing, route=row.pk, purpose=purpose, number=row.number, reason=override, actor=actor)
    return row.number


def _faults(hops: Sequence[Hop]) -> Iterator[tuple[int, str, str]]:
    """(which hop, its field, a sentence)"""
    prices, seen = prices_at([hop.model for hop in hops], timezone.now()), set()
    if len(hops) > MOST_HOPS:
        yield MOST_HOPS, "model", f"A route has {MOST_HOPS} models at most."
    for number, hop in enumerate(hops):
        if hop.provider != PROVIDER:
            yield number, "provider", f"Only {PROVIDER} can be asked; the offline provider stands behind every route."
        if prices.price(hop.model, 0) is None:
            yield number, "model", f"{hop.model} has no price, so it cannot be asked. An operator enters prices."
        if hop.model in seen:
            yield number, "model", "This model stands in the route before."
        seen.add(hop.model)
        if hop.effort not in EFFORTS:
            yield number, "effort", f"Choose one of {', '.join(EFFORTS)}."
        if not TIMEOUT[0] <= hop.timeout_seconds <= TIMEOUT[1]:
            yield number, "timeout_seconds", f"Give {TIMEOUT[0]} to {TIMEOUT[1]} seconds."
        if hop.max_tokens is not None and not TOKENS[0] <= hop.max_tokens <= TOKENS[1]:
            yield number, "max_tokens", f"Give {TOKENS[0]:,} to {TOKENS[1]:,} tokens."
