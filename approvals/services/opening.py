"""Putting a proposal before people, and having it go on or end when nobody decides."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from approvals.binding import bound
from approvals.models import APPROVAL_MOVES, OPEN, Approval, ApprovalStatus
from approvals.proposals import Proposal
from approvals.services.access import locked
from approvals.signals import approval_decided
from audit.canonical import plain
from audit.services import Actor, record, transition

S = ApprovalStatus


def proposal_open(*, proposal: Proposal, actor: Actor, edits_of: UUID | None = None) -> UUID:
    """Put a proposal before people, in the caller's transaction. Returns the approval's id.

    `edits_of` is a former one whose edits it keeps: who made them are authors of this one too.
    """
    approval = Approval(
        run=proposal.run,
        key=proposal.key,
        thread=proposal.thread,
        drafted_text=proposal.drafted_text,
        approver_role=proposal.approver_role,
        required_approvers=proposal.required_approvers,
        escalate_to=proposal.escalate_to,
        escalate_count=proposal.escalate_count,
        lasts=proposal.lasts,
        expires_at=timezone.now() + proposal.lasts,
    )
    if edits_of is not None:
        former = Approval.objects.only("edited_by", "editors").get(pk=edits_of)
        approval.edited_by, approval.editors = former.edited_by, former.editors
    fill(approval, proposal)
    approval.save(force_insert=True)
    record(
        event="approval.opened",
        target=f"approval:{approval.pk}",
        actor=actor,
        run=approval.run,
        data={
            "digest": approval.digest,
            "risk": approval.risk,
            "actions": [action["action"] for action in approval.document.get("actions", [])],
            "expires_at": approval.expires_at,
        },
    )
    return approval.pk


def fill(approval: Approval, proposal: Proposal) -> None:
    """Put what is proposed into the row, with the digest over it and over what the row has already."""
    content: dict[str, Any] = {
        "title": proposal.title[:300],
        "risk": proposal.risk,
        "document": plain(proposal.document),
        "binding": plain(proposal.binding),
        "basis": [plain(fact) for fact in proposal.basis],
        "blocked_reason": proposal.blocked_reason[:300],
        "requesters": sorted({*approval.requesters, *proposal.requesters}),
    }
    for name, value in content.items():
        setattr(approval, name, value)
    approval.former_digest, approval.digest = approval.digest, bound(approval)


def approvals_withdraw(*, run: UUID | str, reason: str, actor: Actor) -> list[UUID]:
    """Withdraw what a run still waits for; `reason` is a word such as `newer_message`. Returns the ids."""
    found = list(Approval.objects.select_for_update().filter(run=run, status__in=OPEN))
    for approval in found:
        transition(
            approval, moves=APPROVAL_MOVES, to=S.WITHDRAWN, actor=actor, run=approval.run, data={"reason": reason}
        )
    return [approval.pk for approval in found]


def approval_expire(*, approval_id: UUID, actor: Actor) -> timedelta | None:
    """Nobody decided in time: pass it on to the next role, once, or let it expire.

    Returns how long the next one has; None when it expired or was decided meanwhile.
    """
    approval = locked(approval_id)
    if approval.status != S.PENDING or approval.expires_at > timezone.now():
        return None
    data: dict[str, Any] = {"digest": approval.digest}
    if not approval.escalate_to:
        transition(approval, moves=APPROVAL_MOVES, to=S.EXPIRED, actor=actor, run=approval.run, data=data)
        approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="expired")
        return None
    _escalate(approval)
    data = {"digest": approval.digest, "former": approval.former_digest, "role": approval.approver_role}
    record(event="approval.escalated", target=f"approval:{approval.pk}", actor=actor, run=approval.run, data=data)
    return approval.lasts


def _escalate(approval: Approval) -> None:
    """Ask the next role, and as many of them as it says, though never fewer than were asked before."""
    approval.approver_role, approval.escalate_to = approval.escalate_to, ""
    approval.delegated_to, approval.delegated_name = None, ""
    approval.required_approvers = max(approval.required_approvers, approval.escalate_count)
    approval.expires_at = timezone.now() + approval.lasts
    approval.former_digest, approval.digest = approval.digest, bound(approval)
    approval.save()
