"""Changing what is proposed: by a person's edit, or to the facts as they are now. Neither ever executes."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import Person
from approvals.errors import AlreadyDecided
from approvals.models import APPROVAL_MOVES, Approval, ApprovalStatus
from approvals.proposals import Proposal, Revision, origin
from approvals.selectors import ApprovalView, view_of
from approvals.services.access import EDIT, held, locked, must_match, must_wait, person_for
from approvals.services.opening import fill
from approvals.signals import approval_decided
from audit.services import Actor, record, transition

S = ApprovalStatus


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
        approval = locked(approval_id)
        person = person_for(EDIT, approval=approval, actor=actor)
        must_wait(approval)
        must_match(approval, digest)
        proposal = _revised(approval, revision, person)
        approval.edited_by = person.name
        approval.editors = sorted({*approval.editors, str(person.id)})
        fill(approval, proposal)
        approval.save()
        record(
            event="approval.edited",
            target=f"approval:{approval.pk}",
            actor=actor,
            run=approval.run,
            data={
                "digest": approval.digest,
                "former": approval.former_digest,
                "fields": sorted(f"{step}.{field}" for step, fields in revision.edits.items() for field in fields),
                "left_out": sorted(revision.leave_out),
                "added": [str(item.get("action")) for item in revision.add],
            },
        )
        return view_of(approval)


def _revised(approval: Approval, revision: Revision, person: Person) -> Proposal:
    return origin().revise(
        run=approval.run, key=approval.key, document=approval.document, revision=revision, editor=person.name
    )


def approval_renew(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Plan a stale proposal again on the facts as they are now; it waits again, under a new digest."""
    with transaction.atomic():
        approval = held(approval_id)
        person = person_for(EDIT, approval=approval, actor=actor)
        if approval.status != S.STALE:
            raise AlreadyDecided("Only a proposal whose facts have changed can be renewed.")
        proposal = _revised(approval, Revision(), person)
        approval.expires_at = timezone.now() + approval.lasts
        fill(approval, proposal)
        approval.stale = []
        approval.save()
        data = {"digest": approval.digest, "former": approval.former_digest}
        transition(approval, moves=APPROVAL_MOVES, to=S.PENDING, actor=actor, run=approval.run, data=data)
        approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="renewed")
        return view_of(approval)
