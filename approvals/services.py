"""Opening proposals, editing them, deciding about them, and carrying out exactly what was decided."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import Person, person_get
from approvals.deciders import DECIDE, why_not
from approvals.errors import (
    AlreadyDecided,
    NoSuchApproval,
    NotAllowed,
    Refused,
    Stale,
    Unsupported,
    WrongDigest,
)
from approvals.models import APPROVAL_MOVES, OPEN, Approval, ApprovalStatus, Decision
from approvals.proposals import Changed, Fact, Proposal, Revision, origin
from approvals.selectors import ApprovalView, view_of
from approvals.signals import approval_decided
from audit.canonical import digest as digest_of
from audit.canonical import plain
from audit.services import Actor, record, transition

S = ApprovalStatus

GONE = {
    S.APPROVED: "was approved already",
    S.REJECTED: "was rejected already",
    S.EXPIRED: "has expired",
    S.WITHDRAWN: "was withdrawn",
    S.STALE: "rests on facts that have changed: renew it first",
    S.EXECUTING: "was approved already and is being carried out",
    S.EXECUTED: "was approved already and has happened",
    S.TAKEN_BACK: "was taken back",
    S.FAILED: "was approved, and failed",
}


def _bound(approval: UUID, proposal_binding: dict[str, Any], basis: list[dict[str, Any]], expires_at: object) -> str:
    """The digest over everything that a decision binds to."""
    return digest_of({"approval": approval, "binding": proposal_binding, "basis": basis, "expires_at": expires_at})


def _content(approval: UUID, proposal: Proposal, expires_at: object) -> dict[str, Any]:
    """The columns that a proposal fills, with the digest over them."""
    binding = plain(proposal.binding)
    basis = [plain(fact) for fact in proposal.basis]
    return {
        "title": proposal.title[:300],
        "risk": proposal.risk,
        "document": plain(proposal.document),
        "binding": binding,
        "basis": basis,
        "blocked_reason": proposal.blocked_reason[:300],
        "digest": _bound(approval, binding, basis, expires_at),
    }


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
        lasts=proposal.lasts,
        expires_at=timezone.now() + proposal.lasts,
        requester=proposal.requester,
    )
    for name, value in _content(approval.pk, proposal, approval.expires_at).items():
        setattr(approval, name, value)
    if edits_of is not None:
        former = Approval.objects.only("edited_by", "editors").get(pk=edits_of)
        approval.edited_by, approval.editors = former.edited_by, former.editors
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


def _locked(approval_id: UUID | str) -> Approval:
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise NoSuchApproval("There is no such approval.")
    return approval


def _held(approval_id: UUID | str) -> Approval:
    """The approval, locked as a worker locks it: after the work of its run, which a decision then wakes."""
    run = Approval.objects.filter(pk=approval_id).values_list("run", flat=True).first()
    if run is not None:
        origin().hold(run=run)
    return _locked(approval_id)


def _person(actor: Actor, right: str, approval: Approval | ApprovalView) -> Person:
    """The person who acts, if they may: the right, and that it is they who are asked."""
    person = person_get(actor.person) if actor.person else None
    if person is None or not person.active:
        raise NotAllowed("Only a person of this workspace can decide.")
    if right not in person.rights:
        raise NotAllowed(f"{person.name} may not do this: ask a manager for the right.")
    named = origin().approvers(run=approval.run)
    if refusal := why_not(person=person.id, role=person.role, approval=approval, named=named):
        raise NotAllowed(f"{refusal} {person.name} is {person.role}.")
    return person


def decider(*, approval: ApprovalView, actor: Actor) -> Person:
    """The person who acts, if they may decide about this proposal; raises NotAllowed."""
    return _person(actor, DECIDE, approval)


def _must_wait(approval: Approval) -> None:
    if approval.status != S.PENDING:
        by = approval.decisions.order_by("-at").first()
        who = f" {by.name} decided." if by and approval.status in (S.APPROVED, S.REJECTED, S.EXECUTING) else ""
        raise AlreadyDecided(f"This {GONE[S(approval.status)]}.{who} Nothing was done twice.")
    if approval.expires_at <= timezone.now():
        raise AlreadyDecided("This has expired.")


def _must_match(approval: Approval, digest: str) -> None:
    if digest != approval.digest:
        raise WrongDigest("This proposal has changed since you saw it. Read it again, then decide.")


def _changed(approval: Approval, *, applied: bool = False) -> list[Changed]:
    return origin().changed([Fact(**fact) for fact in approval.basis], applied=applied)


def approval_edit(
    *,
    approval_id: UUID | str,
    digest: str,
    actor: Actor,
    edits: dict[str, dict[str, Any]] | None = None,
    leave_out: list[str] | None = None,
    add: list[dict[str, Any]] | None = None,
) -> ApprovalView:
    """Change what is proposed. Never executes: it is planned and checked anew, gets a new digest, and waits.

    Raises NotAllowed, AlreadyDecided, WrongDigest, InvalidEdit.
    """
    revision = Revision(edits=edits or {}, leave_out=leave_out or [], add=add or [])
    with transaction.atomic():
        approval = _locked(approval_id)
        person = _person(actor, "approvals.change_approval", approval)
        _must_wait(approval)
        _must_match(approval, digest)
        proposal = origin().revise(
            run=approval.run, key=approval.key, document=approval.document, revision=revision, editor=person.name
        )
        former = approval.digest
        _refill(approval, proposal)
        approval.edited_by = person.name
        approval.editors = sorted({*approval.editors, str(person.id)})
        approval.save()
        record(
            event="approval.edited",
            target=f"approval:{approval.pk}",
            actor=actor,
            run=approval.run,
            data={
                "digest": approval.digest,
                "former": former,
                "fields": sorted(f"{step}.{field}" for step, fields in revision.edits.items() for field in fields),
                "left_out": sorted(revision.leave_out),
                "added": [str(item.get("action")) for item in revision.add],
            },
        )
        return view_of(approval)


def _refill(approval: Approval, proposal: Proposal) -> None:
    approval.former_digest = approval.digest
    for name, value in _content(approval.pk, proposal, approval.expires_at).items():
        setattr(approval, name, value)


def approval_renew(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Plan a stale proposal again on the facts as they are now; it waits again, under a new digest."""
    with transaction.atomic():
        approval = _held(approval_id)
        person = _person(actor, "approvals.change_approval", approval)
        if approval.status != S.STALE:
            raise AlreadyDecided("Only a proposal whose facts have changed can be renewed.")
        proposal = origin().revise(
            run=approval.run, key=approval.key, document=approval.document, revision=Revision(), editor=person.name
        )
        former = approval.digest
        approval.expires_at = timezone.now() + approval.lasts
        _refill(approval, proposal)
        approval.stale = []
        approval.save()
        data = {"digest": approval.digest, "former": former}
        transition(approval, moves=APPROVAL_MOVES, to=S.PENDING, actor=actor, run=approval.run, data=data)
        approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="renewed")
        return view_of(approval)


