"""Messages in both directions. Lists come newest first, in pages."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.selectors import Colleague
from mail.errors import NoSuchMessage
from mail.models import Attachment, Direction, Message, RawMessage, Status
from mail.parsing.results import Address, Flag, RangeKind, TextRange

MAX_PAGE = 200
LEFT = (Status.SENDING, Status.SENT, Status.KEPT, Status.UNKNOWN)
AUTOMATIC = {Flag.AUTO_SUBMITTED, Flag.BULK, Flag.BOUNCE, Flag.ECHO}


@dataclass(frozen=True)
class AttachmentView:
    """An attachment without its bytes; see `attachment_content`."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    content_id: str
    inline: bool


@dataclass(frozen=True)
class AuthView:
    """Verdicts on the sender, each pass, fail, none or unknown; all `unknown` for replies."""

    spf: str = "unknown"
    dkim: str = "unknown"
    dmarc: str = "unknown"
    domain: str = ""


@dataclass(frozen=True)
class MessageView:
    """A message in either direction. `thread` is None only until a received message has been read."""

    id: UUID
    direction: str
    status: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    thread: UUID | None
    from_email: str
    from_name: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    text: str
    new_text: str
    quotes: tuple[TextRange, ...]
    html: str
    hidden_text: str
    attachments: tuple[AttachmentView, ...]
    auth: AuthView
    flags: tuple[str, ...]
    created_at: datetime
    received_at: datetime | None
    sent_at: datetime | None
    release_at: datetime | None
    intent: str
    run_id: str
    effect_key: str
    author: Colleague | None
    error: str
    remote_images: int

    @property
    def version(self) -> str:
        """Tells this text from any other: the first 12 digits of its SHA-256."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def own_text(self) -> str:
        """What its sender wrote, signature included: the whole text without anything quoted."""
        return own_text(self.text, self.quotes)

    @property
    def answer_to(self) -> str:
        """Where an answer goes: the Reply-To, else the sender; "" when neither is known."""
        return self.reply_to[0].email if self.reply_to else self.from_email

    @property
    def automatic(self) -> bool:
        return bool(AUTOMATIC & set(self.flags))


@dataclass(frozen=True)
class Page:
    """Some of a list; `older` is the id to pass as `before` for what follows, None at the end."""

    items: tuple[MessageView, ...]
    older: UUID | None = None


def message_view(message_id: UUID | str) -> MessageView:
    """The message; raises NoSuchMessage."""
    message = messages().filter(pk=message_id).first()
    if message is None:
        raise NoSuchMessage("there is no such message")
    return view_of(message)


def message_list(
    *,
    direction: str = "",
    status: str = "",
    thread_id: UUID | str | None = None,
    flag: str = "",
    intent: str = "",
    run_id: str = "",
    sender: str = "",
    search: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> Page:
    """Messages that match all that is given, newest first. `search`: words of subject, sender or text."""
    exact = {"direction": direction, "status": status, "thread_id": thread_id, "intent": intent, "run_id": run_id}
    found = messages().filter(**{name: value for name, value in exact.items() if value})
    if flag:
        found = found.filter(flags__contains=[flag])
    if sender:
        found = found.filter(from_email__iexact=sender)
    for word in search.split():
        found = found.filter(
            Q(subject__icontains=word)
            | Q(from_email__icontains=word)
            | Q(from_name__icontains=word)
            | Q(text__icontains=word)
        )
    if before:
        found = found.filter(pk__lt=before)
    limit = max(1, min(limit, MAX_PAGE))
    rows = list(found.order_by("-pk")[: limit + 1])
    older = rows[limit - 1].pk if len(rows) > limit else None
    return Page(tuple(view_of(row) for row in rows[:limit]), older)


def outbox(*, status: str = "", before: UUID | None = None, limit: int = 50) -> Page:
    """Replies, newest first; of one `status` where given."""
    return message_list(direction=Direction.OUT, status=status, before=before, limit=limit)


def last_received_at() -> datetime | None:
    """When the newest mail came in, or None."""
    return RawMessage.objects.order_by("-pk").values_list("received_at", flat=True).first()


def messages_of_thread(thread_id: UUID | str) -> tuple[MessageView, ...]:
    """All messages of a conversation, oldest first."""
    return tuple(map(view_of, messages().filter(thread_id=thread_id).order_by("pk")))


def last_message_of_thread(thread_id: UUID | str) -> MessageView | None:
    """The latest message that moved the conversation: what a person wrote to us (also from an own address), or a
    reply that left or may have left. Automatic mail moves nothing, and a held or stopped reply was never said."""
    said = Q(direction=Direction.OUT, status__in=LEFT)
    message = messages().filter(said | _HEARD, thread_id=thread_id).order_by("-pk").first()
    return view_of(message) if message else None


_ANY = Q()


def unanswered_before(message_id: UUID | str) -> tuple[MessageView, ...]:
    """The customer's messages of its conversation before this one that no answer knew of, oldest first."""
    message = Message.objects.filter(pk=str(message_id), thread__isnull=False).only("thread_id").first()
    if message is None:
        return ()
    assert message.thread_id is not None
    earlier = Q(thread_id=message.thread_id, pk__lt=message.pk)
    found = _unanswered(message.thread_id, earlier).filter(earlier)
    return tuple(map(view_of, found.order_by("pk")))


def unanswered_last(thread_id: UUID | str) -> MessageView | None:
    """The customer's last message of a conversation, unless an answer has known of it."""
    message = _unanswered(thread_id).order_by("-pk").first()
    return view_of(message) if message else None


