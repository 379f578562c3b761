"""What happened, and the runs that it started: their states, steps and failed tries."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves
from workflows.models.definitions import WorkflowVersion


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
