"""Definitions (Workflow, WorkflowVersion), their executions (Event, Run, Step, Attempt, Effect), and undo."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


class AutomationMode(models.TextChoices):
    POLICY = "policy"
    PEOPLE_ONLY = "people_only"


@append_only()
class Automation(models.Model):
    """How far the AI may go in this workspace, since `created_at`: the newest row is in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mode = models.CharField(max_length=20, choices=AutomationMode)
    reason = models.CharField(max_length=500, blank=True)
    changed_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "change of the automation"
        verbose_name_plural = "automation"
        constraints = [models.CheckConstraint(condition=models.Q(mode__in=AutomationMode.values), name="mode")]

    def __str__(self) -> str:
        return self.mode


class VersionStatus(models.TextChoices):
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


VERSION_MOVES = Moves(
    {
        (VersionStatus.APPROVED, VersionStatus.ACTIVE): "version.active",
        (VersionStatus.RETIRED, VersionStatus.ACTIVE): "version.active",
        (VersionStatus.ACTIVE, VersionStatus.RETIRED): "version.retired",
    }
)


# The right on one workflow of those who alone decide its proposals.
NAMED = "decide_proposals"


class Workflow(models.Model):
    """A line of versions under one name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [(NAMED, "Can decide the proposals of a workflow that names its approvers")]

    def __str__(self) -> str:
        return self.slug


@append_only("status", "activated_at")
class WorkflowVersion(models.Model):
    """A definition, never changed again; only whether it is in force changes, and since when it was last put there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=VersionStatus, default=VersionStatus.APPROVED)
    author = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["workflow"], condition=models.Q(status="active"), name="one_active_version"
            ),
            models.CheckConstraint(condition=models.Q(status__in=VersionStatus.values), name="version_status"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow.slug} {self.number}"


@append_only()
class Event(models.Model):
    """Something that happened and may start runs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    requester = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.type


class RunStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDO_INCOMPLETE = "undo_incomplete"


R = RunStatus
RUN_MOVES = Moves(
    {
        (R.QUEUED, R.RUNNING): "run.started",
        (R.RUNNING, R.WAITING): "run.waiting",
        (R.WAITING, R.RUNNING): "run.resumed",
        (R.RUNNING, R.SUCCEEDED): "run.succeeded",
        (R.RUNNING, R.FAILED): "run.failed",
        (R.QUEUED, R.CANCELLED): "run.cancelled",
        (R.RUNNING, R.CANCELLED): "run.cancelled",
        (R.WAITING, R.CANCELLED): "run.cancelled",
        (R.FAILED, R.RUNNING): "run.retried",
        (R.SUCCEEDED, R.UNDOING): "run.undoing",
        (R.FAILED, R.UNDOING): "run.undoing",
        (R.CANCELLED, R.UNDOING): "run.undoing",
        (R.UNDO_INCOMPLETE, R.UNDOING): "run.undoing",
        (R.UNDOING, R.UNDONE): "run.undone",
        (R.UNDOING, R.UNDO_INCOMPLETE): "run.undo_incomplete",
    }
)
# No step of it is done any more, unless a person has a failed one retried.
RUN_ENDED = (R.SUCCEEDED, R.FAILED, R.CANCELLED, R.UNDOING, R.UNDONE, R.UNDO_INCOMPLETE)


class Run(models.Model):
    """One execution of one version for one event. `origin` is the run that a person had done again.

    `requester` caused its event, `changers` changed an input of it: none of them approves what comes of it.
    `cause` names why it failed, so that runs which failed alike are found together: "<step kind>:<error class>",
    "limit:<which>" or "worker".
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(WorkflowVersion, on_delete=models.PROTECT, related_name="runs")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="runs")
    status = models.CharField(max_length=20, choices=RunStatus, default=RunStatus.QUEUED)
    thread = models.CharField(max_length=60, blank=True)
    requester = models.UUIDField(null=True)
    changers = ArrayField(models.UUIDField(), default=list, db_default=[])
    error = models.TextField(blank=True)
    cause = models.CharField(max_length=160, blank=True, db_default="")
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="again")
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # At work until the last rest, and since when again: the limit `running` counts both.
    ran = models.DurationField(default=timedelta)
    running_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=R.values), name="run_status"),
            models.UniqueConstraint(
                fields=["version", "event"], condition=models.Q(origin=None), name="one_run_an_event"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="run_by_status"),
            models.Index(fields=["cause", "-id"], name="run_by_cause", condition=models.Q(status="failed")),
            models.Index(fields=["thread"], name="run_by_thread"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class StepStatus(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"
    FAILED = "failed"


T = StepStatus
STEP_MOVES = Moves(
    {
        (T.PENDING, T.RUNNING): "step.started",
        (T.RETRYING, T.RUNNING): "step.started",
        (T.FAILED, T.RUNNING): "step.retried",
        (T.FAILED, T.SUCCEEDED): "step.succeeded",  # a person says that it has happened after all
        (T.RUNNING, T.SUCCEEDED): "step.succeeded",
        (T.RUNNING, T.RETRYING): "step.retrying",
        (T.RUNNING, T.FAILED): "step.failed",
        (T.PENDING, T.SKIPPED): "step.skipped",
        (T.PENDING, T.WAITING): "step.waiting",
        (T.RUNNING, T.WAITING): "step.waiting",
        (T.RUNNING, T.SKIPPED): "step.skipped",
        (T.WAITING, T.SUCCEEDED): "step.succeeded",
        (T.WAITING, T.SKIPPED): "step.skipped",
        (T.WAITING, T.FAILED): "step.failed",
    }
)
MET = (T.SUCCEEDED, T.SKIPPED)


class Step(models.Model):
    """One step of a run. `open_needs` counts the steps it still waits for.

    `attempts` counts how often it was begun, `tried_at` is when that last happened. `given` is the input that a
    person had it retried with; null where the definition's holds. One on a `branch` is done under a work row of
    its own, beside the run's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The index of `step_once_a_run` begins with it.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=StepStatus, default=StepStatus.PENDING)
    open_needs = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    branch = models.BooleanField(db_default=False, default=False)
    given = models.JSONField(null=True)
    output = models.JSONField(null=True)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "key"], name="step_once_a_run"),
            models.CheckConstraint(condition=models.Q(status__in=T.values), name="step_status"),
        ]

    def __str__(self) -> str:
        return self.key


class AttemptOutcome(models.TextChoices):
    RETRYING = "retrying"
    FAILED = "failed"
    LOST = "lost"


@append_only()
class Attempt(models.Model):
    """A try at a step that came to nothing, and why. One that succeeded is told by the step itself.

    `lost`: its worker died, so that nobody knows how far it came. `number` counts anew after a person's retry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=AttemptOutcome)
    error_class = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=AttemptOutcome.values), name="attempt_outcome"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} ({self.outcome})"


