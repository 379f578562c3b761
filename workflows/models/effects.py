"""What steps did to the world."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.services import Moves
from workflows.models.runs import Run, Step


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
