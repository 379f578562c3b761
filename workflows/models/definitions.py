"""Workflows and their versions."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


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
