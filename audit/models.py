"""Ledger entries, and beside them the names of those who act."""

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from uuid_utils.compat import uuid7

from audit.append_only import append_only

# The fields of an entry's body that it is found by; each has an index in the order of ids, as lists are read. That of
# actors has the event as well: some have acted in half of all entries, and are asked for one event.
INDEXED = {"event": (), "actor": ("event",), "target": (), "run": ()}


class TransactionId(models.BigIntegerField):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id: what tells a sealer that no earlier entry can still appear."""

    def db_type(self, connection: object) -> str:
        return "xid8"


@append_only()
class Entry(models.Model):
    """One decision or move. `text` is canonical JSON and the only truth; `body` is it, made searchable."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    xid = TransactionId(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    text = models.TextField(editable=False)
    body = models.GeneratedField(
        expression=Cast("text", models.JSONField()), output_field=models.JSONField(), db_persist=True
    )

    class Meta:
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["xid"], name="audit_entry_xid"),
            *(
                models.Index(
                    KeyTextTransform(name, "body"),
                    "id",
                    *(KeyTextTransform(other, "body") for other in others),
                    name=f"audit_entry_{name}",
                )
                for name, others in INDEXED.items()
            ),
        ]

    def __str__(self) -> str:
        body = self.body if isinstance(self.body, dict) else {}
        return f"{body.get('event')} {body.get('target')}"


@append_only()
class Seal(models.Model):
    """A batch of entries that can no longer change unseen: their Merkle root in a signed head, chained to the former.

    `head` is the exact text that was signed (`audit.heads.Head`). All entries of transactions below `horizon` were
    sealed by then: it only says from where to look for more, and is not part of the head.
    """

    number = models.BigIntegerField(primary_key=True)
    first_seq = models.BigIntegerField(unique=True)
    last_seq = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    former = models.BinaryField()
    key = models.CharField(max_length=64)
    head = models.TextField()
    signature = models.BinaryField()
    sealed_at = models.DateTimeField()
    horizon = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_seq__gte=models.F("first_seq")), name="audit_seal_range")
        ]

    def __str__(self) -> str:
        return f"seal {self.number}, up to {self.last_seq}"


@append_only()
class Leaf(models.Model):
    """The place of an entry in the sealed ledger. It keeps the entry's hash, also when the entry is gone:
    there is no foreign key, so that retention can remove entries, and the rest stays verifiable."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.UUIDField(unique=True)
    hash = models.BinaryField()
    seal = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "leaves"

    def __str__(self) -> str:
        return f"{self.seq}: {self.entry}"


class KeptHead(models.Model):
    """Up to which head a place elsewhere has been told: `number` and `hash` are those of the last one there."""

    place = models.CharField(max_length=200, primary_key=True)
    number = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} at {self.place}"


class ActorName(models.Model):
    """The name that an actor goes by today; entries hold only the key, so a name can be erased."""

    NAME_LENGTH = 200

    key = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)

    def __str__(self) -> str:
        return self.name
