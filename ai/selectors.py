"""Reading calls and phrases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from pydantic import BaseModel

from ai.grounding.phrases import fill
from ai.language import primary
from ai.models import Call, CallOutcome, CallUse, Phrase
from ai.purposes import purpose_named

__all__ = [
    "CallOutcome",
    "CallUse",
    "CallView",
    "call_get",
    "call_view",
    "calls",
    "cost_of_run",
    "fallbacks",
    "offline_only",
    "phrases_of",
]


@dataclass(frozen=True, kw_only=True)
class CallView:
    """One call as the API and pages show it, without prompt and answer. `cost_usd` is in US dollars."""

    id: UUID
    purpose: str
    provider: str
    model_requested: str
    model_served: str
    fallback_reason: str | None
    prompt_version: str
    use: str
    workflow: str
    run_id: str
    step: str
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal
    cost_known: bool
    latency_ms: int
    outcome: str
    error: str
    finding: str
    checks: list[dict[str, Any]]
    created_at: datetime


def calls(*, run_id: str | UUID | None = None, purpose: str | None = None, use: str | None = None) -> QuerySet[Call]:
    """Calls of this tenant, newest first, of one run, purpose or use where asked; read them through `call_view`."""
    rows = Call.objects.order_by("-id")
    if run_id:
        rows = rows.filter(run_id=str(run_id))
    if purpose:
        rows = rows.filter(purpose=purpose)
    return rows.filter(use=use) if use else rows


def call_view(row: Call) -> CallView:
    """A row as it may be shown."""
    return CallView(**{name: getattr(row, name) for name in CallView.__dataclass_fields__})


def was_asked(*, purpose: str, inputs: BaseModel, run_id: UUID, step: str) -> bool:
    """Whether a step of a run was answered about exactly these inputs."""
    asked = purpose_named(purpose)
    rows = Call.objects.filter(run_id=str(run_id), step=step, purpose=purpose, outcome=CallOutcome.SUCCEEDED)
    return any(
        found == asked.inputs_digest(inputs, prompt_version=version)
        for found, version in rows.values_list("inputs_digest", "prompt_version")
    )


def call_get(call: UUID) -> CallView | None:
    """One call; None where there is none of that id."""
    row = Call.objects.filter(pk=call).first()
    return call_view(row) if row else None


def cost_since(since: datetime) -> Decimal:
    """What the answers since then have cost, in US dollars."""
    total = Call.objects.filter(created_at__gte=since).aggregate(total=Sum("cost_usd"))["total"]
    return Decimal(total or 0)


def cost_of_run(run_id: str | UUID) -> Decimal:
    """What all calls of a run have cost so far, in US dollars, failed ones included."""
    spent = Call.objects.filter(run_id=str(run_id)).aggregate(sum=Sum("cost_usd"))["sum"]
    return spent or Decimal(0)


def phrases_of(*, agency: str, signer: str = "", language: str | None = None) -> tuple[str, ...]:
    """The tenant's phrases, `{name}` standing for the customer's first name; those that lack another name are left out.

    With a `language` (BCP 47) only its phrases and those for all languages.
    """
    rows = Phrase.objects.order_by("part", "language", "text")
    if language is not None:
        rows = rows.filter(Q(language=primary(language)) | Q(language=""))
    names = {"agency": agency, "signer": signer}
    filled = (fill(text, names) for text in rows.values_list("text", flat=True))
    return tuple(dict.fromkeys(phrase for phrase in filled if phrase))


@dataclass(frozen=True)
class Spend:
    """What calls cost in US dollars, how many there were, and how many of them were worked out offline."""

    usd: Decimal
    calls: int
    offline: int


def spend(*, since: datetime) -> Spend:
    """What all calls since then cost, failed ones included."""
    found = Call.objects.filter(created_at__gte=since).aggregate(
        usd=Sum("cost_usd"), calls=Count("pk"), offline=Count("pk", filter=Q(provider="local"))
    )
    return Spend(found["usd"] or Decimal(0), found["calls"], found["offline"])


def offline_only() -> bool:
    """Whether no vendor is asked at all: there is no key, or the settings say so."""
    env = settings.COUNTERSIGN
    return env.ai_provider == "local" or not env.anthropic_api_key


@dataclass(frozen=True)
class Fallback:
    """How often one model answered in the place of another, and why; `calls` are all answers of the purpose."""

    purpose: str
    requested: str
    served: str
    reason: str
    count: int
    calls: int

    @property
    def share(self) -> str:
        """12 %"""
        return f"{self.count / self.calls:.0%}".replace("%", " %")


MOST_FALLBACKS = 50


def fallbacks(*, since: datetime) -> list[Fallback]:
    """The fallbacks since then, the most frequent first."""
    answers = Call.objects.filter(created_at__gte=since, outcome=CallOutcome.SUCCEEDED, use=CallUse.WORK)
    total = dict(answers.values_list("purpose").annotate(count=Count("pk")))
    fell_back = answers.filter(fallback_reason__isnull=False)
    groups = fell_back.values_list("purpose", "model_requested", "model_served", "fallback_reason")
    rows = groups.annotate(count=Count("pk")).order_by("-count")[:MOST_FALLBACKS]
    return [
        Fallback(purpose, requested, served, reason or "", count, total[purpose])
        for purpose, requested, served, reason, count in rows
    ]
