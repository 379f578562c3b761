"""Consuming what was approved: compared once more with its digest, with the facts and with who approved it."""

from typing import Literal
from uuid import UUID

from accounts.selectors import person_get
from approvals.binding import rewritten
from approvals.deciders import DECIDE, own_work, why_not
from approvals.errors import AlreadyDecided
from approvals.models import APPROVAL_MOVES, Approval, ApprovalStatus, Decision
from approvals.proposals import Approvers, Changed, Fact, origin
from approvals.selectors import ApprovalView
from approvals.services.access import GONE, locked, person_for
from audit.canonical import digest as digest_of
from audit.canonical import plain
from audit.services import Actor, transition

S = ApprovalStatus


def changed_facts(approval: Approval, *, applied: bool = False) -> list[Changed]:
    """The facts of a proposal that no longer hold, and what it says that was forbidden since; `applied`: what it wrote
    itself is in place.
    """
    changed = origin().changed([Fact(**fact) for fact in approval.basis], applied=applied)
    return changed + origin().forbidden(document=approval.document, binding=approval.binding)


def mark_stale(approval: Approval, changed: list[Changed], actor: Actor) -> None:
    """Have people look again: what was shown is no longer so."""
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
    approval = locked(approval_id)
    if approval.status != S.APPROVED:
        raise AlreadyDecided(f"This {GONE.get(S(approval.status), 'waits for a decision')}.")
    return _holds(approval, actor, applied=False, to=S.EXECUTING)


def approval_recheck(*, approval_id: UUID, actor: Actor) -> bool:
    """Compare once more when a held message is about to leave; False: stale, it must not leave."""
    approval = locked(approval_id)
    if approval.status != S.EXECUTING:
        return False
    return _holds(approval, actor, applied=True)


def _holds(approval: Approval, actor: Actor, *, applied: bool, to: ApprovalStatus | None = None) -> bool:
    """Whether everything is as it was approved; then it goes on `to`, or else it has gone stale."""
    changed = (
        rewritten(approval)
        or origin().rewritten(
            run=approval.run, approval_id=approval.pk, approved=approval.digest, binding=approval.binding
        )
        or changed_facts(approval, applied=applied) + _approvers_lost(approval)
    )
    if changed:
        mark_stale(approval, changed, actor)
    elif to is not None:
        data = {"digest": approval.digest}
        transition(approval, moves=APPROVAL_MOVES, to=to, actor=actor, run=approval.run, data=data)
    return not changed


def _approvers_lost(approval: Approval) -> list[Changed]:
    """Whose approval of this digest counts no more; and that there are too few of them, should rows be gone."""
    named = origin().approvers(run=approval.run)
    decisions = list(approval.decisions.filter(decision="approve", digest=approval.digest))
    lost = [
        Changed(record=f"person:{decision.person}", field="may decide", was=True, is_=False)
        for decision in decisions
        if not _counts(decision, approval, named)
    ]
    found, needed = len({decision.person for decision in decisions}), approval.required_approvers
    if found < needed:
        lost.append(Changed(record=f"approval:{approval.pk}", field="approvals", was=needed, is_=found))
    return lost


def _counts(decision: Decision, approval: Approval, named: Approvers | None) -> bool:
    person = person_get(decision.person)
    if person is None or not person.active or DECIDE not in person.rights:
        return False
    refusal = why_not(person=person.id, role=person.role, approval=approval, named=named)
    return not (refusal or own_work(person=person.id, approval=approval))


def approval_settle(*, approval_id: UUID, to: Literal["executed", "failed"], actor: Actor) -> None:
    """Say how an approval that was being carried out has ended."""
    approval = locked(approval_id)
    data = {"digest": approval.digest}
    transition(approval, moves=APPROVAL_MOVES, to=to, actor=actor, run=approval.run, data=data)


def approval_recall(*, approval_id: UUID, actor: Actor) -> None:
    """A person takes an approval back while it is being carried out, in the transaction that stops its reply.

    Raises NotAllowed, and IllegalMove where it is not being carried out any more.
    """
    approval = locked(approval_id)
    person_for(DECIDE, approval=approval, actor=actor)
    data = {"digest": approval.digest}
    transition(approval, moves=APPROVAL_MOVES, to=S.TAKEN_BACK, actor=actor, run=approval.run, data=data)


def approval_take_back(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Have the origin stop the held reply of an approval; for surfaces of this floor.

    Raises NoSuchApproval, NotAllowed, TooLate, NothingHeld.
    """
    return origin().take_back(approval_id=approval_id, actor=actor)