def approval_decide(
    *,
    approval_id: UUID | str,
    decision: Literal["approve", "reject"],
    digest: str,
    actor: Actor,
    comment: str = "",
) -> ApprovalView:
    """Approve or reject exactly what `digest` stands for; admin, portal and API decide through here.

    Raises NotAllowed, AlreadyDecided, WrongDigest, Unsupported, Stale. A proposal found stale is marked
    so, and waits to be renewed.
    """
    with transaction.atomic():
        approval = _held(approval_id)
        person = _person(actor, DECIDE, approval)
        if not (decision == "reject" and approval.status == S.STALE):
            _must_wait(approval)
        _must_match(approval, digest)
        stale: list[Changed] = []
        if decision == "approve":
            if approval.requester == person.id:
                raise NotAllowed("You caused this request: somebody else must approve it.")
            if approval.required_approvers > 1 and str(person.id) in approval.editors:
                raise NotAllowed("You have edited this, so you are one of its authors: others must approve it.")
            if approval.blocked_reason:
                raise Unsupported(approval.blocked_reason)
            stale = _changed(approval)
        if stale:
            _mark_stale(approval, stale, actor)
        else:
            _decided(approval, person, decision, comment, actor)
    if stale:
        raise Stale("What this rests on has changed. Renew it, read it again, then decide.", approval.stale)
    return view_of(approval)


def _decided(approval: Approval, person: Person, decision: str, comment: str, actor: Actor) -> None:
    if approval.decisions.filter(person=person.id, digest=approval.digest).exists():
        raise AlreadyDecided("You have decided already; another person is needed.")
    Decision.objects.create(
        approval=approval,
        person=person.id,
        name=person.name,
        decision=decision,
        digest=approval.digest,
        comment=comment.replace("\0", ""),
    )
    data = {"digest": approval.digest}
    approvers = approval.decisions.filter(decision="approve", digest=approval.digest).count()
    if decision == "approve" and approvers < approval.required_approvers:
        record(event="approval.seconded", target=f"approval:{approval.pk}", actor=actor, run=approval.run, data=data)
        return
    if comment:
        data["comment"] = digest_of({"comment": comment, "approval": approval.pk})
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


