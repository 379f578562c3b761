"""People working on one proposal together: who is on it, a question to a colleague, and giving it to somebody else."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import Person, person_get
from approvals.binding import bound
from approvals.deciders import CLAIM_LASTS, DECIDE, own_work, why_not
from approvals.errors import AlreadyClaimed, AlreadyDecided, NoSuchColleague, NotAllowed, NotAsked
from approvals.models import APPROVAL_MOVES, Approval, ApprovalStatus, Outcome, Question
from approvals.proposals import origin
from approvals.selectors import WAITING, ApprovalView, approval_get
from approvals.services.access import GONE, held, locked, must_wait, person_for
from approvals.signals import approval_decided
from audit.services import Actor, record, transition

S = ApprovalStatus
# While a colleague is asked, nothing expires; for so long at most, however many are asked one after another.
ASKED_AT_MOST = timedelta(hours=24)
ASKED_AT_LEAST = timedelta(minutes=1)


@transaction.atomic
def approval_claim(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Say "I'm on it": others see it, and may decide all the same.

    Raises NotAllowed, AlreadyDecided, AlreadyClaimed.
    """
    approval = locked(approval_id)
    person = person_for(DECIDE, approval=approval, actor=actor)
    _must_be_open(approval)
    now = timezone.now()
    claimed_at = approval.claimed_at
    if claimed_at and claimed_at > now - CLAIM_LASTS and approval.claimed_by != person.id:
        raise AlreadyClaimed(f"{approval.claimed_name} is on it already. You can decide it all the same.")
    _claimed(approval, person.id, person.name, now)
    _told("approval.claimed", approval, actor)
    return approval_get(approval.pk)


