"""Work that is due, whose turn it is, and which processes live."""

from django.db import models
from uuid_utils.compat import uuid7

# What goes first within a tenant: a point of priority is worth a minute of age. It does not change as time passes.
RANK = models.Func(
    "due_at", "priority", arg_joiner=" AT TIME ZONE 'UTC' + interval '1 minute' * ", template="(%(expressions)s)"
)


class Work(models.Model):
    """Something to be done once `due_at` has come; it is its own lease while someone does it.

    `owner` is the database role of the tenant it belongs to: row-level security shows a tenant its
    own rows only. `fence` counts claims, so that a worker past its lease can be told from the one
    that took over. `wakes` counts requests, so that one that comes in the middle is not lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=63)
    tenant = models.CharField(max_length=63)
    queue = models.CharField(max_length=20)
    handler = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    priority = models.SmallIntegerField(default=5)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    wakes = models.IntegerField(default=1)
    fence = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, default="")
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    parked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "work"
        constraints = [models.UniqueConstraint(fields=["tenant", "handler", "subject"], name="work_once")]
        indexes = [
            models.Index(fields=["queue", "due_at"], name="work_due", condition=models.Q(parked_at=None)),
            models.Index("queue", "tenant", RANK, "due_at", name="work_next", condition=models.Q(parked_at=None)),
            models.Index(
                fields=["queue", "tenant", "leased_until"],
                name="work_leased",
                condition=models.Q(leased_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler}({self.subject}) of {self.tenant}"


class Served(models.Model):
    """When a queue last served a tenant: the one served longest ago goes first."""

    pk = models.CompositePrimaryKey("queue", "tenant")
    queue = models.CharField(max_length=20)
    tenant = models.CharField(max_length=63)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} of {self.tenant}"


class Heartbeat(models.Model):
    """A process that said a moment ago that it lives."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process
