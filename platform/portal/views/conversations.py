"""Conversations: the list, one of them, and what people do in it."""

from typing import Any, cast, get_args
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import actor_of, colleagues
from approvals.errors import Refused
from approvals.selectors import approvals
from audit.services import Actor
from mail.errors import MailRefused, NoSuchMessage, NoSuchThread, ReplyAlreadyHeld, ReplyRefused
from mail.selectors import (
    MessageView,
    Place,
    ThreadView,
    answering_of,
    attachment_content,
    attachments_inline,
    message_view,
    raw_content,
    thread_list,
    thread_view,
)
from mail.selectors.threads import State
from mail.services import (
    note_add,
    reply_subject,
    reply_take_back,
    reply_write,
    thread_assign,
    thread_give_back,
    thread_take_over,
)
from portal.conversations.rows import rows_of_threads
from portal.conversations.sandbox import file_answer, html_answer
from portal.conversations.story import Story, story_of
from portal.views.access import page
from portal.wording import span_words
from workflows.selectors import CorrectionView, correction_in
from workflows.services import approval_take_back, thread_answer

READ = "mail.view_thread"
HANDLE = "mail.change_thread"
WRITE = "mail.add_message"


@require_safe
@page(READ)
def conversation_list_page(request: HttpRequest) -> HttpResponse:
    """Conversations, the latest first; `state`, `assignee` (or `me`) and `search` filter."""
    people = colleagues()
    filters = {name: request.GET.get(name, "").strip()[:200] for name in ("state", "assignee", "search")}
    assignee = str(request.user.pk) if filters["assignee"] == "me" else filters["assignee"]
    found = thread_list(
        state=cast(State, filters["state"] if filters["state"] in get_args(State) else ""),
        assignee=next((person.id for person in people if str(person.id) == assignee), None),
        search=filters["search"],
        after=_place(request),
    )
    context = {
        "section": "conversations",
        "rows": rows_of_threads(found.items),
        "people": [person for person in people if person.id != request.user.pk],
        "filters": filters,
        "filtered": any(filters.values()),
        "states": STATES,
        "older": str(found.older) if found.older else "",
        "newest": "?" + urlencode({name: value for name, value in filters.items() if value}),
        "paged": "cursor" in request.GET,
    }
    return render(request, "mail/conversations.html", context)


STATES = (("", "All"), ("unanswered", "Unanswered"), ("taken_over", "Taken over"))


def _place(request: HttpRequest) -> Place | None:
    text = request.GET.get("cursor", "")
    try:
        return Place.read(text) if text else None
    except ValueError:
        raise Http404("This is no page of this list.") from None


