"""Conversations: the list of them with what stands in each, and who takes care of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Left

from accounts.selectors import Colleague
from mail.errors import NoSuchThread
from mail.models import Direction, Message, Note, Status, Thread
from mail.parsing.results import Address, Flag
from mail.selectors.messages import MAX_PAGE

BEGINNING_CHARS = 200
State = Literal["", "unanswered", "taken_over"]


class Place(NamedTuple):
    """Where a page of conversations begins: behind this one."""

    at: datetime
    thread: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.thread}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """The place that `str` wrote; raises ValueError."""
        at, _, thread = text.partition("_")
        found = datetime.fromisoformat(at)
        if found.tzinfo is None:
            raise ValueError("a place has a zone")
        return cls(found, UUID(thread))


@dataclass(frozen=True)
class ThreadView:
    """A conversation, and who takes care of it. `taken_over_by`: the AI is silent in it meanwhile."""

    id: UUID
    subject: str
    created_at: datetime
    last_message_at: datetime
    unanswered_since: datetime | None
    taken_over_by: Colleague | None
    taken_over_at: datetime | None
    assignee: Colleague | None


@dataclass(frozen=True)
class ReplyState:
    """How far the latest reply of a conversation is; `author`: who wrote it by hand."""

    status: str
    release_at: datetime | None
    author: UUID | None


@dataclass(frozen=True)
class ThreadRow:
    """A conversation in a list. `flags` are those of the latest message received; `beginning` is of the latest one."""

    thread: ThreadView
    customer: Address | None
    beginning: str
    beginning_is_ours: bool
    flags: tuple[str, ...]
    reply: ReplyState | None


@dataclass(frozen=True)
class ThreadPage:
    """Some conversations; `older` is where the next page begins, None at the end."""

    items: tuple[ThreadRow, ...]
    older: Place | None = None


@dataclass(frozen=True)
class NoteView:
    """What a colleague told the others about a conversation."""

    id: UUID
    author: Colleague
    text: str
    created_at: datetime


def thread_view(thread_id: UUID | str) -> ThreadView:
    """The conversation; raises NoSuchThread."""
    try:
        thread = _threads().filter(pk=thread_id).first()
    except (ValueError, ValidationError):
        thread = None
    if thread is None:
        raise NoSuchThread("there is no such conversation")
    return _view(thread)


def taken_over(thread_id: UUID | str) -> bool:
    """Whether a person answers this conversation, and the AI is silent in it."""
    return Thread.objects.filter(pk=thread_id, taken_over_by__isnull=False).exists()


def notes_of_thread(thread_id: UUID | str) -> tuple[NoteView, ...]:
    """The notes on a conversation, oldest first."""
    notes = Note.objects.filter(thread_id=thread_id).select_related("author").order_by("pk")
    return tuple(NoteView(note.pk, _colleague(note.author), note.text, note.created_at) for note in notes)


def thread_list(
    *,
    state: State = "",
    assignee: UUID | None = None,
    search: str = "",
    after: Place | None = None,
    limit: int = 50,
) -> ThreadPage:
    """Conversations that match all that is given, the latest first; five queries whatever their number.

    `search`: words of subject, sender or text, each somewhere in the conversation.
    """
    found = _threads().order_by("-last_message_at", "-pk")
    if state == "unanswered":
        found = found.filter(unanswered_since__isnull=False)
    if state == "taken_over":
        found = found.filter(taken_over_by__isnull=False)
    if assignee:
        found = found.filter(assignee=assignee)
    for word in search.split():
        found = found.filter(Q(subject__icontains=word) | Exists(_saying(word)))
    if after:
        found = found.filter(Q(last_message_at__lt=after.at) | Q(last_message_at=after.at, pk__lt=after.thread))
    limit = max(1, min(limit, MAX_PAGE))
    rows = list(found[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return ThreadPage(_rows(rows[:limit]), Place(last.last_message_at, last.pk) if last else None)


def _saying(word: str) -> QuerySet[Message]:
    said = Q(subject__icontains=word) | Q(from_email__icontains=word) | Q(from_name__icontains=word)
    return Message.objects.filter(said | Q(text__icontains=word), thread=OuterRef("pk"))


def _threads() -> QuerySet[Thread]:
    return Thread.objects.select_related("taken_over_by", "assignee")


def _rows(threads: list[Thread]) -> tuple[ThreadRow, ...]:
    mails = Message.objects.filter(thread__in=[thread.pk for thread in threads])
    came = mails.filter(direction=Direction.IN)
    customers = _by_thread(came.exclude(flags__contains=[str(Flag.OWN_ADDRESS)]).order_by("thread_id", "pk"))
    received = _by_thread(came.order_by("thread_id", "-pk"))
    ours = mails.filter(direction=Direction.OUT).exclude(status=Status.STOPPED)
    replies = _by_thread(ours.order_by("thread_id", "-pk"))
    return tuple(
        _row(thread, customers.get(thread.pk), received.get(thread.pk), replies.get(thread.pk)) for thread in threads
    )


def _by_thread(ordered: QuerySet[Message]) -> dict[UUID | None, dict[str, Any]]:
    """The first message of each conversation, as far as a list shows it."""
    wrote = Case(When(new_text="", then=F("text")), default=F("new_text"))
    columns = ("pk", "thread_id", "from_email", "from_name", "flags", "status", "release_at", "author_id")
    first = ordered.distinct("thread_id").annotate(beginning=Left(wrote, BEGINNING_CHARS))
    return {message["thread_id"]: dict(message) for message in first.values(*columns, "beginning")}


def _row(
    thread: Thread, customer: dict[str, Any] | None, received: dict[str, Any] | None, reply: dict[str, Any] | None
) -> ThreadRow:
    last = max((message for message in (received, reply) if message), key=lambda m: m["pk"], default=None)
    return ThreadRow(
        thread=_view(thread),
        customer=Address(customer["from_email"], customer["from_name"]) if customer else None,
        beginning=" ".join(last["beginning"].split()) if last else "",
        beginning_is_ours=last is not None and last is reply,
        flags=tuple(received["flags"]) if received else (),
        reply=ReplyState(reply["status"], reply["release_at"], reply["author_id"]) if reply else None,
    )


def _view(thread: Thread) -> ThreadView:
    return ThreadView(
        id=thread.pk,
        subject=thread.subject,
        created_at=thread.created_at,
        last_message_at=thread.last_message_at,
        unanswered_since=thread.unanswered_since,
        taken_over_by=_colleague(thread.taken_over_by) if thread.taken_over_by else None,
        taken_over_at=thread.taken_over_at,
        assignee=_colleague(thread.assignee) if thread.assignee else None,
    )


def _colleague(user: Any) -> Colleague:
    return Colleague(user.pk, str(user))
