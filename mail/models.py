"""Conversations, their messages in both directions, and the bytes that arrived."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from audit.services import Moves
from mail.parsing.caps import ADDRESS_CHARS, ID_CHARS, NAME_CHARS, SUBJECT_CHARS


class Direction(models.TextChoices):
    IN = "in", "Received"
    OUT = "out", "Reply"


class Status(models.TextChoices):
    # in
    RECEIVED = "received", "Received, not read yet"
    PARSED = "parsed", "Read"
    UNREADABLE = "unreadable", "Unreadable"
    # out
    HELD = "held", "Held"
    STOPPED = "stopped", "Stopped"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    KEPT = "kept", "Kept, not delivered"
    UNKNOWN = "unknown", "Unknown whether it left"
    FAILED = "failed", "Failed"


INCOMING = (Status.RECEIVED, Status.PARSED, Status.UNREADABLE)
OUTGOING = (Status.HELD, Status.STOPPED, Status.SENDING, Status.SENT, Status.KEPT, Status.UNKNOWN, Status.FAILED)

MOVES = Moves(
    {
        (Status.RECEIVED, Status.PARSED): "mail.parsed",
        (Status.RECEIVED, Status.UNREADABLE): "mail.unreadable",
        (Status.HELD, Status.SENDING): "reply.sending",
        (Status.HELD, Status.STOPPED): "reply.stopped",
        (Status.SENDING, Status.SENT): "reply.sent",
        (Status.SENDING, Status.KEPT): "reply.kept",
        (Status.SENDING, Status.UNKNOWN): "reply.unknown",
        (Status.SENDING, Status.FAILED): "reply.failed",
        # A person says what became of it.
        (Status.UNKNOWN, Status.SENT): "reply.sent",
        (Status.UNKNOWN, Status.FAILED): "reply.failed",
    }
)


def thread_token() -> str:
    """What stands behind the `+` of a conversation's reply address: 80 random bits, in lower case."""
    return secrets.token_hex(10)


class Thread(models.Model):
    """A conversation with a customer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.CharField(max_length=32, unique=True, default=thread_token, editable=False)
    subject = models.CharField(max_length=SUBJECT_CHARS, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_message_at = models.DateTimeField()
    unanswered_since = models.DateTimeField(
        null=True, blank=True, help_text="When the first of the customer's messages came that nothing has answered"
    )
    taken_over_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who answers here in person: the AI is silent meanwhile",
    )  # fmt: skip
    taken_over_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], name="mail_thread_latest"),
            models.Index(
                fields=["-last_message_at", "-id"],
                name="mail_thread_unanswered",
                condition=Q(unanswered_since__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_thread_taken_over_by_someone",
                condition=Q(taken_over_by__isnull=True, taken_over_at__isnull=True)
                | Q(taken_over_by__isnull=False, taken_over_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject)"


class Message(models.Model):
    """One mail. Addresses are lists of {"email", "name"}; `quotes` are ranges of `text` (start, end, kind)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=3, choices=Direction)
    status = models.CharField(max_length=12, choices=Status)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, related_name="messages")
    created_at = models.DateTimeField(auto_now_add=True)
    received_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(
        null=True, help_text="When we sent it; of a received one, when its sender claims to have"
    )

    message_id = models.CharField(max_length=ID_CHARS, blank=True)
    in_reply_to = models.CharField(max_length=ID_CHARS, blank=True)
    references = models.JSONField(default=list)
    from_email = models.CharField(max_length=ADDRESS_CHARS, blank=True)
    from_name = models.CharField(max_length=NAME_CHARS, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.CharField(max_length=SUBJECT_CHARS, blank=True)

    text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    quotes = models.JSONField(default=list)
    html = models.TextField(blank=True)
    hidden_text = models.TextField(blank=True)
    remote_images = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Images from elsewhere that were taken out"
    )
    auth = models.JSONField(default=dict)
    flags = ArrayField(models.CharField(max_length=24), default=list)

    # What upper floors make of it, set through `services.annotate`.
    intent = models.CharField(max_length=64, blank=True)
    run_id = models.CharField(max_length=64, blank=True)

    # Of replies.
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who wrote it by hand",
    )  # fmt: skip
    release_at = models.DateTimeField(null=True)
    effect_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - null: no reply, so no key
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["thread", "id"], name="mail_message_thread"),
            models.Index(fields=["message_id"], name="mail_message_message_id"),
            models.Index(fields=["direction", "status", "id"], name="mail_message_status"),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_message_status_of_direction",
                condition=Q(direction=Direction.IN, status__in=INCOMING)
                | Q(direction=Direction.OUT, status__in=OUTGOING),
            ),
            models.CheckConstraint(
                name="mail_message_has_thread", condition=Q(status=Status.RECEIVED) | Q(thread__isnull=False)
            ),
            models.CheckConstraint(
                name="mail_message_received_at", condition=Q(direction=Direction.OUT) | Q(received_at__isnull=False)
            ),
            models.CheckConstraint(
                name="mail_message_reply_is_keyed",
                condition=Q(direction=Direction.IN, effect_key__isnull=True, release_at__isnull=True)
                | Q(direction=Direction.OUT, effect_key__isnull=False, release_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mail_message_reply_has_id", condition=Q(direction=Direction.IN) | ~Q(message_id="")
            ),
            models.UniqueConstraint(
                name="mail_message_one_held_reply", fields=["thread"], condition=Q(status=Status.HELD)
            ),
            models.UniqueConstraint(
                name="mail_message_own_id_once", fields=["message_id"], condition=Q(direction=Direction.OUT)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject)"


class Note(models.Model):
    """What colleagues tell each other about a conversation. It never leaves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text[:60]


class RawMessage(models.Model):
    """What arrived, byte for byte, with its envelope; stored before anything is read of it."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="raw")
    recipient = models.CharField(
        max_length=ADDRESS_CHARS, help_text="The address it came to, without what stood behind +"
    )
    tag = models.CharField(max_length=128, blank=True, help_text="What stood behind the +")
    dedupe_key = models.CharField(max_length=ID_CHARS, help_text="Its Message-ID, or else the digest of its bytes")
    envelope_from = models.CharField(max_length=ADDRESS_CHARS, blank=True, help_text="Empty: the null return path")
    peer = models.CharField(max_length=255, blank=True, help_text="The address that handed it over")
    helo = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mail_raw_message_once", fields=["recipient", "dedupe_key"]),
        ]

    def __str__(self) -> str:
        return f"{self.size} bytes for {self.recipient}"


class Attachment(models.Model):
    """A part of a message that is no text of it. `name` is safe to store and show."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=160)
    content_id = models.CharField(max_length=ID_CHARS, blank=True)
    inline = models.BooleanField(default=False)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mail_attachment_number", fields=["message", "number"]),
            models.CheckConstraint(name="mail_attachment_number_from_1", condition=Q(number__gte=1)),
        ]
        ordering = [F("number").asc()]

    def __str__(self) -> str:
        return self.name
