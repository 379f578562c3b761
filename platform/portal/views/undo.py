"""Undoing what a run did: planned, read, started, followed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import actor_of
from audit.selectors import names_of
from portal.undo_plan import groups_of, has_choices, stayed_of
from portal.views.access import page
from workflows.errors import PlanStale, Refused
from workflows.selectors import UndoView, corrections_of, effect_get, run_get, undo_plan_get
from workflows.services import run_cancel, undo_plan_make, undo_plan_pause, undo_plan_resume, undo_plan_start

CHANGE = "workflows.change_run"
STATES = {
    "draft": ("Not started", ""),
    "running": ("Being undone", "accent"),
    "paused": ("Paused", "warn"),
    "done": ("Undone as planned", ""),
    "incomplete": ("Undone in part", "warn"),
}


@require_POST
@page(CHANGE)
def run_undo_post(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Plan the undo of a run; with `cancel`, of one that waits, which is cancelled first."""
    if run_get(run_id) is None:
        raise Http404("There is no such run.")
    actor = actor_of(request.user)
    try:
        with transaction.atomic():
            if request.POST.get("cancel"):
                run_cancel(run=run_id, reason="person", actor=actor)
            plan = undo_plan_make(runs=[run_id], actor=actor)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("portal:run", run_id)
    return redirect("portal:undo_plan", plan)


@require_POST
@page(CHANGE)
def effect_undo_post(request: HttpRequest, effect_id: UUID) -> HttpResponse:
    """Plan the undo of one effect."""
    effect = effect_get(effect_id)
    if effect is None:
        raise Http404("There is no such effect.")
    try:
        plan = undo_plan_make(runs=[effect.run], effects=[effect_id], actor=actor_of(request.user))
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("portal:run", effect.run)
    return redirect("portal:undo_plan", plan)


@require_safe
@page("workflows.view_run")
def undo_plan_page(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A plan: what is taken back, what stays and why, and how far it has come."""
    return render(request, "workflows/undo.html", _context(request, _plan(plan_id)))


@require_POST
@page(CHANGE)
def undo_plan_again_post(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Plan the same anew on today's facts, with the fields that are put back nevertheless."""
    plan = _plan(plan_id)
    try:
        made = undo_plan_make(
            runs=plan.runs,
            effects=plan.only,
            put_back=request.POST.getlist("put_back"),
            actor=actor_of(request.user),
        )
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("portal:undo_plan", plan_id)
    return redirect("portal:undo_plan", made)


@require_POST
@page(CHANGE)
def undo_plan_start_post(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Undo exactly what was read."""
    digest = request.POST.get("digest", "")
    return _moved(request, plan_id, lambda: undo_plan_start(plan=plan_id, digest=digest, actor=actor_of(request.user)))


@require_POST
@page(CHANGE)
def undo_plan_pause_post(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Stop after what is being undone just now."""
    return _moved(request, plan_id, lambda: undo_plan_pause(plan=plan_id, actor=actor_of(request.user)))


@require_POST
@page(CHANGE)
def undo_plan_resume_post(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Go on where it was paused."""
    return _moved(request, plan_id, lambda: undo_plan_resume(plan=plan_id, actor=actor_of(request.user)))


def _moved(request: HttpRequest, plan_id: UUID, move: Callable[[], None]) -> HttpResponse:
    _plan(plan_id)
    try:
        move()
    except PlanStale as refused:
        context = _context(request, _plan(plan_id)) | {"error": refused.sentence, "stale": refused.stale}
        return render(request, "workflows/undo.html", context, status=409)
    except Refused as refused:
        context = _context(request, _plan(plan_id)) | {"error": refused.sentence}
        return render(request, "workflows/undo.html", context, status=409)
    return redirect("portal:undo_plan", plan_id)


def _plan(plan_id: UUID) -> UndoView:
    plan = undo_plan_get(plan_id)
    if plan is None:
        raise Http404("There is no such undo plan.")
    return plan


def _context(request: HttpRequest, plan: UndoView) -> dict[str, Any]:
    person: Any = request.user
    may_change = person.has_perm(CHANGE)
    groups = groups_of(plan, corrections_of(effect["effect"] for effect in plan.effects))
    names = names_of([plan.created_by, *([plan.started_by] if plan.started_by else [])])
    words, tone = STATES[plan.status]
    return {
        "section": "runs",
        "plan": plan,
        "run": plan.runs[0] if len(plan.runs) == 1 else None,
        "words": words,
        "tone": tone,
        "groups": groups,
        "choices": may_change and plan.status == "draft" and has_choices(groups),
        "author": names[plan.created_by],
        "starter": names.get(plan.started_by, ""),
        "stayed": stayed_of(plan),
        "may_change": may_change,
        "another_needed": bool(plan.second_person) and plan.author == person.pk,
    }
