"""Deciding about exactly what was seen: one service for admin, portal, API and many at once."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import Person
from approvals.binding import rewritten
from approvals.deciders import DECIDE, own_work
from approvals.errors import AlreadyDecided, InvalidRejection, NotAllowed, Stale, Unsupported
from approvals.models import APPROVAL_MOVES, Approval, ApprovalStatus, Decision, RejectionKind
from approvals.proposals import Changed
from approvals.selectors import ApprovalView, view_of
from approvals.services.access import held, must_match, must_wait, person_for
from approvals.services.executing import changed_facts, mark_stale
from approvals.signals import approval_decided
from audit.canonical import digest as digest_of
from audit.services import Actor, record, transition

S = ApprovalStatus


def approval_decide(
    *,
    approval_id: UUID | str,
    decision: Literal["approve", "reject"],
    digest: str,
    actor: Actor,
    comment: str = "",
    rejection: str = "",
) -> ApprovalView:
    """Approve or reject exactly what `digest` stands for; every surface decides through here. `rejection`: one of
    RejectionKind, where somebody says why they reject it.

    Raises NotAllowed, AlreadyDecided, WrongDigest, Unsupported, Stale, InvalidRejection. A proposal found stale is
    marked so, and waits to be renewed.
    """
    if rejection and (decision != "reject" or rejection not in RejectionKind):
        raise InvalidRejection(f"Only a rejection has a reason, and it is one of {', '.join(RejectionKind)}.")
    with transaction.atomic():
        approval = held(approval_id)
        person = person_for(DECIDE, approval=approval, actor=actor)
        if not (decision == "reject" and approval.status == S.STALE):
            must_wait(approval)
        must_match(approval, digest)
        stale = _refused_or_stale(approval, person) if decision == "approve" else []
        if stale:
            mark_stale(approval, stale, actor)
        else:
            _decided(approval, person, decision, comment, rejection, actor)
    if stale:
        raise Stale("What this rests on has changed. Renew it, read it again, then decide.", approval.stale)
    return view_of(approval)


def _refused_or_stale(approval: Approval, person: Person) -> list[Changed]:
    """What has changed since it was shown; raises where this person, or nobody, can approve it as it stands."""
    if refusal := own_work(person=person.id, approval=approval):
        raise NotAllowed(refusal)
    if approval.blocked_reason:
        raise Unsupported(approval.blocked_reason)
    return rewritten(approval) or changed_facts(approval)


def _decided(approval: Approval, person: Person, decision: str, comment: str, rejection: str, actor: Actor) -> None:
    if approval.decisions.filter(person=person.id, digest=approval.digest).exists():
        raise AlreadyDecided("You have decided already; another person is needed.")
    Decision.objects.create(
        approval=approval,
        person=person.id,
        name=person.name,
        decision=decision,
        digest=approval.digest,
        comment=comment.replace("\0", ""),
        rejection=rejection,
    )
    data: dict[str, Any] = {"digest": approval.digest}
    approvers = approval.decisions.filter(decision="approve", digest=approval.digest).count()
    if decision == "approve" and approvers < approval.required_approvers:
        record(event="approval.seconded", target=f"approval:{approval.pk}", actor=actor, run=approval.run, data=data)
        return
    if rejection:
        data["rejection"] = rejection
    if comment:
        # Short enough to be guessed, so with what an erasure takes and nobody could guess.
        shown = {"approval": approval.pk, "document": approval.document}
        data["comment"] = digest_of({"comment": comment, **shown})
    to = S.APPROVED if decision == "approve" else S.REJECTED
    transition(
        approval,
        moves=APPROVAL_MOVES,
        to=to,
        actor=actor,
        run=approval.run,
        data=data,
        changes={"decided_at": timezone.now()},
    )
    approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision=decision)
