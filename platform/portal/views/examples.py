"""Examples: kept of a decision by one click, read, corrected, retired, brought in and taken out as a file."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import actor_of
from ai.evaluation.errors import EvaluationRefused, InvalidCase
from ai.evaluation.selectors import CaseView, case_counts, case_get, case_views, cases
from ai.evaluation.services import golden_correct, golden_export, golden_import, golden_retire
from ai.purposes import PURPOSES
from gateway.pagination import rows_of
from portal.spending import about
from portal.views.access import page
from portal.views.approvals import READ, approval_or_404, url_of
from portal.views.paging import cursor_from, ends
from portal.views.waiting import wanted_of
from tenants.selectors import current
from workflows.golden import Kept, examples_keep, step_keep
from workflows.selectors import run_get

READ_CASES = "evaluation.view_goldencase"
CHANGE = "evaluation.change_goldencase"
LARGEST = 20_000_000  # bytes of a file
FAULTS_SHOWN = 10


@require_POST
@page(READ, "evaluation.add_goldencase")
def approval_example_post(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Keep what the AI read for an approved proposal, and what people approved, as examples."""
    approval = approval_or_404(approval_id)
    try:
        kept = examples_keep(approval=approval, actor=actor_of(request.user))
    except EvaluationRefused as refused:
        messages.error(request, refused.sentence)
    else:
        _tell(request, kept)
    return redirect(url_of(approval_id, wanted_of(request)))


@require_POST
@page("workflows.view_run", "evaluation.add_goldencase")
def run_example_post(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Keep what one step of a run was given, and its answer as right."""
    if run_get(run_id) is None:
        raise Http404("There is no such run.")
    step = request.POST.get("step", "").replace("\0", "")
    try:
        kept = step_keep(run=run_id, step=step, actor=actor_of(request.user))
    except EvaluationRefused as refused:
        messages.error(request, refused.sentence)
    else:
        _tell(request, kept)
    return redirect("portal:run", run_id)


def _tell(request: HttpRequest, kept: Kept) -> None:
    if kept.added:
        messages.success(request, f"Kept as an example: {_named(kept.added)}.")
    if kept.known and not kept.added:
        messages.info(request, f"It is an example already: {_named(kept.known)}.")
    for purpose, why in kept.left.items():
        messages.warning(request, f"{about('purpose', purpose)} was not kept. {why}")


def _named(purposes: tuple[str, ...]) -> str:
    return ", ".join(about("purpose", purpose).lower() for purpose in purposes)


def _purpose_or_404(purpose: str) -> str:
    if purpose not in PURPOSES:
        raise Http404("There is no such purpose.")
    return purpose


@require_safe
@page(READ_CASES)
def examples_page(request: HttpRequest, purpose: str) -> HttpResponse:
    """The examples of a purpose that are in use, newest first."""
    return _list(request, _purpose_or_404(purpose))


def _list(request: HttpRequest, purpose: str, faults: list[str] | None = None) -> HttpResponse:
    rows, older, newer = rows_of(cases(purpose=purpose), cursor_from(request))
    context = {
        "section": "settings",
        "tab": "evaluation",
        "purpose": purpose,
        "about": about("purpose", purpose),
        "count": case_counts().get(purpose, 0),
        "cases": [(case, _short(case)) for case in case_views(rows)],
        "faults": (faults or [])[:FAULTS_SHOWN],
        "more_faults": max(0, len(faults or []) - FAULTS_SHOWN),
        "may_export": request.user.has_perm("evaluation.export_goldencase"),
        **ends(older, newer),
    }
    return render(request, "settings/examples.html", context, status=422 if faults else 200)


def _short(case: CaseView) -> str:
    """What is right, in a line."""
    said = case.expected
    if case.purpose == "draft":
        return str(said.get("text", ""))
    if case.purpose == "recommend":
        return ", ".join(said.get("actions", ()))
    return str(said.get("intent", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ_CASES)
def example_page(request: HttpRequest, purpose: str, case_id: UUID) -> HttpResponse:
    """One example: the email, and what is right; corrected or retired by who may."""
    case = case_get(case_id)
    if case is None or case.purpose != _purpose_or_404(purpose):
        raise Http404("There is no such example.")
    if request.method == "POST":
        return page(CHANGE)(_change)(request, case)
    return _one(request, case, _written(case.expected))


def _change(request: HttpRequest, case: CaseView) -> HttpResponse:
    actor = actor_of(request.user)
    typed = request.POST.get("expected", "").replace("\0", "")
    try:
        if "retire" in request.POST:
            golden_retire(case=case.id, actor=actor)
            messages.success(request, "The example is retired. What was measured by it stays.")
            return redirect("portal:settings_examples", case.purpose)
        corrected = golden_correct(case=case.id, expected=_read(typed), actor=actor)
    except InvalidCase as refused:
        return _one(request, case, typed, [str(fault) for fault in refused.faults])
    except EvaluationRefused as refused:
        return _one(request, case, typed, [refused.sentence])
    messages.success(request, "Corrected. Evaluations use it from the next one on.")
    return redirect("portal:settings_example", case.purpose, corrected)


def _read(typed: str) -> Any:
    try:
        return json.loads(typed)
    except ValueError as error:
        raise EvaluationRefused(f"This is no JSON: {error}") from None


def _written(expected: dict[str, Any]) -> str:
    return json.dumps(expected, ensure_ascii=False, indent=2)


def _one(request: HttpRequest, case: CaseView, typed: str, faults: list[str] | None = None) -> HttpResponse:
    context = {
        "section": "settings",
        "tab": "evaluation",
        "about": about("purpose", case.purpose),
        "case": case,
        "typed": typed,
        "rows": min(20, typed.count("\n") + 2),
        "faults": faults or [],
        "may_change": case.retired_at is None and request.user.has_perm(CHANGE),
    }
    return render(request, "settings/example.html", context, status=422 if faults else 200)


@require_POST
@page(READ_CASES, "evaluation.export_goldencase")
def examples_import_post(request: HttpRequest, purpose: str) -> HttpResponse:
    """Bring in a file of examples, of any purposes: all of it, or nothing where a line is wrong."""
    _purpose_or_404(purpose)
    given = request.FILES.get("file")
    if given is None or (given.size or 0) > LARGEST:
        why = "Choose a file." if given is None else f"A file has {LARGEST // 1_000_000} MB at most."
        return _list(request, purpose, [why])
    try:
        lines = given.read().decode("utf-8-sig").split("\n")
        found = golden_import(lines=lines, actor=actor_of(request.user))
    except UnicodeDecodeError:
        return _list(request, purpose, ["This file is no UTF-8 text."])
    except InvalidCase as refused:
        return _list(request, purpose, [str(fault) for fault in refused.faults])
    except EvaluationRefused as refused:
        return _list(request, purpose, [refused.sentence])
    messages.success(request, f"{found.added} added, {found.replaced} corrected, {found.known} known already.")
    return redirect("portal:settings_examples", purpose)


@require_POST
@page(READ_CASES, "evaluation.export_goldencase")
def examples_export_post(request: HttpRequest, purpose: str) -> HttpResponse:
    """The examples of a purpose as lines of JSON; that they were taken out is recorded."""
    lines = golden_export(purpose=_purpose_or_404(purpose), actor=actor_of(request.user))
    answer = HttpResponse("".join(f"{line}\n" for line in lines), content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="examples-{purpose}-{current().slug}.jsonl"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