class EffectStatus(models.TextChoices):
    HELD = "held"
    STOPPED = "stopped"
    INTENDED = "intended"
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"


E = EffectStatus
EFFECT_MOVES = Moves(
    {
        (E.HELD, E.INTENDED): "effect.intended",
        (E.HELD, E.STOPPED): "effect.stopped",
        (E.INTENDED, E.DONE): "effect.done",
        (E.INTENDED, E.UNKNOWN): "effect.unknown",
        (E.INTENDED, E.FAILED): "effect.failed",
        (E.UNKNOWN, E.DONE): "effect.done",
        (E.UNKNOWN, E.FAILED): "effect.failed",
        (E.DONE, E.UNDOING): "effect.undoing",
        (E.UNDO_FAILED, E.UNDOING): "effect.undoing",
        (E.UNDOING, E.UNDONE): "effect.undone",
        (E.UNDOING, E.UNDO_FAILED): "effect.undo_failed",
    }
)


class Effect(models.Model):
    """What a step did to the world, or is about to: exactly its plan. `key` is its idempotency key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="effects")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="effects")
    key = models.CharField(max_length=120, unique=True)
    action = models.CharField(max_length=60)
    status = models.CharField(max_length=20, choices=EffectStatus)
    risk = models.CharField(max_length=10)
    reversible = models.BooleanField()
    plan = models.JSONField()
    outcome = models.JSONField(default=dict)
    approval = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(status__in=E.values), name="effect_status")]
        indexes = [models.Index(fields=["run"], name="effect_unknown", condition=models.Q(status="unknown"))]

    def __str__(self) -> str:
        return f"{self.action} ({self.status})"


class UndoStatus(models.TextChoices):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    INCOMPLETE = "incomplete"


U = UndoStatus
UNDO_MOVES = Moves(
    {
        (U.DRAFT, U.RUNNING): "undo.started",
        (U.RUNNING, U.PAUSED): "undo.paused",
        (U.PAUSED, U.RUNNING): "undo.resumed",
        (U.RUNNING, U.DONE): "undo.done",
        (U.RUNNING, U.INCOMPLETE): "undo.incomplete",
    }
)


@append_only("status", "starter", "started_by", "started_at", "finished_at", "position", "results", "error")
class UndoPlan(models.Model):
    """What undoing runs, or single `effects` of them, would do; then how far that has come.

    `document` is what people read and `digest` stands for; it never changes. `put_back` names the fields that its
    author wants put back although somebody wrote them since. `position` of the document's `total` things to do are
    done; `results` holds what went otherwise than foreseen. `error` says why it rests.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    runs = ArrayField(models.UUIDField())
    effects = ArrayField(models.UUIDField(), default=list)
    put_back = ArrayField(models.CharField(max_length=200), default=list)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    total = models.PositiveIntegerField()
    author = models.UUIDField(null=True)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=20, choices=UndoStatus, default=UndoStatus.DRAFT)
    starter = models.UUIDField(null=True)
    started_by = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(status__in=U.values), name="undo_status")]
        indexes = [GinIndex(fields=["runs"], name="undo_by_run")]

    def __str__(self) -> str:
        return f"undo of {len(self.runs)} runs ({self.status})"


@append_only()
class Correction(models.Model):
    """A draft that takes back in words what a reply said, since the reply itself cannot be. Nothing sends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    effect = models.OneToOneField(Effect, on_delete=models.CASCADE, related_name="correction")
    thread = models.CharField(max_length=60, db_index=True)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"correction of {self.effect_id}"


class ErasureStatus(models.TextChoices):
    REQUESTED = "requested"
    DONE = "done"


ERASURE_MOVES = Moves({(ErasureStatus.REQUESTED, ErasureStatus.DONE): "erasure.done"})


class Erasure(models.Model):
    """A customer whose data was to be taken out, and how far that has come. It says nothing of them.

    `found` holds the ids of what is theirs, `counts` how many rows of each table were erased, `error` why it rests.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.UUIDField(db_index=True)
    status = models.CharField(max_length=20, choices=ErasureStatus, default=ErasureStatus.REQUESTED)
    requested_by = models.CharField(max_length=120)
    found = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=ErasureStatus.values), name="erasure_status"),
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(status="requested"), name="one_open_erasure_a_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.contact} ({self.status})"