@require_safe
@page(READ)
def conversation_page(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """One conversation. `again` names a reply that was taken back: its text stands in the box once more; `correct` the
    drafted correction of a sent one, whose text does."""
    thread = _thread(thread_id)
    again = _taken_back(request, thread_id)
    typed: dict[str, Any] = {"text": again.text, "cc": [address.email for address in again.cc]} if again else {}
    draft = correction_in(thread_id) if "correct" in request.GET else None
    if draft is not None and request.GET["correct"] == str(draft.id):
        typed = {"text": draft.text, "key": draft.id}
    return _shown(request, thread, typed=typed)


@require_POST
@page(WRITE)
def reply_post(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """Hold a reply that a person wrote; it leaves when its undo window has passed."""
    thread = _thread(thread_id)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    cc = request.POST.getlist("cc")
    seen = _uuid(request.POST.get("in_reply_to", ""))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    try:
        message = reply_write(
            thread_id=thread_id, text=text, cc=cc, key=key, in_reply_to=seen, actor=actor_of(request.user)
        )
    except MailRefused as refusal:
        typed = {"text": text, "cc": cc, "error": str(refusal)}
        return _shown(request, thread, typed=typed, status=409 if isinstance(refusal, ReplyAlreadyHeld) else 422)
    held = message_view(message)
    if held.release_at and held.status == "held":
        seconds = (held.release_at - held.created_at).total_seconds()
        messages.success(request, f"The reply is held and leaves in {span_words(round(seconds))}.")
    return redirect(f"{reverse('portal:conversation', args=[thread_id])}#message-{message}")


@require_POST
@page(WRITE)
def reply_take_back_post(request: HttpRequest, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """Stop a held reply; the text of one that was written by hand comes back into the box."""
    reply = _message(message_id)
    if reply.thread != thread_id or reply.direction != "out":
        raise Http404("There is no such reply.")
    here = reverse("portal:conversation", args=[thread_id])
    actor = actor_of(request.user)
    try:
        if reply.author:
            reply_take_back(message_id=message_id, actor=actor)
        else:
            _approved_take_back(reply, actor)
    except (MailRefused, Refused) as refusal:
        messages.warning(request, str(refusal))
        return redirect(here)
    if reply.author:
        messages.success(request, "Taken back. It did not leave; its text stands in the box below.")
        return redirect(f"{here}?again={message_id}#reply")
    messages.success(request, "Taken back. It did not leave.")
    return redirect(here)


def _approved_take_back(reply: MessageView, actor: Actor) -> None:
    """Stop a reply that a run holds, through the proposal that was approved."""
    approval = approvals(run=reply.run_id).filter(status="executing").first() if reply.run_id else None
    if approval is None:
        raise ReplyRefused("It is too late: the reply is not held any more.")
    approval_take_back(approval_id=approval.pk, actor=actor)


@require_POST
@page(HANDLE)
def take_over_post(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """A person answers from now on; the AI is silent."""
    _thread(thread_id)
    thread_take_over(thread_id=thread_id, actor=actor_of(request.user))
    messages.success(request, "You answer this conversation now. The AI does nothing in it until you give it back.")
    return redirect("portal:conversation", thread_id)


@require_POST
@page(HANDLE)
def give_back_post(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """The next email starts runs again; with `answer`, the last one does at once."""
    _thread(thread_id)
    actor = actor_of(request.user)
    started = None
    try:
        with transaction.atomic():
            thread_give_back(thread_id=thread_id, actor=actor)
            if request.POST.get("answer"):
                started = thread_answer(thread=thread_id, actor=actor)
    except MailRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("portal:conversation", thread_id)
    at_work = started is not None and started.runs
    messages.success(request, "Given back. The last email is being worked on." if at_work else "Given back.")
    return redirect("portal:conversation", thread_id)


@require_POST
@page(HANDLE)
def note_post(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """Leave a note for colleagues."""
    thread = _thread(thread_id)
    text = request.POST.get("note", "").replace("\r\n", "\n")
    try:
        note = note_add(thread_id=thread_id, text=text, actor=actor_of(request.user))
    except MailRefused as refusal:
        return _shown(request, thread, typed={"note": text, "note_error": str(refusal)}, status=422)
    return redirect(f"{reverse('portal:conversation', args=[thread_id])}#note-{note}")


@require_POST
@page(HANDLE)
def assign_post(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    """Make it a colleague's, or nobody's."""
    _thread(thread_id)
    chosen = request.POST.get("assignee", "")
    person = next((each.id for each in colleagues() if str(each.id) == chosen), None)
    if chosen and person is None:
        messages.warning(request, "This colleague cannot sign in here. Nothing was changed.")
        return redirect("portal:conversation", thread_id)
    thread_assign(thread_id=thread_id, person=person, actor=actor_of(request.user))
    return redirect("portal:conversation", thread_id)


@require_safe
@page("mail.view_message")
def html_page(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The HTML version of a message, in a sandbox."""
    message = _message(message_id)
    if not message.html:
        raise Http404("This message has no HTML version.")
    return html_answer(message.html, attachments_inline(message_id))


@require_safe
@page("mail.view_message")
def attachment_page(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """An attachment, to be saved."""
    try:
        found, content = attachment_content(attachment_id)
    except NoSuchMessage:
        raise Http404("There is no such attachment.") from None
    return file_answer(content, name=found.name, content_type=found.content_type)


@require_safe
@page("mail.view_rawmessage")
def raw_page(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """What arrived, byte for byte, to be saved."""
    try:
        content = raw_content(message_id)
    except NoSuchMessage:
        raise Http404("There is no such message.") from None
    return file_answer(content, name=f"{message_id}.eml", content_type="application/octet-stream")


def _thread(thread_id: UUID) -> ThreadView:
    try:
        return thread_view(thread_id)
    except NoSuchThread:
        raise Http404("There is no such conversation.") from None


def _message(message_id: UUID) -> MessageView:
    try:
        return message_view(message_id)
    except NoSuchMessage:
        raise Http404("There is no such message.") from None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404("There is no such message.") from None


def _taken_back(request: HttpRequest, thread_id: UUID) -> MessageView | None:
    named = _uuid(request.GET.get("again", ""))
    message = _message(named) if named else None
    mine = message is not None and message.thread == thread_id and message.author and message.status == "stopped"
    return message if mine else None


def _waits(correction: CorrectionView, story: Story, typed: dict[str, Any]) -> bool:
    """Whether nobody has written to the customer since it was drafted, nor does so now, with its text in the box."""
    written = any(m.direction == "out" and m.status != "stopped" and m.id > correction.id for m in story.messages)
    return not written and typed.get("key") != correction.id


def _shown(request: HttpRequest, thread: ThreadView, *, typed: dict[str, Any], status: int = 200) -> HttpResponse:
    before = _uuid(request.GET.get("before", ""))
    story = story_of(thread.id, before=before)
    answering = answering_of(thread.id, () if before else story.messages)
    correction = correction_in(thread.id)
    context = {
        "section": "conversations",
        "thread": thread,
        "title": thread.subject or "(no subject)",
        "story": story,
        "before": before,
        "answering": answering,
        "subject": reply_subject(answering.subject) if answering else "",
        "key": typed.get("key") or uuid4(),
        "correction": correction if correction and _waits(correction, story, typed) else None,
        "typed": typed,
        "people": colleagues(),
        "kept_here": not settings.COUNTERSIGN.smtp_out_url,
    }
    return render(request, "mail/conversation.html", context, status=status)
