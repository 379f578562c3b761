"""Settings, Evaluation: how well models do by the examples of the workspace, and what would change with others."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from ai.evaluation.comparing import Comparison
from ai.evaluation.errors import EvaluationRefused, NoSuchEvaluation
from ai.evaluation.gate import LEAST
from ai.evaluation.selectors import (
    EvaluationView,
    case_counts,
    evaluation_get,
    evaluation_report,
    evaluations,
)
from ai.evaluation.services import evaluation_go_on, evaluation_start
from ai.evaluation.wording import difference_words, figure_words, percent
from ai.providers.local import LOCAL_HOP
from ai.purposes import PURPOSES
from ai.routing import route_of
from ai.selectors import offline_only
from portal.spending import about
from portal.views.access import page

MEASURE = "evaluation.add_evaluation"
SHOWN = 50
STATUS = {"queued": "waits for a worker", "running": "is being measured", "done": "measured", "stopped": "stopped"}


@require_http_methods(["GET", "HEAD", "POST"])
@page("evaluation.view_evaluation")
def evaluation_list_page(request: HttpRequest) -> HttpResponse:
    """What is in force with its figures, and the newest evaluations; a post has what is in force measured."""
    if request.method == "POST":
        return page(MEASURE)(_measure)(request)
    return _list(request)


def _measure(request: HttpRequest) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise Http404
    hops = (LOCAL_HOP,) if "offline" in request.POST else route_of(purpose).hops
    try:
        started = evaluation_start(purpose=purpose, hops=hops, actor=actor_of(request.user))
    except EvaluationRefused as refused:
        return _list(request, error=refused.sentence)
    return redirect("portal:settings_evaluation_one", started)


def _list(request: HttpRequest, error: str = "") -> HttpResponse:
    counts = case_counts()
    context = {
        "section": "settings",
        "tab": "evaluation",
        "error": error,
        "least": LEAST,
        "offline": offline_only(),
        "may_measure": request.user.has_perm(MEASURE),
        "purposes": [
            {"name": name, "about": about("purpose", name), "count": counts.get(name, 0)} for name in PURPOSES
        ],
        "evaluations": [_row(found) for found in evaluations()],
    }
    return render(request, "settings/evaluation.html", context, status=422 if error else 200)


def _row(found: EvaluationView) -> dict[str, Any]:
    return {"it": found, "about": about("purpose", found.purpose), "words": STATUS[found.status]}


@require_http_methods(["GET", "HEAD", "POST"])
@page("evaluation.view_evaluation")
def evaluation_page(request: HttpRequest, evaluation_id: UUID) -> HttpResponse:
    """One evaluation beside what is in force, or beside the former prompt; a post has one that stopped go on."""
    try:
        found = evaluation_get(evaluation_id)
    except NoSuchEvaluation:
        raise Http404("There is no such evaluation.") from None
    if request.method == "POST":
        return page(MEASURE)(_go_on)(request, found)
    return _one(request, found)


def _go_on(request: HttpRequest, found: EvaluationView) -> HttpResponse:
    try:
        evaluation_go_on(evaluation=found.id, actor=actor_of(request.user))
    except EvaluationRefused as refused:
        return _one(request, found, error=refused.sentence)
    messages.success(request, "It goes on where it stopped.")
    return redirect("portal:settings_evaluation_one", found.id)


def _one(request: HttpRequest, found: EvaluationView, error: str = "") -> HttpResponse:
    report = evaluation_report(found.id, in_force=route_of(found.purpose).hops)
    comparison = report.comparison
    context = {
        "section": "settings",
        "tab": "evaluation",
        "error": error,
        **_row(found),
        "figures": [(figure.metric, figure_words(figure)) for figure in report.figures],
        "beside": report.beside,
        "beside_named": "the former prompt" if report.former_prompt else "what is in force",
        "comparison": comparison,
        "lines": _lines(comparison),
        "changed": _changed(comparison),
        "shown": SHOWN,
        "may_measure": request.user.has_perm(MEASURE),
        "may_read": request.user.has_perm("evaluation.view_goldencase"),
    }
    return render(request, "settings/evaluation_one.html", context, status=409 if error else 200)


def _lines(comparison: Comparison | None) -> list[dict[str, Any]]:
    return [
        {
            "metric": line.metric,
            "before": percent(line.before),
            "after": percent(line.after),
            "total": line.total,
            "better": line.better,
            "worse": line.worse,
            "words": difference_words(line),
            "falls": line.falls,
        }
        for line in (comparison.lines if comparison else ())
    ]


def _changed(comparison: Comparison | None) -> list[dict[str, Any]]:
    """The examples that differ, those that got worse first."""
    found = sorted(comparison.changed if comparison else (), key=lambda one: (one.after - one.before, one.case))
    return [
        {"case": one.case, "metric": one.metric, "before": percent(one.before), "after": percent(one.after)}
        for one in found[:SHOWN]
    ]
