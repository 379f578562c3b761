"""Whose the texts of runs are: what a run read, put out, planned and did is about its customer."""

from django.db.models import Q

from audit.erasing import CUSTOMER, Personal, Subject, declare, nothing, shape, words
from workflows.engine.cancelling import REASONS
from workflows.models import (
    Attempt,
    Automation,
    Correction,
    Effect,
    Erasure,
    Event,
    Run,
    Step,
    UndoPlan,
    Workflow,
    WorkflowVersion,
)

OURS = "a word or an id of ours"
WRITTEN = "what the tenant wrote about its work"
KEPT = (
    "kind", "op", "field", "step", "action", "status", "intent", "language", "provider", "model_requested",
    "model_served", "prompt_version", "cost_usd", "latency_ms", "input_tokens", "output_tokens", "hold_seconds",
    "version", "start", "end", "n", "verdict", "output_as", "auto_generated", "does", "why", "fate", "created",
    "$step", "policy", "count",
)  # fmt: skip
DOCUMENT = Personal("customer", shape(*KEPT, said=("provenance.prompt_version", "provenance.fallback_reason")))


def _why(error: str) -> str:
    """Of what is said of a run that ended, the sentence that is ours."""
    return next((sentence for sentence in REASONS.values() if error.startswith(sentence)), words(error))


def _of_steps(subject: Subject) -> Q:
    return Q(step__run__in=subject.runs)


declare(Automation, {"reason": WRITTEN, "changed_by": OURS})
declare(Workflow, {"slug": OURS})
declare(WorkflowVersion, {"source": WRITTEN, "definition": WRITTEN, "digest": "a digest", "author": OURS})
declare(
    Event,
    {"type": OURS, "data": DOCUMENT},
    customer=lambda subject: (
        Q(pk__in=Run.objects.filter(pk__in=subject.runs).values("event")) | Q(pk__in=subject.records)
    ),
)
declare(
    Run,
    {"thread": OURS, "error": Personal("customer", _why), "cause": OURS},
    customer=lambda subject: Q(pk__in=subject.runs),
)
declare(
    Step,
    {"key": OURS, "kind": OURS, "given": DOCUMENT, "output": DOCUMENT, "error": CUSTOMER},
    customer=lambda subject: Q(run__in=subject.runs),
)
declare(Attempt, {"error_class": OURS, "error": CUSTOMER}, customer=_of_steps)
declare(
    Effect,
    {"key": OURS, "action": OURS, "risk": OURS, "plan": DOCUMENT, "outcome": DOCUMENT},
    customer=lambda subject: Q(run__in=subject.runs),
    also=lambda: {"reversible": False},
)
declare(
    UndoPlan,
    {
        "put_back": OURS,
        "document": DOCUMENT,
        "results": DOCUMENT,
        "error": CUSTOMER,
        "digest": "a digest of far more than anybody could guess",
        "created_by": OURS,
        "started_by": OURS,
    },
    customer=lambda subject: Q(runs__overlap=list(subject.runs)),
)
declare(
    Correction,
    {"thread": OURS, "text": Personal("customer", nothing)},
    customer=lambda subject: Q(effect__run__in=subject.runs),
)
declare(
    Erasure,
    {"requested_by": OURS, "found": "ids", "counts": "numbers", "error": "of the database: ids and names of columns"},
)
