"""Settings, Forbidden topics: what no reply may speak of, the tenant's own and those of every tenant."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import actor_of
from ai.errors import NoSuchTopic, TopicChanged, TopicRefused
from ai.topics.forms import TopicForm, filled
from ai.topics.selectors import TOPICS, TopicView, said, topic_get, topics, tried
from ai.topics.services import topic_add, topic_change, topic_faults, topic_remove
from approvals.selectors import DraftLine, drafts_newest
from audit.selectors import names_of
from portal.views.access import page

VIEW, ADD, CHANGE, DELETE = (f"ai.{verb}_forbiddentopic" for verb in ("view", "add", "change", "delete"))
LONGEST_TRY = 2_000
LOOKED_AT = 100
SHOWN = 5
TOLD = "Drafts are held against it from now on. A reply that waits or is held and says it has to be renewed first."


@require_http_methods(["GET", "HEAD", "POST"])
@page(VIEW)
def topics_page(request: HttpRequest) -> HttpResponse:
    """All topics, a sentence to try against them, and the form of a new one for those who may add it."""
    if request.method == "POST":
        return page(ADD)(_add)(request)
    return _page(request, TopicForm())


def _add(request: HttpRequest) -> HttpResponse:
    form = TopicForm(request.POST)
    if form.is_valid():
        if "look" in request.POST:
            return _page(request, form, looked=_look(form), status=422 if form.errors else 200)
        try:
            made = topic_add(actor=actor_of(request.user), **form.said())
        except TopicRefused as refused:
            form.refuse(refused.faults)
        else:
            messages.success(request, f"“{made.name}” is forbidden. {TOLD}")
            return redirect("portal:settings_topics")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: TopicForm, *, looked: "Looked | None" = None, status: int = 200) -> HttpResponse:
    own = topics()
    names = names_of(topic.updated_by for topic in own)
    sentence = request.GET.get("try", "")[:LONGEST_TRY]
    context = {
        **_frame(),
        "topics": [(topic, names[topic.updated_by]) for topic in own],
        "built_in": TOPICS,
        "form": form,
        "looked": looked,
        "sentence": sentence,
        "tried": tried(sentence) if sentence.strip() else None,
        "may_add": request.user.has_perm(ADD),
        "may_change": request.user.has_perm(CHANGE),
    }
    return render(request, "settings/topics.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CHANGE)
def topic_page(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """The form of one topic; a save over somebody else's is refused, and keeps what was typed."""
    topic = _topic(topic_id)
    if request.method != "POST":
        return _form(request, topic, filled(topic))
    form = TopicForm(request.POST)
    if not form.is_valid():
        return _form(request, topic, form, status=422)
    if "look" in request.POST:
        return _form(request, topic, form, looked=_look(form, topic_id), status=422 if form.errors else 200)
    try:
        topic_change(topic=topic_id, actor=actor_of(request.user), seen=form.cleaned_data["seen"], **form.said())
    except TopicChanged:
        return _form(request, _topic(topic_id), form, conflict=True, status=409)
    except NoSuchTopic:
        raise Http404 from None
    except TopicRefused as refused:
        form.refuse(refused.faults)
        return _form(request, topic, form, status=422)
    messages.success(request, f"Saved. {TOLD}")
    return redirect("portal:settings_topics")


@require_POST
@page(CHANGE)
def topic_switch_post(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """Switch a topic on or off, as `on` says."""
    on = request.POST.get("on") == "true"
    try:
        topic = topic_change(topic=topic_id, actor=actor_of(request.user), in_use=on)
    except NoSuchTopic:
        raise Http404 from None
    messages.success(request, f"“{topic.name}” is forbidden again. {TOLD}" if on else f"“{topic.name}” is off.")
    return redirect("portal:settings_topics")


@require_POST
@page(DELETE)
def topic_remove_post(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """Forget a topic."""
    name = _topic(topic_id).name
    try:
        topic_remove(topic=topic_id, actor=actor_of(request.user))
    except NoSuchTopic:
        raise Http404 from None
    messages.success(request, f"“{name}” is removed: replies may speak of it.")
    return redirect("portal:settings_topics")


@dataclass(frozen=True)
class Looked:
    """How many of the newest drafts say what is typed; `shown` are some, each with the sentence."""

    drafts: int
    say_it: int
    shown: list[tuple[DraftLine, str]]


def _look(form: TopicForm, topic_id: UUID | None = None) -> Looked | None:
    """What a topic would have stopped; nothing is kept. None, with the faults told, where it cannot be one."""
    if faults := topic_faults(form.said(), topic=topic_id):
        form.refuse(faults)
        return None
    drafts = drafts_newest(LOOKED_AT)
    found = [(draft, said(draft.text, [form.topic()], [draft.written])) for draft in drafts]
    say_it = [(draft, sentences[0].span.text) for draft, sentences in found if sentences]
    return Looked(len(drafts), len(say_it), say_it[:SHOWN])


def _topic(topic_id: UUID) -> TopicView:
    found = topic_get(topic_id)
    if found is None:
        raise Http404
    return found


def _form(
    request: HttpRequest,
    topic: TopicView,
    form: TopicForm,
    *,
    looked: "Looked | None" = None,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_frame(),
        "topic": topic,
        "form": form,
        "looked": looked,
        "conflict": conflict,
        "seen": form["seen"].value() if looked else topic.version,
        "may_remove": request.user.has_perm(DELETE),
    }
    return render(request, "settings/topic.html", context, status=status)


def _frame() -> dict[str, Any]:
    return {"section": "settings", "tab": "topics"}
