"""Keeping what became of a request: its row, what it cost and its entries, in one statement.

A property test holds what these leave against the same done row by row, and against the table of moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from ai.budgets.reserving import settled, tell_soft, together
from ai.models import CALL_MOVES, Call, Reservation
from ai.rows import inserted
from ai.words import words_kept
from audit import statements as ledger
from audit.errors import MovedMeanwhile
from audit.services import Actor, Composed, compose, name_keep, target_of
from audit.signals import tell, unheard
from dispatch.connection import row_locked, row_prepared
from dispatch.statements import Fragment

MOVE = """
moved AS (
    UPDATE ai_call SET outcome = %(to)s::text, error = %(error)s::text, finding = %(finding)s::text,
        checks = %(checks)s::jsonb,
        failed_checks = %(failed_checks)s::text[], intent = %(intent)s::text
    WHERE id = %(call)s::uuid AND outcome = %(former)s::text RETURNING id
)
"""
# And what all requests of its question have cost.
MOVED = """
SELECT EXISTS (SELECT 1 FROM moved), (SELECT sum(c.cost_usd) FROM ai_call c
    WHERE c.run_id = %(run)s::text AND c.step = %(step)s::text AND c.inputs_digest = %(digest)s::text)
"""


def call_keep(
    row: Call, *, reservation: Reservation | None, entries: Sequence[Composed], prompt: str | None = None
) -> bool:
    """Keep a request with its prompt, and where the most it can cost was reserved put in its place what it did cost.
    No prompt: nobody knows it any more.

    False, and nothing is kept, where it took so long that it was charged in full meanwhile.
    """
    kept = inserted(row)
    if reservation is None:
        sql, params = _statement([_named("kept", kept), *_words(row, prompt)], entries, "", "SELECT true")
        _send(lambda: row_prepared(sql, params), entries)
        return True
    ours = "WHERE EXISTS (SELECT 1 FROM gone)"
    parts = [settled(reservation, cost_usd=row.cost_usd), _named("kept", kept, ours), *_words(row, prompt, ours)]
    outcome = "SELECT EXISTS (SELECT 1 FROM gone), array(SELECT account FROM soft)"
    then = Fragment(*_statement(parts, entries, ours, outcome))
    done, soft = _send(lambda: row_locked(together(), then), entries)
    if soft:
        tell_soft(soft, reservation)
    return bool(done)


def call_move(row: Call, *, to: str, actor: Actor, data: dict[str, Any], checks: list[dict[str, Any]]) -> Decimal:
    """Move a stored answer on, with its `error`, `finding`, `failed_checks` and `intent`, and these checks; what all
    requests of its question have cost, in US dollars. Raises IllegalMove, MovedMeanwhile.
    """
    former = str(row.outcome)
    entry = compose(
        event=CALL_MOVES.event(row, to), target=target_of(row), actor=actor, data=data, run=row.run_id or None
    )
    name_keep(actor)
    moved = Fragment(
        MOVE,
        {
            "call": row.pk, "former": former, "to": str(to), "error": row.error, "finding": row.finding,
            "checks": json.dumps(checks, ensure_ascii=False), "failed_checks": row.failed_checks, "intent": row.intent,
        },
    )  # fmt: skip
    asked = {"run": row.run_id, "step": row.step, "digest": row.inputs_digest}
    ours = "WHERE EXISTS (SELECT 1 FROM moved)"
    sql, params = _statement([moved], [entry], ours, MOVED)
    done, cost = _send(lambda: row_prepared(sql, params | asked), [entry])
    if not done:
        raise MovedMeanwhile(f"{row._meta.label} {row.pk} is no longer {former}")
    row.outcome, row.checks = to, checks
    return cost_of(row, cost)


def cost_of(row: Call, of_question: Decimal | None) -> Decimal:
    """What an answer has cost: outside a run that is its own request alone."""
    return (of_question or Decimal(0)) if row.run_id else row.cost_usd


def entry_of(row: Call, event: str, *, actor: Actor, data: dict[str, Any]) -> Composed:
    """An entry about a request, to be kept with it."""
    name_keep(actor)
    return compose(event=event, target=target_of(row), actor=actor, data=data, run=row.run_id or None)


def _words(row: Call, prompt: str | None, condition: str = "") -> list[Fragment]:
    if prompt is None:
        return []
    words, due = words_kept(row, prompt, provided=condition.removeprefix("WHERE ") or "true")
    return [_named("words", words, condition), _named("forgetting", due)]


def _named(name: str, part: Fragment, condition: str = "") -> Fragment:
    return Fragment(f"{name} AS ({part.sql} {condition})", part.params)


def _statement(
    parts: Sequence[Fragment], entries: Sequence[Composed], condition: str, outcome: str
) -> tuple[str, dict[str, Any]]:
    parts = [*parts, *([_named("told", ledger.entries(entries), condition)] if entries else [])]
    params = {name: value for part in parts for name, value in part.params.items()}
    return f"WITH {', '.join(part.sql for part in parts)} {outcome}", params


def _send(send: Callable[[], tuple[Any, ...] | None], entries: Sequence[Composed]) -> tuple[Any, ...]:
    """The statement's row, whose first column says whether it did anything; in a transaction only where somebody is to
    be told of an entry.
    """
    if unheard(entry.event for entry in entries) is None:
        row = send()
        assert row is not None
        return row
    with transaction.atomic():
        row = send()
        assert row is not None
        for entry in entries if row[0] else ():
            tell(event=entry.event, target=entry.target, data=entry.data, run=entry.run)
    return row
