"""A proposal under lock, and who may do something with it."""

from uuid import UUID

from django.utils import timezone

from accounts.selectors import Person, person_get
from approvals.deciders import DECIDE, given_away, why_not
from approvals.errors import AlreadyDecided, NoSuchApproval, NotAllowed, WrongDigest
from approvals.models import Approval, ApprovalStatus
from approvals.proposals import origin
from approvals.selectors import ApprovalView
from audit.services import Actor

S = ApprovalStatus
EDIT = "approvals.change_approval"
GONE = {
    S.ASKED: "waits for the answer of a colleague: take the question back first",
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


def locked(approval_id: UUID | str) -> Approval:
    """The proposal, locked until the commit; raises NoSuchApproval."""
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise NoSuchApproval("There is no such approval.")
    return approval


def held(approval_id: UUID | str) -> Approval:
    """The proposal, locked as a worker locks it: after the work of its run, which a decision then wakes."""
    run = Approval.objects.filter(pk=approval_id).values_list("run", flat=True).first()
    if run is not None:
        origin().hold(run=run)
    return locked(approval_id)


def person_for(right: str, *, approval: Approval | ApprovalView, actor: Actor) -> Person:
    """The person who acts, if they may: the right, and that it is they who are asked. Raises NotAllowed."""
    person = person_get(actor.person) if actor.person else None
    if person is None or not person.active:
        raise NotAllowed("Only a person of this workspace can decide.")
    if right not in person.rights:
        raise NotAllowed(f"{person.name} may not do this: ask a manager for the right.")
    named = origin().approvers(run=approval.run)
    refusal = why_not(person=person.id, role=person.role, approval=approval, named=named)
    if refusal := refusal or given_away(person=person.id, role=person.role, approval=approval):
        raise NotAllowed(f"{refusal} {person.name} is {person.role}.")
    return person


def decider(*, approval: ApprovalView, actor: Actor) -> Person:
    """The person who acts, if they may decide about this proposal; raises NotAllowed."""
    return person_for(DECIDE, approval=approval, actor=actor)


def must_wait(approval: Approval) -> None:
    """Raises AlreadyDecided, with who was first, where nobody is asked any more."""
    if approval.status != S.PENDING:
        by = approval.decisions.order_by("-at").first()
        who = f" {by.name} decided." if by and approval.status in (S.APPROVED, S.REJECTED, S.EXECUTING) else ""
        raise AlreadyDecided(f"This {GONE[S(approval.status)]}.{who} Nothing was done twice.")
    if approval.expires_at <= timezone.now():
        raise AlreadyDecided("This has expired.")


def must_match(approval: Approval, digest: str) -> None:
    """Raises WrongDigest where a person has not seen what stands there now."""
    if digest != approval.digest:
        raise WrongDigest("This proposal has changed since you saw it. Read it again, then decide.")
