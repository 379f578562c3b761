"""Taking back what runs did, and drafts that take back in words what was sent."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves
from workflows.models.effects import Effect


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
