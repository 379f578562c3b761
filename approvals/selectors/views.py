"""What is told of a proposal: a line of a list, or everything that a surface shows."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, JSONField, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.selectors import Colleague
from approvals.deciders import CLAIM_LASTS
from approvals.models import Approval, ApprovalStatus, Decision, Question, RejectionKind


@dataclass(frozen=True)
class DecisionView:
    """What a person decided."""

    person: UUID
    name: str
    decision: str
    digest: str
    comment: str
    rejection: str
    at: datetime

    @property
    def said(self) -> str:
        """What they said to it: the kind of reason for which they rejected it, and their own words."""
        kind = f"{RejectionKind(self.rejection).label}." if self.rejection else ""
        return " ".join(filter(None, (kind, f"“{self.comment}”" if self.comment else "")))


@dataclass(frozen=True)
class QuestionView:
    """What a colleague was asked, and how that ended; open while `outcome` is empty."""

    id: UUID
    asker: UUID
    asker_name: str
    colleague: UUID
    colleague_name: str
    note: str
    asked_at: datetime
    until: datetime
    outcome: str
    answer: str
    closed_at: datetime | None

    @property
    def asked_by(self) -> Colleague:
        """Who asks."""
        return Colleague(self.asker, self.asker_name)

    @property
    def asked(self) -> Colleague:
        """Who is asked."""
        return Colleague(self.colleague, self.colleague_name)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A proposal in a list. Of its document a list is given what it shows (`InLists`)."""

    id: UUID
    run: UUID
    status: str
    title: str
    risk: str
    document: dict[str, Any]
    digest: str
    blocked_reason: str
    approver_role: str
    required_approvers: int
    expires_at: datetime
    edited_by: str
    decided_at: datetime | None
    decisions: list[DecisionView]
    questions: list[QuestionView]
    claimed_by: UUID | None
    claimed_name: str
    claimed_at: datetime | None
    delegated_to: UUID | None
    delegated_name: str

    @property
    def question(self) -> QuestionView | None:
        """The one that it waits for; what was withdrawn meanwhile waits for none."""
        asked = self.questions if self.status == ApprovalStatus.ASKED else ()
        return next((question for question in asked if not question.outcome), None)

    @property
    def claimant(self) -> Colleague | None:
        """Who is on it now; None where nobody is, or has been for too long."""
        since = self.claimed_at
        fresh = since is not None and since > timezone.now() - CLAIM_LASTS
        return Colleague(self.claimed_by, self.claimed_name) if self.claimed_by and fresh else None

    @property
    def delegate(self) -> Colleague | None:
        """To whom it was given."""
        return Colleague(self.delegated_to, self.delegated_name) if self.delegated_to else None

    @property
    def reasons(self) -> list[str]:
        """Why a person is asked."""
        return list(self.document.get("reasons", []))

    @property
    def trust(self) -> dict[str, Any]:
        """What the checks found: the strictest verdict, and each finding."""
        return dict(self.document.get("trust") or {"verdict": "pass", "findings": []})

    @property
    def flags(self) -> list[str]:
        """Warnings about the mail or the sender."""
        return list(self.document.get("flags", []))


@dataclass(frozen=True, kw_only=True)
class ApprovalView(Line):
    """A proposal with everything that a surface shows of it."""

    key: str
    thread: str
    former_digest: str
    drafted_text: str
    expires_to: str
    editors: list[str]
    requesters: list[UUID]
    stale: list[dict[str, Any]]
    created_at: datetime
    basis: list[dict[str, Any]] = field(repr=False)


# What both are told in other words than the row's.
TOLD = ("document", "decisions", "questions")
COLUMNS = [field.name for field in fields(Line) if field.name not in TOLD]
MORE = [field.name for field in fields(ApprovalView) if field.name not in (*COLUMNS, *TOLD, "expires_to")]
DECISION = [field.name for field in fields(DecisionView)]
QUESTION = [field.name for field in fields(QuestionView)]


def view_of(approval: Approval) -> ApprovalView:
    """The view of one row; its decisions come with it where it was found by a selector here."""
    decided = approval.told if hasattr(approval, "told") else _told(approval.decisions.all())
    asked = approval.questions_told if hasattr(approval, "questions_told") else _asked(approval.questions.all())
    return ApprovalView(
        **{name: getattr(approval, name) for name in (*COLUMNS, *MORE)},
        document=approval.document,
        expires_to=approval.escalate_to,
        decisions=_decisions(decided),
        questions=_questions(asked),
    )


def lines_of(found: QuerySet[Approval]) -> list[Line]:
    """The lines of these rows, in one query that reads no whole document."""
    rows = with_decisions(found).annotate(shown=InLists("document")).values(*COLUMNS, "shown", "told", "questions_told")
    return [
        Line(
            **{name: row[name] for name in COLUMNS},
            document=row["shown"],
            decisions=_decisions(row["told"]),
            questions=_questions(row["questions_told"]),
        )
        for row in rows
    ]


class InLists(Func):
    """The part of a document that lists show: its customer, subject, reasons and flags, and its actions without what
    each changes. A document has some 15 kB, and a list fifty of them: PostgreSQL opens each once, and sends a tenth.
    """

    output_field = JSONField()
    template = """(
        SELECT jsonb_strip_nulls(jsonb_build_object(
            'customer', d.customer, 'reasons', d.reasons, 'flags', d.flags,
            'message', jsonb_build_object('subject', d.message -> 'subject'),
            'reply', jsonb_build_object('step', d.reply -> 'step'),
            'actions', (
                SELECT jsonb_agg(jsonb_build_object(
                    'step', a -> 'step', 'action', a -> 'action', 'label', a -> 'label',
                    'input', jsonb_build_object('starts_at', a -> 'input' -> 'starts_at'),
                    'changes', jsonb_path_query_array(a, '$.changes[*] ? (@.field == "starts_at")')))
                FROM jsonb_array_elements(d.actions) AS a)))
        FROM jsonb_to_record(%(expressions)s)
            AS d(customer jsonb, message jsonb, reply jsonb, actions jsonb, reasons jsonb, flags jsonb))"""


def with_decisions(found: QuerySet[Approval]) -> QuerySet[Approval]:
    """Rows with their decisions and questions, in the same query: a page shows several lists of them."""
    decisions = Decision.objects.filter(approval=OuterRef("pk"))
    questions = Question.objects.filter(approval=OuterRef("pk"))
    return found.annotate(told=ArraySubquery(_told(decisions)), questions_told=ArraySubquery(_asked(questions)))


def _told(found: QuerySet[Decision]) -> QuerySet[Decision, dict[str, Any]]:
    return found.order_by("at").values_list(JSONObject(**{name: name for name in DECISION}), flat=True)


def _asked(found: QuerySet[Question]) -> QuerySet[Question, dict[str, Any]]:
    return found.order_by("asked_at").values_list(JSONObject(**{name: name for name in QUESTION}), flat=True)


def _decisions(told: Any) -> list[DecisionView]:
    return [DecisionView(**_typed(one, moments=("at",), people=("person",))) for one in told]


def _questions(told: Any) -> list[QuestionView]:
    moments, people = ("asked_at", "until", "closed_at"), ("id", "asker", "colleague")
    return [QuestionView(**_typed(one, moments=moments, people=people)) for one in told]


def _typed(told: dict[str, Any], *, moments: tuple[str, ...], people: tuple[str, ...]) -> dict[str, Any]:
    """What the database tells as JSON, with its own types."""
    when = {name: told[name] and datetime.fromisoformat(told[name]) for name in moments}
    return told | when | {name: UUID(told[name]) for name in people}