def _unanswered(thread_id: UUID | str, of: Q = _ANY) -> QuerySet[Message]:
    """The customer's messages after the last one, `of` these, that an answer knew of.

    A reply knew of what it answers, not of what came while it was held; what a colleague wrote from an own address, of
    all that had come.
    """
    own = Q(flags__contains=[str(Flag.OWN_ADDRESS)])
    replies = Message.objects.filter(thread_id=thread_id, direction=Direction.OUT, status__in=LEFT)
    answered = Q(message_id__in=replies.exclude(in_reply_to="").values("in_reply_to"), direction=Direction.IN)
    nameless = Q(pk__in=replies.filter(in_reply_to="").values("pk"))
    known = Message.objects.filter(answered | nameless | (_HEARD & own), of, thread_id=thread_id)
    found = heard().filter(thread_id=thread_id).exclude(own)
    last = known.order_by("-pk").values_list("pk", flat=True).first()
    return found.filter(pk__gt=last) if last else found


def answered_by(reply: Message) -> UUID:
    """The message that a reply answers, the last one that its author knew of; the reply itself where it names none."""
    assert reply.thread_id is not None
    named = Message.objects.filter(thread_id=reply.thread_id, direction=Direction.IN, message_id=reply.in_reply_to)
    found = named.order_by("-pk").values_list("pk", flat=True).first() if reply.in_reply_to else None
    return found or reply.pk


# A forged own address says nothing: it is shown, and that is all.
_HEARD = (
    Q(direction=Direction.IN, thread__isnull=False)
    & ~Q(flags__overlap=[str(flag) for flag in AUTOMATIC])
    & ~Q(flags__contains=[str(Flag.OWN_ADDRESS), str(Flag.SUSPICIOUS)])
)


def heard() -> QuerySet[Message]:
    """Received from a person, and read as far as it could be."""
    return messages().filter(_HEARD)


def reply_held(thread_id: UUID | str) -> bool:
    """Whether a reply of this conversation is held, or leaving."""
    return Message.objects.filter(thread_id=thread_id, status__in=(Status.HELD, Status.SENDING)).exists()


# A mail that could not be read for so long is looked after elsewhere.
READ_WITHIN = timedelta(minutes=15)


def mail_unread() -> bool:
    """Whether mail has come that is not read yet: nobody knows which conversation it is of."""
    since = timezone.now() - READ_WITHIN
    return Message.objects.filter(direction=Direction.IN, status=Status.RECEIVED, received_at__gt=since).exists()


def attachments_inline(message_id: UUID | str) -> dict[str, tuple[str, bytes]]:
    """What the message's own HTML can show: content type and bytes by Content-ID, without its angle brackets."""
    found = Attachment.objects.filter(message__id=message_id).exclude(content_id="")
    return {a.content_id.strip("<>"): (a.content_type, bytes(a.content)) for a in found}


def attachment_content(attachment_id: UUID | str) -> tuple[AttachmentView, bytes]:
    """An attachment with its bytes; raises NoSuchMessage."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None or (found.size and not found.content):
        raise NoSuchMessage("there is no such attachment")
    return _attachment(found), bytes(found.content)


def raw_content(message_id: UUID | str) -> bytes:
    """The bytes that arrived; raises NoSuchMessage, also for replies."""
    content = RawMessage.objects.filter(message__id=message_id).values_list("content", flat=True).first()
    if not content:
        raise NoSuchMessage("nothing arrived under this id, or it was erased")
    return bytes(content)


def messages() -> QuerySet[Message]:
    with_parts = Prefetch("attachments", Attachment.objects.defer("content"))
    return Message.objects.select_related("author").prefetch_related(with_parts)


def own_text(text: str, quotes: Iterable[TextRange]) -> str:
    """A text without what its `quotes` say is quoted; the signature stays."""
    kept, at = [], 0
    for taken in quotes:
        if taken.kind != RangeKind.SIGNATURE:
            kept.append(text[at : max(at, taken.start)])
            at = max(at, taken.end)
    return "".join([*kept, text[at:]]).strip()


def ranges(stored: Iterable[Mapping[str, Any]]) -> tuple[TextRange, ...]:
    return tuple(TextRange(one["start"], one["end"], RangeKind(one["kind"])) for one in stored)


def view_of(message: Message) -> MessageView:
    return MessageView(
        id=message.pk,
        direction=message.direction,
        status=message.status,
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references),
        thread=message.thread_id,
        from_email=message.from_email,
        from_name=message.from_name,
        to=_addresses(message.to),
        cc=_addresses(message.cc),
        reply_to=_addresses(message.reply_to),
        subject=message.subject,
        text=message.text,
        new_text=message.new_text,
        quotes=ranges(message.quotes),
        html=message.html,
        hidden_text=message.hidden_text,
        attachments=tuple(map(_attachment, message.attachments.all())),
        auth=AuthView(**message.auth),
        flags=tuple(message.flags),
        created_at=message.created_at,
        received_at=message.received_at,
        sent_at=message.sent_at,
        release_at=message.release_at,
        intent=message.intent,
        run_id=message.run_id,
        effect_key=message.effect_key or "",
        author=Colleague(message.author.pk, str(message.author)) if message.author else None,
        error=message.error,
        remote_images=message.remote_images,
    )


def _attachment(found: Attachment) -> AttachmentView:
    return AttachmentView(
        found.pk, found.name, found.content_type, found.size, found.sha256, found.content_id, found.inline
    )


def _addresses(stored: Iterable[dict[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(address["email"], address["name"]) for address in stored)


def message_statuses() -> list[str]:
    """The states that a message can be in, received ones first."""
    return list(Status.values)
