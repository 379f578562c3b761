"""Taking a customer's data out."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.services import Moves


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
