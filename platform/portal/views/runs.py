"""Runs: what happened after each email, step by step."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import actor_of
from ai.selectors import call_view, calls
from approvals.selectors import WAITING, ApprovalView, approvals, runs_asking, view_of, waiting_of
from audit.selectors import entries, views
from gateway.pagination import rows_of
from mail.errors import NoSuchMessage
from mail.selectors import Brief, Head, brief, heads, ids_about
from portal.links import link_of
from portal.run_steps import effect_rows, step_rows
from portal.views.access import page
from portal.views.failed_runs import cause_rows
from portal.views.paging import cursor_from, ends
from portal.views.period import Period, period_of
from portal.wording import span, words_of
from workflows.causes import Cause, cause_told
from workflows.errors import Refused
from workflows.selectors import (
    RunView,
    held_of,
    messages_of,
    run_get,
    run_view,
    runs,
    undo_of_run,
    workflow_list,
)
from workflows.services import run_again, run_cancel

WORDS = {
    "queued": ("queued", ""),
    "running": ("running", "accent"),
    "waiting": ("waits", ""),
    "succeeded": ("done", ""),
    "failed": ("failed", "danger"),
    "cancelled": ("cancelled", ""),
    "undoing": ("being undone", "accent"),
    "undone": ("undone", ""),
    "undo_incomplete": ("undone in part", "warn"),
}
# What the list can be filtered by: the states, and what waits for a person.
CHOICES = {
    "person": "Needs a person",
    "running": "Running",
    "waiting": "Waits",
    "succeeded": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "undone": "Undone",
    "undo_incomplete": "Undone in part",
}
MOVING = ("queued", "running", "undoing")
OPEN = ("queued", "running", "waiting")
UNDO = ("undoing", "undone", "undo_incomplete")
DONE_WITH = ("succeeded", "failed", "cancelled", "undone", "undo_incomplete")
CHANGE = "workflows.change_run"
ID_BEGINS = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")
LEDGER_SHOWN = 6


@dataclass(frozen=True)
class RunRow:
    """A run in a list or at the head of its page.

    `moves`: it may still change by itself. `needs`: the page of the proposal that waits for a person.
    """

    id: UUID
    title: str
    customer: str
    workflow: str
    version: int
    status: str
    words: str
    tone: str
    held_until: datetime | None
    needs: str
    cost: str
    took: str
    started_at: datetime
    error: str
    moves: bool


@dataclass(frozen=True)
class Filters:
    """What the list's URL asks for."""

    status: str
    workflow: str
    words: str
    period: Period
    cause: Cause | None = None

    @property
    def any(self) -> bool:
        return any((self.status, self.workflow, self.words, self.period.begins, self.period.ends, self.cause))


@require_safe
@page("workflows.view_run")
def run_list_page(request: HttpRequest) -> HttpResponse:
    """Runs, newest first; `status`, `workflow`, `cause`, `q` (a customer, a subject or an id), `from` and `to` filter.

    Those that failed are told by their causes first.
    """
    filters = _filters(request)
    found, older, newer = rows_of(_found(filters), cursor_from(request))
    context = {
        "section": "runs",
        "runs": _rows([run_view(run) for run in found]),
        "filters": filters,
        "period": filters.period,
        "choices": CHOICES.items(),
        "causes": cause_rows(filters.workflow, filters.period)
        if filters.status == "failed" and not filters.cause
        else [],
        "workflows": [workflow.slug for workflow in workflow_list()],
        **ends(older, newer),
    }
    return render(request, "workflows/runs.html", context)


def _filters(request: HttpRequest) -> Filters:
    names = ("status", "workflow", "q", "cause")
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in names}
    status = given["status"] if given["status"] in CHOICES else ""
    cause = cause_told(given["cause"]) if status == "failed" and given["cause"] else None
    return Filters(status, given["workflow"], given["q"], period_of(request), cause)


def _found(filters: Filters) -> Any:
    words = filters.words.lower()
    by_id = bool(ID_BEGINS.fullmatch(words))
    person = filters.status == "person"
    return runs(
        status=None if person else filters.status or None,
        among=runs_asking() if person else None,
        workflow=filters.workflow or None,
        cause=filters.cause.name if filters.cause else None,
        id_begins=words if by_id else "",
        about=ids_about(words) if words and not by_id else None,
        since=filters.period.since,
        until=filters.period.until,
    )


def _rows(found: list[RunView]) -> list[RunRow]:
    about = messages_of(run.id for run in found)
    head = heads(about.values())
    open_now = [run.id for run in found if run.status in OPEN]
    held = {one.run: one.due_at for one in reversed(held_of(open_now))}
    needs = waiting_of(open_now)
    return [
        _row(run, head.get(about[run.id]) if run.id in about else None, held.get(run.id), needs.get(run.id))
        for run in found
    ]


