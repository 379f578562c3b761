"""Keeping to budgets: reserve before a call, settle after it, each in one statement behind one lock.

Counters are locked in one order, so of a hundred calls at once those get through that all fit under the limit
together. Who opens a counter waits for all who reserve and settle, and they wait for it (`ai.locks.COUNTING`); whoever
comes after it sees it, since the lock is got before the statement begins (`dispatch.connection.row_locked`).
A property test holds both statements against the same done row by row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ai.budgets.accounts import Kind, Spender
from ai.budgets.limits import tell_reached
from ai.budgets.opening import counters_open
from ai.budgets.words import limit_words
from ai.errors import BudgetSpent
from ai.locks import COUNTING
from ai.models import Reservation
from ai.rows import inserted
from dispatch.connection import row_locked
from dispatch.services import Due, works_added
from dispatch.statements import Fragment

LAPSED = "ai.lapsed"

TOGETHER = "SELECT pg_advisory_xact_lock_shared(%(counting)s::int, hashtext(current_schema()))"
# The counters of a call, and the budgets that limit them.
GIVEN = """json_to_recordset(%(accounts)s::json) AS a(n int, account text, scope text, key text, "window" text)
    LEFT JOIN ai_budget b ON b.scope = a.scope AND b.key = a.key AND b."window" = a."window"
"""
COUNTERS = (
    "SELECT c.account, c.spent_usd, c.reserved_usd FROM ai_budgetcounter c WHERE c.account = ANY(%(names)s::text[])"
)
RESERVE = f"""
WITH given AS (
    SELECT a.n, a.account, b.id IS NOT NULL AS budgeted,
        least(b.hard_usd, CASE WHEN a.scope = 'run' THEN %(run_limit)s::numeric END) AS hard
    FROM {GIVEN}
), counter AS ({COUNTERS} ORDER BY c.account FOR UPDATE), limited AS (
    SELECT g.n, g.account, g.hard, c.account IS NULL AS closed,
        c.spent_usd + c.reserved_usd + %(amount)s::numeric > g.hard AS over
    FROM given g LEFT JOIN counter c ON c.account = g.account WHERE g.budgeted OR g.hard IS NOT NULL
), fits AS (
    SELECT NOT EXISTS (SELECT 1 FROM limited WHERE closed OR over) AS yes
), booked AS (
    UPDATE ai_budgetcounter u SET reserved_usd = u.reserved_usd + %(amount)s::numeric FROM counter c
    WHERE u.account = c.account AND (SELECT yes FROM fits)
), kept AS ({{kept}} WHERE (SELECT yes FROM fits))
SELECT array(SELECT account FROM limited WHERE closed),
    array(SELECT ARRAY[account, hard::text] FROM limited WHERE over ORDER BY n)
"""  # noqa: S608 - our own parts
# `gone` has a row where the call was not charged meanwhile; only then anything happens.
SETTLE = f"""
gone AS (DELETE FROM ai_reservation WHERE id = %(reservation)s::uuid RETURNING amount_usd),
counter AS ({COUNTERS} AND EXISTS (SELECT 1 FROM gone) ORDER BY c.account FOR UPDATE),
booked AS (
    UPDATE ai_budgetcounter u SET spent_usd = u.spent_usd + %(cost)s::numeric,
        reserved_usd = u.reserved_usd - (SELECT amount_usd FROM gone)
    FROM counter c WHERE u.account = c.account RETURNING u.account, u.spent_usd, u.soft_at
),
soft AS (
    SELECT a.account FROM {GIVEN} JOIN booked k ON k.account = a.account
    WHERE k.soft_at IS NULL AND k.spent_usd > b.soft_usd
)
"""  # noqa: S608 - our own parts


def reserve(reservation: Reservation, *, run_limit_usd: Decimal | None) -> None:
    """Set aside the most that a call can cost under every budget that it falls under, and keep the reservation.

    All or none. Raises BudgetSpent, in which case people are told, once in each window.
    """
    accounts = spender_of(reservation).accounts(reservation.made_at)
    kept = inserted(reservation)
    then = Fragment(
        RESERVE.format(kept=kept.sql),
        {"amount": reservation.amount_usd, "run_limit": run_limit_usd, **given(accounts), **kept.params},
    )
    # Before the counters are locked: what works on due work locks its row first.
    due = works_added([Due(LAPSED, "calls", due_at=reservation.until, priority=9)])
    shared = together()
    lock = Fragment(f"WITH added AS ({due.sql} RETURNING 1) {shared.sql} FROM added", {**due.params, **shared.params})
    while True:
        row = row_locked(lock, then)
        assert row is not None
        closed, over = row
        if not closed:
            break
        counters_open({name: accounts[name] for name in closed}, reservation.made_at, reservation.run_id)
    if over:
        names = [name for name, _ in over]
        tell_reached("hard", names, accounts, run_id=reservation.run_id, run_limit_usd=run_limit_usd)
        first, hard = over[0]
        limit = limit_words(accounts[first], Decimal(hard))
        raise BudgetSpent(f"{limit} would be passed, so this model was not asked.")


def settled(reservation: Reservation, *, cost_usd: Decimal) -> Fragment:
    """What puts the cost of a call in the place of what was reserved for it: CTEs for a statement that keeps the call
    where `gone` has a row, to be sent behind `together`. `soft` has the counters whose soft limit is newly passed.
    """
    accounts = spender_of(reservation).accounts(reservation.made_at)
    return Fragment(SETTLE, {"reservation": reservation.pk, "cost": cost_usd, **given(accounts)})


def together() -> Fragment:
    """The lock that all who reserve and settle share."""
    return Fragment(TOGETHER, {"counting": COUNTING})


def tell_soft(names: list[str], reservation: Reservation) -> None:
    """Tell people of soft limits that a call has passed."""
    accounts = spender_of(reservation).accounts(reservation.made_at)
    tell_reached("soft", names, accounts, run_id=reservation.run_id)


def given(accounts: Mapping[str, Kind]) -> dict[str, Any]:
    """The counters of a call as parameters of GIVEN."""
    rows = [{"n": n, "account": name, **kind._asdict()} for n, (name, kind) in enumerate(accounts.items())]
    return {"accounts": json.dumps(rows), "names": list(accounts)}


def spender_of(reservation: Reservation) -> Spender:
    """Whose call a reservation is for."""
    return Spender(
        purpose=reservation.purpose, workflow=reservation.workflow, run_id=reservation.run_id, use=reservation.use
    )
