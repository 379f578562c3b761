"""Keeping what people made of proposals, in the transaction in which they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from ai.metrics import judgement_counted
from ai.models import Call, CallOutcome, CallUse, Judgement
from ai.quality.drift import look_soon
from ai.quality.edits import words_changed
from tenants.selectors import current

__all__ = ["Judged", "judgement_keep", "judgement_taken_back"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A decided proposal as the floor above tells it. `drafted` is its reply as the AI wrote it, empty where it has
    none; `final` as it was decided. `rejection`: the kind of reason for which it was rejected, empty where nobody said;
    `run`: whose calls are counted for it.
    """

    approval: UUID
    workflow: str
    version: int
    intent: str
    provider: str
    model: str
    prompt_version: str
    fell_back: bool
    decision: str
    edited: bool
    drafted: str
    final: str
    waited: timedelta
    at: datetime
    rejection: str = ""
    run: str = ""


def judgement_keep(judged: Judged) -> None:
    """Keep what people made of a proposal; the last decision about it stands."""
    row, _ = Judgement.objects.update_or_create(
        approval=judged.approval,
        defaults={
            "workflow": judged.workflow[:60],
            "version": judged.version,
            "intent": judged.intent[:60],
            "provider": judged.provider[:40],
            "model": judged.model[:100],
            "prompt_version": judged.prompt_version[:60],
            "fell_back": judged.fell_back,
            "decision": judged.decision,
            "rejection": judged.rejection[:20],
            "edited": judged.edited,
            "words_changed": words_changed(judged.drafted, judged.final) if judged.drafted else None,
            "waited": judged.waited,
            "at": judged.at,
            "taken_back_at": None,
            **_calls_of(judged.run),
        },
    )
    transaction.on_commit(partial(judgement_counted, row, current().slug))
    look_soon(workflow=judged.workflow[:60], version=judged.version)


def _calls_of(run: str) -> dict[str, Any]:
    """What a run's calls came to so far: what they cost, how long models took, and whether a fallback answered."""
    if not run:
        return {}
    fell_back = Count("pk", filter=Q(outcome=CallOutcome.SUCCEEDED, fallback_reason__isnull=False))
    asked = Call.objects.filter(run_id=run, use=CallUse.WORK)
    found = asked.aggregate(cost=Sum("cost_usd"), took=Sum("latency_ms"), fell_back=fell_back)
    if found["cost"] is None:
        return {}
    return {"cost_usd": found["cost"], "latency_ms": found["took"], "run_fell_back": found["fell_back"] > 0}


def judgement_taken_back(*, approval: UUID) -> None:
    """Note that people took an approved reply back before it left."""
    Judgement.objects.filter(approval=approval).update(taken_back_at=timezone.now())