def _row(run: RunView, head: Head | None, held: datetime | None, needs: tuple[UUID, str] | None) -> RunRow:
    words, tone = WORDS.get(run.status, (run.status, ""))
    if needs:
        words, tone = ("facts changed", "danger") if needs[1] == "stale" else ("waits for a person", "accent")
    elif held:
        words, tone = "reply leaves in", "accent"
    begun = run.started_at or run.created_at
    name = words_of(run.workflow.replace("-", " "))
    return RunRow(
        id=run.id,
        title=(head.subject if head else "") or name,
        customer=(head.from_name or head.from_email) if head else "",
        workflow=run.workflow,
        version=run.version,
        status=run.status,
        words=words,
        tone=tone,
        held_until=None if needs else held,
        needs=link_of("approval", needs[0]).url if needs else "",
        cost=f"{Decimal(run.cost_usd):.4f}" if run.cost_usd else "0",
        took=span(run.finished_at - begun) if run.finished_at else "",
        started_at=begun,
        error=run.error,
        moves=run.status in MOVING,
    )


@require_safe
@page("workflows.view_run")
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run with its steps, what it changed, and who decided."""
    return render(request, "workflows/run.html", _context(request, _run(run_id)))


@require_POST
@page(CHANGE)
def run_cancel_post(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """End a run that has not ended, for the `reason` that a person types: what it asks is withdrawn, what it holds
    does not leave."""
    run = _run(run_id)
    reason = request.POST.get("reason", "")
    with transaction.atomic():
        done = run_cancel(run=run.id, reason="person", note=reason, actor=actor_of(request.user))
    if done:
        messages.success(request, "Cancelled. Nothing of it is sent any more; what was recorded stays.")
        return redirect("portal:run", run_id)
    error = "This run has ended, or its reply is leaving right now. Nothing was cancelled."
    return render(request, "workflows/run.html", _context(request, _run(run_id)) | {"error": error}, status=409)


@require_POST
@page(CHANGE)
def run_again_post(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Work on the event of a run that has ended once more, by a new run."""
    try:
        made = run_again(run=_run(run_id).id, actor=actor_of(request.user))
    except Refused as refused:
        context = _context(request, _run(run_id)) | {"error": refused.sentence}
        return render(request, "workflows/run.html", context, status=409)
    messages.success(request, "A new run works on it from the beginning.")
    return redirect("portal:run", made)


def _run(run_id: UUID) -> RunView:
    run = run_get(run_id)
    if run is None:
        raise Http404("There is no such run.")
    return run


def _context(request: HttpRequest, run: RunView) -> dict[str, Any]:
    person: Any = request.user
    may = person.has_perm
    email = _email(run) if may("mail.view_message") else None
    asked = [view_of(approval) for approval in approvals(run=run.id).order_by("id")]
    [row] = [_row(run, email, _leaves(run), _needs(asked))]
    made = [call_view(call) for call in calls(run_id=run.id).order_by("id")] if may("ai.view_call") else []
    told = views(entries(run=str(run.id))[: LEDGER_SHOWN + 1]) if may("audit.view_entry") else []
    return {
        "section": "runs",
        "title": row.title,
        "run": row,
        "limit": run.limit_usd,
        **step_rows(run, asked, made),
        "effects": effect_rows(run, asked, person),
        "entries": told[:LEDGER_SHOWN],
        "more_entries": len(told) > LEDGER_SHOWN,
        "email": email,
        "conversation": link_of("thread", email.thread).url if email and email.thread else "",
        "may_cancel": run.status in OPEN and may(CHANGE),
        "stops": _stops(run, asked) if run.status in OPEN else [],
        "cause": cause_told(run.cause) if run.status == "failed" else None,
        "may_retry": run.status == "failed" and not run.again and may(CHANGE),
        "may_again": run.status in DONE_WITH and may(CHANGE),
        "failed_step": any(step.status == "failed" for step in run.steps),
        "sent": any(e.action == "mail.send_reply" and e.status == "done" for e in run.effects),
        "origin": run.origin,
        "again": run.again,
        "may_undo": run.undoable and may(CHANGE),
        "undo": undo_of_run(run.id) if run.status in UNDO else None,
    }


def _stops(run: RunView, asked: list[ApprovalView]) -> list[str]:
    """What ends with a run that is cancelled now."""
    open_steps = sum(step.status not in ("succeeded", "skipped") for step in run.steps)
    told = [f"The proposal “{view.title}” is withdrawn." for view in asked if view.status in WAITING]
    told += ["Its held reply does not leave." for effect in run.effects if effect.status == "held"]
    return [*told, f"{open_steps} step{'s are' if open_steps != 1 else ' is'} not done any more."]


def _email(run: RunView) -> Brief | None:
    """The email that the run is about; None where its event names none of ours."""
    try:
        return brief(run.message) if run.message else None
    except NoSuchMessage:
        return None


def _leaves(run: RunView) -> datetime | None:
    return min((e.due_at for e in run.effects if e.status == "held" and e.due_at), default=None)


def _needs(asked: list[ApprovalView]) -> tuple[UUID, str] | None:
    return next(((view.id, view.status) for view in asked if view.status in WAITING), None)
