"""Keeping why a route was activated although the gate was closed for it."""

from __future__ import annotations

from uuid import UUID

from ai.evaluation.gate import Standing
from ai.evaluation.models import GateOverride
from audit.canonical import digest
from audit.services import Actor, record

LONGEST_REASON = 2_000


def override_keep(
    standing: Standing, *, route: UUID, purpose: str, number: int, reason: str, actor: Actor
) -> GateOverride:
    """Belongs into the transaction that activates the route."""
    row = GateOverride.objects.create(
        purpose=purpose,
        number=number,
        why=str(standing.why),
        lowered=standing.lowered,
        candidate=standing.candidate,
        baseline=standing.baseline,
        reason=reason.strip()[:LONGEST_REASON],
        author=actor.key,
    )
    told = {
        "purpose": purpose,
        "number": number,
        "why": row.why,
        "lowered": row.lowered,
        "candidate": row.candidate,
        "baseline": row.baseline,
        "reason": digest(row.reason),
    }
    record(event="route.overridden", target=f"route:{route}", actor=actor, data=told)
    return row
