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
            models.Index(
                KeyTextTransform(name, "body"),
                "id",
                *(KeyTextTransform(other, "body") for other in others),
                name=f"audit_entry_{name}",
            )
            for name, others in INDEXED.items()
        ]

    def __str__(self) -> str:
        return f"{self.body['event']} {self.body['target']}"


class ActorName(models.Model):
    """The name that an actor goes by today; entries hold only the key, so a name can be erased."""

    NAME_LENGTH = 200

    key = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)

    def __str__(self) -> str:
        return self.name
