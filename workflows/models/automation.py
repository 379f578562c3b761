"""How far the AI may go in a workspace."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.append_only import append_only


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
