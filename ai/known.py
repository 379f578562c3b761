"""What has to be known before a model is asked, read in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from ai.budgets.accounts import Kind
from ai.budgets.reserving import given
from ai.budgets.words import limit_words
from ai.catalog.selectors import Prices, prices_read
from ai.catalog.statements import PEOPLE_ONLY, TIERS
from ai.routes import ROUTES, Hop, Route
from ai.topics.selectors import FORBIDDEN, forbidden_read
from ai.trust.own_topics import OwnTopic
from dispatch.connection import row_prepared

# How long the vendor keeps the beginning of a prompt after it was last read.
KEPT_FOR = timedelta(minutes=5)
KNOWN = f"""
WITH route AS (
    SELECT number, hops FROM ai_routeversion WHERE purpose = %(purpose)s::text ORDER BY number DESC LIMIT 1
), model (name) AS (
    SELECT unnest(%(models)s::text[]) UNION SELECT hop->>'model' FROM route, jsonb_array_elements(hops) hop
), lately AS (
    SELECT model_served, created_at FROM ai_call WHERE purpose = %(purpose)s::text ORDER BY id DESC LIMIT 10
)
SELECT (SELECT c.id FROM ai_call c
        WHERE %(keeps)s::boolean AND c.run_id = %(run)s::text AND c.step = %(step)s::text
            AND c.inputs_digest = %(digest)s::text
            AND (c.outcome = 'answered' OR c.outcome = 'succeeded' AND c.answer <> '')
        ORDER BY c.outcome DESC, c.id DESC LIMIT 1),
    (SELECT number FROM route), (SELECT hops::text FROM route), ({TIERS}),
    (SELECT ARRAY[a.account, b.soft_usd::text]
        FROM json_to_recordset(%(accounts)s::json) AS a(n int, account text, scope text, key text, "window" text)
        JOIN ai_budget b ON b.scope = a.scope AND b.key = a.key AND b."window" = a."window"
        JOIN ai_budgetcounter k ON k.account = a.account
        WHERE k.spent_usd > b.soft_usd ORDER BY a.n LIMIT 1),
    array(SELECT DISTINCT model_served FROM lately WHERE created_at > %(kept_since)s::timestamptz),
    {PEOPLE_ONLY}, ({FORBIDDEN})
"""  # noqa: S608 - our own parts


@dataclass(frozen=True)
class Known:
    """As it stands when a question comes up.

    `stored`: the answer that the step has already for these inputs, unless age has deleted it; a checked one first.
    `soft_limit`: one that is passed, in words. `warm`: the models that were asked for this purpose a moment ago.
    `stopped`: the operators have stopped the AI. `forbidden`: what the tenant's replies may not speak of.
    """

    stored: UUID | None
    route: Route
    prices: Prices
    soft_limit: str
    warm: frozenset[str]
    stopped: bool
    forbidden: tuple[OwnTopic, ...] = ()


def known(
    *,
    purpose: str,
    run_id: str,
    step: str,
    digest: str,
    keeps: bool,
    hops: Sequence[Hop],
    accounts: Mapping[str, Kind],
    now: datetime,
) -> Known:
    """Everything that the gateway has to know of a question, and of the tenant's routes and limits.

    `keeps`: an answer that there is already stands. `hops`: other models than those of the route that may be asked.
    """
    row = row_prepared(
        KNOWN,
        {
            "purpose": purpose,
            "models": _models([*ROUTES[purpose].hops, *hops]),
            "run": run_id,
            "step": step,
            "keeps": keeps,
            "digest": digest,
            "today": now.astimezone(UTC).date(),
            "accounts": given(accounts)["accounts"],
            "kept_since": now - KEPT_FOR,
        },
    )
    assert row is not None
    stored, number, set_hops, tiers, soft, warm, stopped, topics = row
    return Known(
        stored=stored,
        route=route_read(purpose, number, set_hops),
        prices=prices_read(tiers or "[]"),
        soft_limit=limit_words(accounts[soft[0]], Decimal(soft[1])) if soft else "",
        warm=frozenset(warm),
        stopped=bool(stopped),
        forbidden=forbidden_read(topics),
    )


def route_read(purpose: str, number: int | None, hops: str | None) -> Route:
    """The tenant's newest route; the product's where it has none or has gone back to it."""
    found = _hops(hops or "[]")
    return Route(found, number or 0) if found else ROUTES[purpose]


@lru_cache(maxsize=256)
def _hops(text: str) -> tuple[Hop, ...]:
    return tuple(Hop(**hop) for hop in json.loads(text))


def _models(hops: Sequence[Hop]) -> list[str]:
    return [hop.model for hop in hops]
