"""Tasks: what people have to do, and until when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.selectors import actor_of, names_of
from crm.errors import Missing
from crm.selectors import (
    COUNTED_TO,
    TaskView,
    contact_view,
    enquiry_view,
    listing_view,
    task_agenda,
    task_count,
    task_list,
    task_view,
)
from crm.services import task_update
from gateway.pagination import Cursor
from portal.views.access import page
from portal.views.records.rows import due_tone, task_rows
from portal.views.records.shapes import Detail, Field, Found, Rights, Section, Tab, search_in, uuid_in
from portal.wording import near


def find(request: HttpRequest, cursor: Cursor) -> Found:
    """What is to be done by the one who asks, soonest first; `tab` shows everybody's, or what is done."""
    tab = request.GET.get("tab", "mine")
    mine = request.user.pk
    search, older, newer = search_in(request), cursor.older_than, cursor.newer_than
    if tab == "done":
        found = task_list(done=True, search=search, older_than=older, newer_than=newer)
    else:
        tab = "all" if tab == "all" else "mine"
        assignee = None if tab == "all" else mine
        found = task_agenda(assignee=assignee, search=search, older_than=older, newer_than=newer)
    here = reverse("portal:tasks")
    return Found(
        found,
        tabs=[
            Tab("Mine", here, tab == "mine", counted(task_count(assignee=mine))),
            Tab("All", f"{here}?tab=all", tab == "all", counted(task_count())),
            Tab("Done", f"{here}?tab=done", tab == "done"),
        ],
    )


def counted(number: int) -> str:
    """A count as far as it was counted."""
    return f"{COUNTED_TO:,}+" if number > COUNTED_TO else f"{number:,}"


def detail(task: TaskView, rights: Rights) -> Detail:
    """What is to be done, by whom, until when and about what."""
    enquiry = enquiry_view(task.enquiry) if task.enquiry else None
    about = task.contact or (enquiry.contact if enquiry else None)
    contact = contact_view(about) if about else None
    listing = listing_view(enquiry.listing) if enquiry and enquiry.listing else None
    tone, words = due_tone(task)
    return Detail(
        title=task.title,
        tag="Done" if task.done else words,
        tone="" if task.done else tone,
        fields=[
            Field("Due", near(task.due_at) if task.due_at else "", empty="No time is set"),
            Field(
                "Assigned to", names_of([task.assignee]).get(task.assignee, "") if task.assignee else "", empty="Nobody"
            ),
            Field(
                "Customer",
                contact.called if contact else "",
                url=reverse("portal:customer", args=[contact.id]) if contact else "",
                empty="None",
            ),
            Field(
                "Enquiry",
                (listing.title if listing else "Without a listing") if enquiry else "",
                url=reverse("portal:enquiry", args=[enquiry.id]) if enquiry else "",
                empty="None",
            ),
        ],
    )


def given(request: HttpRequest) -> dict[str, Any]:
    """A new task is one's own; it may start with a customer and an enquiry."""
    return {
        "assignee": request.user.pk,
        "contact": uuid_in(request, "contact"),
        "enquiry": uuid_in(request, "enquiry"),
    }


@require_POST
@page("crm.change_task")
def task_tick(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Tick a task as done, or put it back; leads back to the list."""
    done = request.POST.get("done") == "yes"
    try:
        task = task_update(task=record_id, done=done, actor=actor_of(request.user))
    except Missing:
        raise Http404("There is no such task.") from None
    messages.success(request, f"Done: {task.title}" if done else f"To be done again: {task.title}")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("portal:tasks"))


SECTION = Section(
    kind="task",
    one="task",
    many="tasks",
    label="Tasks",
    noun="task",
    nouns="tasks",
    path="tasks",
    hint="What the workflow leaves to people comes here, and what you note for yourself or for a colleague.",
    find=find,
    view=task_view,
    rows=task_rows,
    detail=detail,
    given=given,
)
