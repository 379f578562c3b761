"""Proposals that were decided, for tests of what is counted from them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from uuid_utils.compat import uuid7

from ai.models import Judgement
from ai.quality.services import Judged, judgement_keep


def made(workflow: str, number: int, **other: Any) -> Judgement:
    """A judgement of a proposal that was approved as drafted, nine of ten about inspections."""
    given: dict[str, Any] = {
        "id": UUID(str(uuid7())), "approval": uuid4(), "workflow": workflow, "version": 1,
        "intent": "question" if number % 10 == 0 else "inspection", "provider": "local", "model": "local",
        "prompt_version": "draft@1", "fell_back": False, "decision": "approve", "edited": False, "words_changed": 0.0,
        "waited": timedelta(minutes=1), "at": timezone.now(),
    }  # fmt: skip
    return Judgement(**(given | other))


def decided(workflow: str, count: int, **other: Any) -> None:
    """So many proposals are decided; the last one through the service, which makes a look due."""
    Judgement.objects.bulk_create(made(workflow, number, **other) for number in range(1, count))
    last = made(workflow, count, **other)
    judgement_keep(
        Judged(
            approval=last.approval, workflow=workflow, version=last.version, intent=last.intent,
            provider=last.provider, model=last.model, prompt_version=last.prompt_version, fell_back=False,
            decision=last.decision, edited=last.edited, drafted="a b", final="a b", waited=last.waited, at=last.at,
        )
    )  # fmt: skip
    # What its calls came to, as if its run had made some.
    known = {name: getattr(last, name) for name in ("cost_usd", "latency_ms", "run_fell_back")}
    Judgement.objects.filter(approval=last.approval).update(**known)
