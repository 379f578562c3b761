"""Whose the texts of proposals are: what one shows is about its customer, who edited and decided is a colleague."""

from django.db.models import Q

from approvals.models import Approval, Decision, Question
from audit.erasing import COLLEAGUE, CUSTOMER, Personal, declare, named_by, nothing, shape

DIGEST = "a digest of far more than anybody could guess"
OURS = "a word, an id or a sentence of ours"
KEPT = (
    "kind", "op", "field", "step", "action", "risk", "reversible", "editable", "verdict", "n", "evidence", "supported",
    "start", "end", "hold_seconds", "size", "version", "left_out", "intent", "language", "provider", "model_requested",
    "model_served", "prompt_version", "cost_usd", "latency_ms", "input_tokens", "output_tokens", "policy", "flags",
    "check", "spf", "dkim", "dmarc", "content_type", "writes", "if_expired",
)  # fmt: skip
SAID = (
    "actions.label", "changes.field_label", ".reasons", "provenance.prompt_version", "provenance.fallback_reason",
)  # fmt: skip
DOCUMENT = Personal("customer", shape(*KEPT, said=SAID, own={"listing", "knowledge"}))

declare(
    Approval,
    {
        "title": CUSTOMER,
        "document": DOCUMENT,
        "binding": DOCUMENT,
        "basis": DOCUMENT,
        "stale": DOCUMENT,
        "drafted_text": Personal("customer", nothing),
        "edited_by": COLLEAGUE,
        "claimed_name": named_by("claimed_by"),
        "delegated_name": named_by("delegated_to"),
        "searched": "made of the title and the document by the database",
        "digest": DIGEST,
        "former_digest": DIGEST,
        **dict.fromkeys(("key", "thread", "risk", "blocked_reason", "approver_role", "escalate_to", "editors"), OURS),
    },
    customer=lambda subject: Q(run__in=subject.runs),
    colleague=lambda subject: (
        Q(editors__contains=[str(subject.id)]) | Q(claimed_by=subject.id) | Q(delegated_to=subject.id)
    ),
)
declare(
    Question,
    {
        "note": CUSTOMER,
        "answer": CUSTOMER,
        "asker_name": named_by("asker"),
        "colleague_name": named_by("colleague"),
        "outcome": OURS,
    },
    customer=lambda subject: Q(approval__run__in=subject.runs),
    colleague=lambda subject: Q(asker=subject.id) | Q(colleague=subject.id),
)
declare(
    Decision,
    {"comment": CUSTOMER, "name": COLLEAGUE, "decision": OURS, "rejection": OURS, "digest": DIGEST},
    customer=lambda subject: Q(approval__run__in=subject.runs),
    colleague=lambda subject: Q(person=subject.id),
)
