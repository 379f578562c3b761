"""Proposals and what was decided about them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat, Upper
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


class ApprovalStatus(models.TextChoices):
    PENDING = "pending"
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    EXECUTING = "executing"
    EXECUTED = "executed"
    TAKEN_BACK = "taken_back"
    FAILED = "failed"


S = ApprovalStatus
APPROVAL_MOVES = Moves(
    {
        (S.PENDING, S.ASKED): "approval.asked",
        (S.ASKED, S.PENDING): "approval.answered",
        (S.ASKED, S.WITHDRAWN): "approval.withdrawn",
        (S.PENDING, S.APPROVED): "approval.approved",
        (S.PENDING, S.REJECTED): "approval.rejected",
        (S.PENDING, S.EXPIRED): "approval.expired",
        (S.PENDING, S.WITHDRAWN): "approval.withdrawn",
        (S.PENDING, S.STALE): "approval.stale",
        (S.STALE, S.PENDING): "approval.renewed",
        (S.STALE, S.REJECTED): "approval.rejected",
        (S.STALE, S.WITHDRAWN): "approval.withdrawn",
        (S.APPROVED, S.EXECUTING): "approval.executing",
        (S.APPROVED, S.STALE): "approval.stale",
        (S.APPROVED, S.WITHDRAWN): "approval.withdrawn",
        (S.EXECUTING, S.EXECUTED): "approval.executed",
        (S.EXECUTING, S.TAKEN_BACK): "approval.taken_back",
        (S.EXECUTING, S.FAILED): "approval.failed",
        (S.EXECUTING, S.STALE): "approval.stale",
        (S.EXECUTING, S.WITHDRAWN): "approval.withdrawn",
        (S.FAILED, S.EXECUTED): "approval.executed",  # a person says that its reply has left after all
    }
)
WAITING = (S.PENDING, S.ASKED, S.STALE)
# A proposal in one of these takes the thread's only place for a reply.
OPEN = (*WAITING, S.APPROVED, S.EXECUTING)


class Approval(models.Model):
    """A proposal, what is bound to its digest (`approvals.binding`), and how far it has come.

    `searched` is what the inbox is searched for in one text, so that one index of trigrams finds any part of a word.
    `requesters` caused it and cannot approve it. Triggers (migration 0002) let none be approved or carried out without
    its approvers, and nothing of who must approve be lowered under the same digest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.UUIDField(editable=False)
    key = models.CharField(max_length=60, editable=False)
    thread = models.CharField(max_length=60, blank=True, editable=False)
    status = models.CharField(max_length=20, choices=ApprovalStatus, default=ApprovalStatus.PENDING)
    title = models.CharField(max_length=300)
    risk = models.CharField(max_length=10)
    document = models.JSONField()
    binding = models.JSONField()
    basis = models.JSONField()
    digest = models.CharField(max_length=64)
    former_digest = models.CharField(max_length=64, blank=True)
    drafted_text = models.TextField(blank=True)
    blocked_reason = models.CharField(max_length=300, blank=True)
    approver_role = models.CharField(max_length=20)
    required_approvers = models.PositiveSmallIntegerField(default=1)
    escalate_to = models.CharField(max_length=20, blank=True)
    escalate_count = models.PositiveSmallIntegerField(default=1, db_default=1)
    lasts = models.DurationField()
    expires_at = models.DateTimeField()
    edited_by = models.CharField(max_length=200, blank=True)
    editors = models.JSONField(default=list)
    requesters = ArrayField(models.UUIDField(), default=list, db_default=[])
    stale = models.JSONField(default=list)
    # Not bound: who is on it, and who alone is asked besides managers.
    claimed_by = models.UUIDField(null=True)
    claimed_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    claimed_at = models.DateTimeField(null=True)
    delegated_to = models.UUIDField(null=True)
    delegated_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    searched = models.GeneratedField(
        expression=Upper(
            Concat(
                "title",
                Value(" "),
                KT("document__customer__name"),
                Value(" "),
                KT("document__customer__email"),
                Value(" "),
                KT("document__message__subject"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )

    class Meta:
        permissions = [("decide_approval", "Can decide proposals")]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=S.values), name="approval_status"),
            models.CheckConstraint(condition=models.Q(required_approvers__gte=1), name="approval_needs_somebody"),
            models.UniqueConstraint(
                fields=["thread"],
                condition=models.Q(status__in=OPEN) & ~models.Q(thread=""),
                name="one_open_reply_a_thread",
            ),
            models.UniqueConstraint(
                fields=["run", "key"], condition=models.Q(status__in=OPEN), name="one_open_proposal_a_bundle"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "expires_at"], name="approval_waiting"),
            models.Index(fields=["expires_at", "id"], name="approval_inbox", condition=models.Q(status__in=WAITING)),
            models.Index(fields=["-decided_at"], name="approval_decided", condition=models.Q(decided_at__isnull=False)),
            GinIndex(
                fields=["searched"],
                name="approval_searched",
                condition=models.Q(status__in=WAITING),
                opclasses=["gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RejectionKind(models.TextChoices):
    """What was wrong with a proposal, as whoever rejects it may say."""

    WRONG_FACTS = "wrong_facts", "Wrong facts"
    WRONG_TONE = "wrong_tone", "Wrong tone or language"
    WRONG_ACTION = "wrong_action", "Not to be answered or done like this"
    NEEDS_PERSON = "needs_person", "A person should answer"
    NOT_NEEDED = "not_needed", "The customer no longer needs it"
    OTHER = "other", "Something else"


@append_only()
class Decision(models.Model):
    """What one person decided, about exactly this digest; `rejection`: why they rejected it, empty where they did not
    say.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="decisions")
    person = models.UUIDField()
    name = models.CharField(max_length=200)
    decision = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    rejection = models.CharField(max_length=20, choices=RejectionKind, blank=True, default="", db_default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(decision__in=["approve", "reject"]), name="decision_word"),
            models.CheckConstraint(
                condition=models.Q(rejection="") | models.Q(decision="reject", rejection__in=RejectionKind.values),
                name="decision_rejection",
            ),
            models.UniqueConstraint(fields=["approval", "person", "digest"], name="one_decision_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.decision}"


class Outcome(models.TextChoices):
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    UNANSWERED = "unanswered"


@append_only("outcome", "answer", "closed_at")
class Question(models.Model):
    """What a colleague was asked about a proposal, and how that ended; without an `outcome` it is open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="questions")
    asker = models.UUIDField()
    asker_name = models.CharField(max_length=200)
    colleague = models.UUIDField()
    colleague_name = models.CharField(max_length=200)
    note = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=["", *Outcome.values]), name="question_outcome"),
            models.UniqueConstraint(
                fields=["approval"], condition=models.Q(outcome=""), name="one_open_question_an_approval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker_name} asks {self.colleague_name}"
