"""Runs: what happened after each email, step by step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.selectors import approvals, view_of
from gateway.pagination import rows_of
from mail.selectors import MessageView, message_list
from portal.proposals.evidence import LANGUAGES
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.wording import span, words_of
from workflows.selectors import EffectView, RunView, StepView, run_get, run_view, runs

WORDS = {
    "queued": ("queued", ""),
    "running": ("running", "accent"),
    "waiting": ("waits", "accent"),
    "succeeded": ("done", ""),
    "failed": ("failed", "danger"),
    "cancelled": ("cancelled", ""),
}
EFFECT_WORDS = {
    "held": "held, leaves in",
    "intended": "being sent",
    "done": "done",
    "stopped": "stopped before it left",
    "unknown": "unknown whether it happened",
    "failed": "failed",
}
STEP_WORDS = {"skipped": "Skipped", "waiting": "Waits for a decision", "retrying": "Will be tried again"}
STEP_TONES = {"failed": "danger", "waiting": "accent", "running": "accent", "retrying": "accent"}
MOVING = ("queued", "running")
# More mail than a page of runs, since not every message starts one.
MAIL_LOOKED_AT = 200


@dataclass(frozen=True)
class RunRow:
    """A run in a list or at the head of its page; `moves`: it may still change by itself."""

    id: UUID
    title: str
    workflow: str
    version: int
    status: str
    words: str
    tone: str
    cost: str
    took: str
    started_at: datetime
    error: str
    moves: bool


@dataclass(frozen=True)
class StepRow:
    """A step with what came of it in a few words."""

    key: str
    kind: str
    status: str
    tone: str
    outcome: str
    error: str
    attempts: int
    took: str


@dataclass(frozen=True)
class EffectRow:
    """What a run did, or is about to do."""

    action: str
    title: str
    words: str
    held_until: datetime | None


@require_safe
@page("workflows.view_run")
def run_list_page(request: HttpRequest) -> HttpResponse:
    """Runs, newest first."""
    rows, older, newer = rows_of(runs(), cursor_from(request))
    subjects = {}
    if rows:
        mails = message_list(direction="in", before=rows[0].pk, limit=MAIL_LOOKED_AT)
        subjects = {message.run_id: message.subject for message in mails.items}
    shown = [_row(run_view(run), subjects.get(str(run.pk), "")) for run in rows]
    return render(request, "workflows/runs.html", {"section": "runs", "runs": shown, **ends(older, newer)})


@require_safe
@page("workflows.view_run")
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run with its steps, what it changed, and who decided."""
    run = run_get(run_id)
    if run is None:
        raise Http404("There is no such run.")
    email = _email(run)
    effects = {effect.step: effect for effect in run.effects}
    row = _row(run, email.subject if email else "")
    context = {
        "section": "runs",
        "title": row.title,
        "run": row,
        "steps": [_step(step, effects.get(step.key)) for step in run.steps],
        "effects": [_effect(effect) for effect in reversed(run.effects)],
        "approvals": [view_of(approval) for approval in approvals(run=run.id)],
        "email": email if request.user.has_perm("mail.view_message") else None,
    }
    return render(request, "workflows/run.html", context)


def _email(run: RunView) -> MessageView | None:
    found = message_list(direction="in", run_id=str(run.id), limit=1).items
    return found[0] if found else None


def _row(run: RunView, subject: str) -> RunRow:
    words, tone = WORDS.get(run.status, (run.status, ""))
    begun = run.started_at or run.created_at
    return RunRow(
        id=run.id,
        title=subject or words_of(run.workflow.replace("-", " ")),
        workflow=run.workflow,
        version=run.version,
        status=run.status,
        words=words,
        tone=tone,
        cost=f"{Decimal(run.cost_usd):.4f}" if run.cost_usd else "0",
        took=span(run.finished_at - begun) if run.finished_at else "",
        started_at=begun,
        error=run.error,
        moves=run.status in MOVING,
    )


def _step(step: StepView, effect: EffectView | None) -> StepRow:
    took = span(step.finished_at - step.started_at) if step.started_at and step.finished_at else ""
    return StepRow(
        key=step.key,
        kind=step.kind,
        status=step.status,
        tone=STEP_TONES.get(step.status, ""),
        outcome=_outcome(step, effect),
        error=step.error,
        attempts=step.attempts,
        took=took,
    )


def _outcome(step: StepView, effect: EffectView | None) -> str:
    if effect is not None:
        return effect.summary
    output = step.output or {}
    if output and step.kind in OUTCOMES:
        return OUTCOMES[step.kind](output)
    return STEP_WORDS.get(step.status, "")


def _understood(output: dict[str, Any]) -> str:
    intent = words_of(str(output.get("intent") or "unknown"))
    language = str(output.get("language") or "en").lower()[:2]
    return f"{intent}, in {LANGUAGES[language]}" if language in LANGUAGES else intent


def _matched(output: dict[str, Any]) -> str:
    return str(output.get("listing_title") or "No listing was recognised")


def _recommended(output: dict[str, Any]) -> str:
    return _count(len(output.get("actions", ())), "action")


def _drafted(output: dict[str, Any]) -> str:
    return f"{_count(len(output.get('claims', ())), 'claim')} with a quote"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _effect(effect: EffectView) -> EffectRow:
    held = effect.status == "held"
    words = EFFECT_WORDS.get(effect.status, effect.status)
    if effect.outcome.get("status") == "kept":
        words = "kept in the outbox, not delivered"
    return EffectRow(effect.action, effect.summary or effect.action, words, effect.due_at if held else None)


OUTCOMES: dict[str, Callable[[dict[str, Any]], str]] = {
    "ai.understand": _understood,
    "crm.match": _matched,
    "ai.recommend": _recommended,
    "ai.draft_reply": _drafted,
}
