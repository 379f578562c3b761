"""What people made of a proposal, told to the AI's floor for the version that made it."""

from uuid import UUID

from django.utils import timezone

from ai.quality.services import Judged, judgement_keep
from approvals.selectors import approval_get
from workflows.models import Run


def judged(*, approval: UUID, run: UUID, decision: str) -> None:
    """Keep what people made of a proposal, in the transaction that decides it."""
    found, now = approval_get(approval), timezone.now()
    workflow, version = Run.objects.values_list("version__workflow__slug", "version__number").get(pk=run)
    document = found.document
    provenance, reply = document.get("provenance") or {}, document.get("reply") or {}
    judgement_keep(
        Judged(
            approval=approval,
            workflow=workflow,
            version=version,
            intent=str((document.get("understood") or {}).get("intent") or ""),
            provider=str(provenance.get("provider") or ""),
            model=str(provenance.get("model_served") or ""),
            prompt_version=str(provenance.get("prompt_version") or ""),
            fell_back=bool(provenance.get("fallback_reason")),
            decision=decision,
            rejection=found.decisions[-1].rejection if found.decisions else "",
            edited=bool(found.editors),
            drafted=found.drafted_text if reply else "",
            final=str(reply.get("text") or ""),
            waited=now - found.created_at,
            at=now,
            run=str(run),
        )
    )
