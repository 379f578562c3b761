"""Examples, what models made of them, and routes that were activated although they do worse."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


class Origin(models.TextChoices):
    """How an example came to be."""

    DECISION = "decision", "A decision"
    STEP = "step", "A run’s step"
    IMPORT = "import", "A file"
    CORRECTION = "correction", "A correction"


@append_only("retired_at")
class GoldenCase(models.Model):
    """What a model was given for a purpose, and what is right. It never changes: a corrected one is another.

    `inputs` are the purpose's, whole; `inputs_digest` is theirs without the time of asking. `run` and `step` say whose
    inputs they were, of a decision; `replaces` which one this corrects. A retired one is measured by no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    expected = models.JSONField()
    origin = models.CharField(max_length=20, choices=Origin)
    run = models.UUIDField(null=True)
    step = models.CharField(max_length=100, blank=True)
    approval = models.UUIDField(null=True)
    replaces = models.UUIDField(null=True)
    author = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "example"
        permissions = [("export_goldencase", "Can take examples out of the workspace and bring them in")]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="golden_origin"),
            models.UniqueConstraint(
                fields=("purpose", "inputs_digest"), condition=Q(retired_at=None), name="golden_once"
            ),
        ]
        indexes = [
            models.Index(fields=("purpose", "-id"), name="golden_purpose", condition=Q(retired_at=None)),
            models.Index(fields=("run",), name="golden_run"),
        ]

    def __str__(self) -> str:
        return f"example of {self.purpose}"


class EvaluationStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


S = EvaluationStatus
EVALUATION_MOVES = Moves(
    {
        (S.QUEUED, S.RUNNING): "evaluation.started",
        (S.QUEUED, S.STOPPED): "evaluation.stopped",
        (S.RUNNING, S.DONE): "evaluation.done",
        (S.RUNNING, S.STOPPED): "evaluation.stopped",
        (S.STOPPED, S.RUNNING): "evaluation.started",
    }
)


class Evaluation(models.Model):
    """One route with one version of a prompt, measured by the examples of a purpose that there were when it was asked.

    `hops` are the route's models (see ai.routes.Hop), `route_key` their digest: what was measured is the same where
    purpose, `prompt_version` and `route_key` are. `limit_usd` is what it may cost in US dollars; `reason` says why it
    stopped before its end.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    prompt_version = models.CharField(max_length=60)
    hops = models.JSONField()
    route_key = models.CharField(max_length=64)
    cases = ArrayField(models.UUIDField())
    limit_usd = models.DecimalField(max_digits=12, decimal_places=4)
    status = models.CharField(max_length=20, choices=EvaluationStatus, default=EvaluationStatus.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=S.values), name="evaluation_status")]
        indexes = [
            models.Index(fields=("purpose", "prompt_version", "route_key", "-id"), name="evaluation_of_what"),
        ]

    def __str__(self) -> str:
        return f"evaluation of {self.prompt_version}"


@append_only()
class EvaluationResult(models.Model):
    """What a model made of one example: `scores` by metric, each a decimal text from 0 to 1.

    `code` says why there is no usable answer (its scores are 0), or that the example can no longer be asked (it has
    none). The answer itself stands in `call`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results", db_index=False)
    case = models.ForeignKey(GoldenCase, on_delete=models.PROTECT, related_name="+")
    call = models.UUIDField(null=True)
    model_served = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=60, blank=True)
    scores = models.JSONField(default=dict)
    cost_usd = models.DecimalField(max_digits=18, decimal_places=10, default=Decimal(0))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("evaluation", "case"), name="evaluation_result_once")]

    def __str__(self) -> str:
        return f"result {self.pk}"


class Why(models.TextChoices):
    """Why the gate was closed for a route."""

    LOWERED = "lowered", "It does worse"
    NOT_MEASURED = "not_measured", "It was not measured"


@append_only()
class GateOverride(models.Model):
    """A route that an owner activated although the gate was closed for it, and the reason that they gave.

    `lowered` names the metrics that fall; `candidate` and `baseline` are the evaluations that say so, if there are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    why = models.CharField(max_length=20, choices=Why)
    lowered = ArrayField(models.CharField(max_length=40), default=list)
    candidate = models.UUIDField(null=True)
    baseline = models.UUIDField(null=True)
    reason = models.TextField()
    author = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("purpose", "number"), name="override_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(condition=Q(why__in=Why.values), name="override_why"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, version {self.number}"
