"""The story of one run, to be read and to be printed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ai.selectors import call_view, calls
from approvals.selectors import approvals, view_of
from audit.selectors import story, views
from audit.standing import last_verified
from mail.errors import NoSuchMessage
from mail.selectors import Brief, brief
from portal.run_story import Known, Line, lines_of
from portal.views.access import page
from portal.views.runs import WORDS
from portal.wording import span, words_of
from workflows.selectors import RunView, run_get


@require_safe
@page("workflows.view_run", "audit.view_entry")
def run_story_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Everything that happened in a run in its order, each line with its ledger entry."""
    run = run_get(run_id)
    if run is None:
        raise Http404("There is no such run.")
    person: Any = request.user
    may = person.has_perm
    email = _email(run) if may("mail.view_message") else None
    known = Known(
        run=run,
        email=email,
        approvals=[view_of(row) for row in approvals(run=run.id)] if may("approvals.view_approval") else (),
        calls=[call_view(row) for row in calls(run_id=run.id)] if may("ai.view_call") else (),
    )
    beside = [f"event:{run.event}", *([f"message:{run.message}"] if run.message else [])]
    lines = lines_of(views(story(run.id, beside=beside)), known)
    begun = run.started_at or run.created_at
    context = {
        "section": "runs",
        "title": (email.subject if email else "") or words_of(run.workflow.replace("-", " ")),
        "run": run,
        "words": WORDS.get(run.status, (run.status, ""))[0],
        "customer": (email.from_name or email.from_email) if email else "",
        "begun": begun,
        "took": span(run.finished_at - begun) if run.finished_at else "",
        "cost": f"{run.cost_usd:.4f}" if run.cost_usd else "0",
        "lines": lines,
        "sealed": max((line.entry.seq or 0 for line in lines), default=0),
        "open": sum(line.entry.seq is None for line in lines),
        "printed_at": timezone.now(),
        "broken": _broken(lines),
    }
    return render(request, "workflows/story.html", context)


def _broken(lines: Sequence[Line]) -> str:
    """What verifying the ledger last came to, where that is about an entry of this story."""
    last = last_verified()
    broken = last.verdict.broken if last else None
    return broken.what if broken and broken.entry in {line.entry.id for line in lines} else ""


def _email(run: RunView) -> Brief | None:
    """The email that the run is about; None where its event names none of ours."""
    try:
        return brief(run.message) if run.message else None
    except NoSuchMessage:
        return None
