"""Reading proposals: the same snapshot for admin, portal and API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from approvals.errors import NoSuchApproval
from approvals.models import OPEN, Approval, ApprovalStatus, Question
from approvals.selectors.views import ApprovalView, QuestionView, view_of, with_decisions


def approvals(*, status: str | None = None, run: UUID | str | None = None) -> QuerySet[Approval]:
    """Rows that fit the filters, newest first, with their decisions."""
    found = with_decisions(Approval.objects.order_by("-id"))
    if status:
        found = found.filter(status=status)
    if run:
        found = found.filter(run=run)
    return found


def approval_get(approval_id: UUID | str) -> ApprovalView:
    """One proposal; raises NoSuchApproval."""
    try:
        approval = approvals().filter(pk=approval_id).first()
    except (ValueError, ValidationError):
        approval = None
    if approval is None:
        raise NoSuchApproval("There is no such approval.")
    return view_of(approval)


def approval_questioned(question: UUID | str) -> tuple[ApprovalView, QuestionView]:
    """A question to a colleague, and the proposal that it is about; raises NoSuchApproval."""
    found = Question.objects.filter(pk=question).values_list("approval", flat=True).first()
    if found is None:
        raise NoSuchApproval("There is no such question.")
    approval = approval_get(found)
    return approval, next(each for each in approval.questions if str(each.id) == str(question))


def approvals_asked_of(person: UUID) -> list[ApprovalView]:
    """What this person is asked about now, soonest first."""
    asked = Question.objects.filter(colleague=person, outcome="", approval__status=ApprovalStatus.ASKED)
    rows = Approval.objects.filter(pk__in=asked.values("approval")).order_by("expires_at", "pk")
    return [view_of(row) for row in with_decisions(rows)]


def approvals_shown(ids: Iterable[UUID]) -> list[ApprovalView]:
    """These proposals as far as they are there, soonest expiry first."""
    return [
        view_of(row) for row in with_decisions(Approval.objects.filter(pk__in=list(ids)).order_by("expires_at", "pk"))
    ]


def titles_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The titles of these proposals, as far as they are there."""
    return dict(Approval.objects.filter(pk__in=list(ids)).values_list("pk", "title"))


@dataclass(frozen=True)
class DraftLine:
    """A drafted reply of a proposal, before people edited it, and what the customer had written."""

    id: UUID
    title: str
    text: str
    written: str


def drafts_newest(limit: int) -> list[DraftLine]:
    """The newest drafts of replies."""
    rows = Approval.objects.exclude(drafted_text="").order_by("-id")
    mail = (KT("document__message__subject"), KT("document__message__text"))
    return [
        DraftLine(key, title, text, f"{subject or ''}\n{body or ''}")
        for key, title, text, subject, body in rows.values_list("pk", "title", "drafted_text", *mail)[:limit]
    ]


def approval_of_bundle(*, run: UUID | str, key: str) -> ApprovalView | None:
    """The newest proposal of a run's bundle, or None."""
    approval = approvals(run=run).filter(key=key).first()
    return view_of(approval) if approval else None


def plans_of(approval_id: UUID) -> list[dict[str, Any]]:
    """The frozen plans that the digest covers, in the order they are carried out: `step` and `plan`."""
    return list(Approval.objects.get(pk=approval_id).binding["plans"])


def reply_open_in_thread(thread: str) -> bool:
    """Whether a proposal in this thread waits, or its reply is held or leaving."""
    return bool(thread) and Approval.objects.filter(thread=thread, status__in=OPEN).exists()