@transaction.atomic
def approval_release(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Be on it no more. Raises NotAllowed where somebody else is."""
    approval = locked(approval_id)
    if approval.claimed_by is None or approval.claimed_by != actor.person:
        raise NotAllowed("You are not on it, so there is nothing to release.")
    _claimed(approval, None, "", None)
    _told("approval.released", approval, actor)
    return approval_get(approval.pk)


@transaction.atomic
def approval_ask(*, approval_id: UUID | str, colleague: UUID, note: str, actor: Actor) -> ApprovalView:
    """Ask a colleague about a proposal. Until they answer, a person who decides takes the question back, or
    `ASKED_AT_MOST` has passed with this and former questions, nobody decides and nothing expires.

    Raises NotAllowed, AlreadyDecided, NoSuchColleague.
    """
    approval = held(approval_id)
    person = person_for(DECIDE, approval=approval, actor=actor)
    must_wait(approval)
    asked = _colleague(colleague, "approvals.view_approval")
    if asked.id == person.id:
        raise NoSuchColleague("colleague", "Ask somebody else than yourself.")
    if not (note := note.replace("\0", "").strip()):
        raise NoSuchColleague("note", "Say what you want to know.")
    now = timezone.now()
    left = ASKED_AT_MOST - _asked_so_far(approval)
    if left < ASKED_AT_LEAST:
        raise NoSuchColleague("colleague", "Colleagues have been asked about this for a day in all: decide it now.")
    until = now + left
    Question.objects.create(
        approval=approval,
        asker=person.id,
        asker_name=person.name,
        colleague=asked.id,
        colleague_name=asked.name,
        note=note[:2000],
        until=until,
    )
    data = {"digest": approval.digest, "colleague": asked.id, "until": until}
    transition(approval, moves=APPROVAL_MOVES, to=S.ASKED, actor=actor, run=approval.run, data=data)
    approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="asked")
    return approval_get(approval.pk)


@transaction.atomic
def approval_answer(*, approval_id: UUID | str, answer: str, actor: Actor) -> ApprovalView:
    """Answer what one was asked about a proposal: it waits for a decision again. Raises NotAsked, NotAllowed."""
    approval, question = _asked(approval_id)
    person = person_get(actor.person) if actor.person else None
    if person is None or not person.active or person.id != question.colleague:
        raise NotAllowed(f"{question.colleague_name} was asked. Take the question back if it needs no answer any more.")
    if not (answer := answer.replace("\0", "").strip()):
        raise NoSuchColleague("answer", "Say something, or leave it to others.")
    _close(approval, question, Outcome.ANSWERED, actor, answer=answer[:2000])
    return approval_get(approval.pk)


@transaction.atomic
def approval_recall_question(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Take a question back that nobody has answered. Raises NotAsked, NotAllowed."""
    approval, question = _asked(approval_id)
    person_for(DECIDE, approval=approval, actor=actor)
    _close(approval, question, Outcome.TAKEN_BACK, actor)
    return approval_get(approval.pk)


def approval_unanswered(*, approval_id: UUID, actor: Actor) -> datetime | None:
    """Nobody has answered in time: have it wait for a decision again. Returns until when an answer is waited for; None
    where it is not any more."""
    approval = locked(approval_id)
    question = approval.questions.filter(outcome="").first()
    if approval.status != S.ASKED or question is None:
        return None
    if question.until > timezone.now():
        return question.until
    _close(approval, question, Outcome.UNANSWERED, actor)
    return None


@transaction.atomic
def approval_delegate(*, approval_id: UUID | str, to: UUID, actor: Actor) -> ApprovalView:
    """Give a proposal to somebody who may decide it: only they, and managers, are asked then.

    Raises NotAllowed, AlreadyDecided, NoSuchColleague.
    """
    approval = locked(approval_id)
    person_for(DECIDE, approval=approval, actor=actor)
    _must_be_open(approval)
    given = _colleague(to, DECIDE)
    named = origin().approvers(run=approval.run)
    refusal = why_not(person=given.id, role=given.role, approval=approval, named=named)
    if refusal or own_work(person=given.id, approval=approval):
        raise NoSuchColleague("to", f"{given.name} may not decide this one. {refusal}".strip())
    approval.delegated_to, approval.delegated_name = given.id, given.name
    approval.save(update_fields=["delegated_to", "delegated_name"])
    _told("approval.delegated", approval, actor, to=given.id)
    return approval_get(approval.pk)


def _claimed(approval: Approval, person: UUID | None, name: str, at: datetime | None) -> None:
    approval.claimed_by, approval.claimed_name, approval.claimed_at = person, name, at
    approval.save(update_fields=["claimed_by", "claimed_name", "claimed_at"])


def _must_be_open(approval: Approval) -> None:
    if approval.status not in WAITING:
        raise AlreadyDecided(f"This {GONE[S(approval.status)]}. Nothing was done twice.")


def _colleague(person: UUID, right: str) -> Person:
    found = person_get(person)
    if found is None or not found.active or right not in found.rights:
        raise NoSuchColleague("colleague", "This is nobody of this workspace who could do that.")
    return found


def _asked_so_far(approval: Approval) -> timedelta:
    """How long answers have been waited for."""
    asked = approval.questions.values_list("asked_at", "until", "closed_at")
    return sum((min(closed_at or until, until) - asked_at for asked_at, until, closed_at in asked), timedelta())


def _asked(approval_id: UUID | str) -> tuple[Approval, Question]:
    approval = held(approval_id)
    question = approval.questions.filter(outcome="").first()
    if approval.status != S.ASKED or question is None:
        raise NotAsked("Nobody is asked about this now.")
    return approval, question


def _close(
    approval: Approval,
    question: Question,
    outcome: Literal[Outcome.ANSWERED, Outcome.TAKEN_BACK, Outcome.UNANSWERED],
    actor: Actor,
    *,
    answer: str = "",
) -> None:
    """End a question: what was left of the time to decide is left again, so that there is a new digest."""
    now = timezone.now()
    question.outcome, question.answer, question.closed_at = outcome, answer, now
    question.save(update_fields=["outcome", "answer", "closed_at"])
    approval.expires_at += min(now, question.until) - question.asked_at
    approval.former_digest, approval.digest = approval.digest, bound(approval)
    approval.save(update_fields=["expires_at", "former_digest", "digest"])
    data = {"digest": approval.digest, "former": approval.former_digest, "outcome": outcome}
    transition(approval, moves=APPROVAL_MOVES, to=S.PENDING, actor=actor, run=approval.run, data=data)
    approval_decided.send(Approval, approval=approval.pk, run=approval.run, decision="answered")


def _told(event: str, approval: Approval, actor: Actor, **data: Any) -> None:
    record(event=event, target=f"approval:{approval.pk}", actor=actor, run=approval.run, data=data)