def _mark_stale(approval: Approval, changed: list[Changed], actor: Actor) -> None:
    approval.stale = [plain(fact.model_dump(by_alias=True)) for fact in changed]
    facts = sorted(f"{fact.record}.{fact.field}" for fact in changed)
    transition(
        approval,
        moves=APPROVAL_MOVES,
        to=S.STALE,
        actor=actor,
        run=approval.run,
        data={"digest": approval.digest, "facts": [digest_of(fact)[:16] for fact in facts]},
        changes={"stale": approval.stale},
    )


def approval_execute(*, approval_id: UUID, actor: Actor) -> bool:
    """Consume an approval, in the transaction that carries it out: True when it may be carried out now.

    Digest, facts and the deciders' rights are compared again. False: it has gone stale, nothing may be
    done, and people are asked.
    """
    approval = _locked(approval_id)
    if approval.status != S.APPROVED:
        raise AlreadyDecided(f"This {GONE.get(S(approval.status), 'waits for a decision')}.")
    data = {"digest": approval.digest}
    transition(approval, moves=APPROVAL_MOVES, to=S.EXECUTING, actor=actor, run=approval.run, data=data)
    return _still_holds(approval, actor, applied=False)


def approval_recheck(*, approval_id: UUID, actor: Actor) -> bool:
    """Compare once more when a held message is about to leave; False: stale, it must not leave."""
    approval = _locked(approval_id)
    if approval.status != S.EXECUTING:
        return False
    return _still_holds(approval, actor, applied=True)


def _still_holds(approval: Approval, actor: Actor, *, applied: bool) -> bool:
    if _bound(approval.pk, approval.binding, approval.basis, approval.expires_at) != approval.digest:
        changed = [Changed(record=f"approval:{approval.pk}", field="digest", was=approval.digest, is_="another")]
    else:
        changed = _changed(approval, applied=applied) + _lost_rights(approval)
    if changed:
        _mark_stale(approval, changed, actor)
    return not changed


def _lost_rights(approval: Approval) -> list[Changed]:
    lost = []
    named = origin().approvers(run=approval.run)
    for decision in approval.decisions.filter(decision="approve", digest=approval.digest):
        person = person_get(decision.person)
        decides = person is not None and person.active and DECIDE in person.rights
        role = person.role if person else ""
        if not decides or why_not(person=decision.person, role=role, approval=approval, named=named):
            lost.append(Changed(record=f"person:{decision.person}", field="may decide", was=True, is_=False))
    return lost


def approval_settle(*, approval_id: UUID, to: Literal["executed", "failed"], actor: Actor) -> None:
    """Say how an approval that was being carried out has ended."""
    approval = _locked(approval_id)
    data = {"digest": approval.digest}
    transition(approval, moves=APPROVAL_MOVES, to=to, actor=actor, run=approval.run, data=data)


def approval_recall(*, approval_id: UUID, actor: Actor) -> None:
    """A person takes an approval back while it is being carried out, in the transaction that stops its reply.

    Raises NotAllowed, and IllegalMove where it is not being carried out any more.
    """
    approval = _locked(approval_id)
    _person(actor, DECIDE, approval)
    data = {"digest": approval.digest}
    transition(approval, moves=APPROVAL_MOVES, to=S.TAKEN_BACK, actor=actor, run=approval.run, data=data)


def approval_take_back(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Have the origin stop the held reply of an approval; for surfaces of this floor.

    Raises NoSuchApproval, NotAllowed, TooLate, NothingHeld.
    """
    return origin().take_back(approval_id=approval_id, actor=actor)


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
    approval = _locked(approval_id)
    if approval.status != S.PENDING or approval.expires_at > timezone.now():
        return None
    data = {"digest": approval.digest}
    if not approval.escalate_to:
        transition(approval, moves=APPROVAL_MOVES, to=S.EXPIRED, actor=actor, run=approval.run, data=data)
        approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="expired")
        return None
    former, role = approval.digest, approval.escalate_to
    approval.expires_at = timezone.now() + approval.lasts
    approval.approver_role, approval.escalate_to = role, ""
    approval.former_digest = former
    approval.digest = _bound(approval.pk, approval.binding, approval.basis, approval.expires_at)
    approval.save()
    record(
        event="approval.escalated",
        target=f"approval:{approval.pk}",
        actor=actor,
        run=approval.run,
        data={"digest": approval.digest, "former": former, "role": role},
    )
    return approval.lasts


__all__ = [
    "Refused",
    "approval_decide",
    "approval_edit",
    "approval_execute",
    "approval_expire",
    "approval_recall",
    "approval_recheck",
    "approval_renew",
    "approval_settle",
    "approval_take_back",
    "approvals_withdraw",
    "decider",
    "proposal_open",
]
