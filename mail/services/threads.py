"""Who takes care of a conversation: a person or the AI, whose it is, what colleagues noted, whether it is answered.

Each change locks the conversation's row first. So does an arriving message: of a message and a person who takes over
at the same moment, the later one always sees the earlier.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import person_get
from audit.services import Actor, record
from mail.errors import NoSuchThread, ThreadRefused
from mail.models import Note, Thread
from mail.parsing.decode import clean
from mail.parsing.results import Flag
from mail.selectors.messages import heard
from mail.signals import person_stepped_in

NOTE_CHARS = 5_000


def thread_lock(thread_id: UUID | str) -> Thread:
    """The conversation, locked until the commit; raises NoSuchThread. Messages may be added to it meanwhile."""
    thread = Thread.objects.select_for_update(no_key=True).filter(pk=thread_id).first()
    if thread is None:
        raise NoSuchThread("there is no such conversation")
    return thread


def thread_silent(thread_id: UUID | str) -> bool:
    """Whether the AI must be silent in a conversation; nobody can change that before the commit."""
    thread = Thread.objects.select_for_update(no_key=True).filter(pk=thread_id).first()
    return thread is not None and thread.taken_over_by_id is not None


@transaction.atomic
def thread_take_over(*, thread_id: UUID | str, actor: Actor) -> None:
    """Let a person answer from now on: what the AI has open ends, later messages start nothing.

    From whoever had it before. Raises NoSuchThread, ThreadRefused.
    """
    thread = thread_lock(thread_id)
    person = _person(actor)
    if thread.taken_over_by_id == person:
        return
    thread.taken_over_by_id = person
    thread.taken_over_at = timezone.now()
    thread.save(update_fields=["taken_over_by", "taken_over_at"])
    record(event="thread.taken_over", target=f"thread:{thread.pk}", actor=actor)
    person_stepped_in.send(sender=Thread, thread_id=thread.pk, actor=actor, reason="taken_over")


@transaction.atomic
def thread_give_back(*, thread_id: UUID | str, actor: Actor) -> None:
    """Let the next message start runs again. Raises NoSuchThread, ThreadRefused when nobody has taken it over."""
    thread = thread_lock(thread_id)
    if thread.taken_over_by_id is None:
        raise ThreadRefused("Nobody has taken over this conversation.")
    thread.taken_over_by_id = thread.taken_over_at = None
    thread.save(update_fields=["taken_over_by", "taken_over_at"])
    record(event="thread.given_back", target=f"thread:{thread.pk}", actor=actor)


@transaction.atomic
def thread_assign(*, thread_id: UUID | str, person: UUID | None, actor: Actor) -> None:
    """Make a conversation a colleague's, or nobody's. Raises NoSuchThread, ThreadRefused."""
    thread = thread_lock(thread_id)
    if thread.assignee_id == person:
        return
    if person is not None:
        colleague = person_get(person)
        if colleague is None or not colleague.active:
            raise ThreadRefused("This colleague cannot sign in here.")
    thread.assignee_id = person
    thread.save(update_fields=["assignee"])
    assignee = str(person) if person else None
    record(event="thread.assigned", target=f"thread:{thread.pk}", actor=actor, data={"assignee": assignee})


@transaction.atomic
def note_add(*, thread_id: UUID | str, text: str, actor: Actor) -> UUID:
    """Leave a note for colleagues; its id. It is no message: nothing sends it. Raises NoSuchThread, ThreadRefused."""
    thread = thread_lock(thread_id)
    text = clean(text).strip()
    if not text:
        raise ThreadRefused("Write what your colleagues should know.")
    if len(text) > NOTE_CHARS:
        raise ThreadRefused(f"A note has at most {NOTE_CHARS:,} characters; this has {len(text):,}.")
    note = Note.objects.create(thread=thread, author_id=_person(actor), text=text)
    record(event="thread.noted", target=f"thread:{thread.pk}", actor=actor, data={"note": str(note.pk)})
    return note.pk


def thread_heard(thread_id: UUID, *, own: bool, at: datetime) -> None:
    """Note that a person's message came: a customer's waits for an answer, a colleague's from an own address is one."""
    thread = thread_lock(thread_id)
    thread.unanswered_since = None if own else thread.unanswered_since or at
    thread.save(update_fields=["unanswered_since"])


def thread_answered(thread_id: UUID, *, by: UUID, at: datetime) -> None:
    """Note that a reply left that knew of all up to the message `by`. What the customer wrote after it still waits."""
    thread = thread_lock(thread_id)
    later = heard().exclude(flags__contains=[str(Flag.OWN_ADDRESS)]).filter(thread=thread, pk__gt=by)
    thread.unanswered_since = later.order_by("pk").values_list("received_at", flat=True).first()
    thread.last_message_at = max(thread.last_message_at, at)
    thread.save(update_fields=["unanswered_since", "last_message_at"])


def _person(actor: Actor) -> UUID:
    if actor.person is None:
        raise ThreadRefused("Only a person can do this.")
    return actor.person
