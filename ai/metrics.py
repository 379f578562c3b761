"""What calls of models and people's decisions count for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from ai.models import Call, Judgement
from observability.metrics import Sample, count, metric
from tenants.selectors import current

CALLS = metric(
    "countersign_ai_calls_total", "Calls of models, and answers worked out offline",
    "tenant", "purpose", "use", "provider", "model", "outcome", "error",
)  # fmt: skip
FALLBACKS = metric(
    "countersign_ai_fallbacks_total", "Answers of another model than the one that was asked first",
    "tenant", "purpose", "requested", "served",
)  # fmt: skip
FINDINGS = metric(
    "countersign_ai_check_findings_total", "Answers in which a check found something", "tenant", "purpose", "check"
)
TOKENS = metric("countersign_ai_tokens_total", "Tokens that calls used", "tenant", "model", "kind")
COST = metric("countersign_ai_cost_usd_total", "What calls cost, in US dollars", "tenant", "purpose", "model")
SECONDS = metric(
    "countersign_ai_call_seconds", "How long calls took, in seconds", "purpose", "provider", kind="histogram",
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0),
)  # fmt: skip
DECIDED = metric(
    "countersign_proposals_decided_total", "Proposals that people decided",
    "tenant", "workflow", "version", "decision", "edited",
)  # fmt: skip


def call_counted(row: Call) -> None:
    """Count a call of the current tenant whose outcome stands and is committed."""
    count(_samples_of(row, current().slug))


def _samples_of(row: Call, tenant: str) -> Iterator[Sample]:
    model = row.model_served or row.model_requested
    yield Sample(CALLS, 1, (tenant, row.purpose, str(row.use), row.provider, model, str(row.outcome), row.error))
    yield Sample(SECONDS, row.latency_ms / 1000, (row.purpose, row.provider))
    if row.fallback_reason is not None and row.outcome == "succeeded":
        yield Sample(FALLBACKS, 1, (tenant, row.purpose, row.model_requested, model))
    for check in row.failed_checks:
        yield Sample(FINDINGS, 1, (tenant, row.purpose, check))
    tokens = {
        "input": row.input_tokens,
        "output": row.output_tokens,
        "cache_read": row.cache_read_tokens,
        "cache_write": row.cache_write_5m_tokens + row.cache_write_1h_tokens,
    }
    for kind, used in tokens.items():
        if used:
            yield Sample(TOKENS, used, (tenant, model, kind))
    if row.cost_usd:
        yield Sample(COST, float(row.cost_usd), (tenant, row.purpose, model))


def judgement_counted(row: Judgement, tenant: str) -> None:
    """Count a decision that is committed."""
    edited = "yes" if row.edited else "no"
    count([Sample(DECIDED, 1, (tenant, row.workflow, str(row.version), row.decision, edited))])
