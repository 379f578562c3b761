"""Settings, AI models: which models answer what, in which order, and why others answered in their place."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from ai.errors import RouteRefused
from ai.evaluation.errors import EvaluationRefused, GateClosed
from ai.evaluation.gate import Standing
from ai.evaluation.overriding import LONGEST_REASON
from ai.evaluation.selectors import overrides
from ai.evaluation.services import candidate_measure
from ai.purposes import PURPOSES
from ai.routes import EFFORTS, TIMEOUT_SECONDS, Hop
from ai.routing import MOST_HOPS, models_priced, route_of, route_set, route_versions
from ai.selectors import fallbacks, offline_only
from portal.spending import about
from portal.views.access import page

CHANGE = "ai.add_routeversion"
FIELDS = ("model", "effort", "timeout_seconds", "max_tokens")
LATELY = timedelta(days=7)


@require_http_methods(["GET", "HEAD", "POST"])
@page("ai.view_routeversion")
def routes_page(request: HttpRequest) -> HttpResponse:
    """The route of each purpose, its fallbacks of the last week, and what was changed; changed by owners."""
    if request.method == "POST":
        return page(CHANGE)(_change)(request)
    return _page(request)


def _change(request: HttpRequest) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise Http404
    lines = _lines(request.POST)
    faults = {(at, field): text for at, field, text in _read_faults(lines)}
    if not faults:
        hops = [] if "reset" in request.POST else [_hop(line) for line in lines]
        override = request.POST.get("override", "").replace("\0", "").strip()[:LONGEST_REASON]
        actor = actor_of(request.user)
        try:
            if "measure" in request.POST:
                started = candidate_measure(purpose=purpose, hops=hops, actor=actor)
                return redirect("portal:settings_evaluation_one", started)
            route_set(purpose=purpose, hops=hops, actor=actor, override=override)
        except RouteRefused as refused:
            faults = {(at, field): text for at, field, text in refused.faults}
        except EvaluationRefused as refused:
            faults = {(0, "model"): refused.sentence}
        except GateClosed as closed:
            return _page(request, purpose, lines, closed=closed.standing)
        else:
            messages.success(request, f"{about('purpose', purpose)}: the route holds from the next call on.")
            return redirect("portal:settings_models")
    return _page(request, purpose, lines, faults)


def _lines(given: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines of the form that name a model, as they were typed."""
    lines = [{field: given.get(f"{field}_{at}", "").strip()[:100] for field in FIELDS} for at in range(MOST_HOPS)]
    return [line for line in lines if line["model"]]


def _read_faults(lines: list[dict[str, str]]) -> list[tuple[int, str, str]]:
    return [
        (at, field, "Give a whole number.")
        for at, line in enumerate(lines)
        for field in ("timeout_seconds", "max_tokens")
        if line[field] and not (line[field].isascii() and line[field].isdigit() and len(line[field]) < 8)
    ]


def _hop(line: Mapping[str, str]) -> Hop:
    return Hop(
        model=line["model"],
        effort=line["effort"],  # type: ignore[arg-type]
        timeout_seconds=int(line["timeout_seconds"] or TIMEOUT_SECONDS),
        max_tokens=int(line["max_tokens"]) if line["max_tokens"] else None,
    )


def _page(
    request: HttpRequest,
    typed_for: str = "",
    typed: list[dict[str, str]] | None = None,
    faults: Mapping[tuple[int, str], str] | None = None,
    closed: Standing | None = None,
) -> HttpResponse:
    routes = []
    overridden = {(row.purpose, row.number): row for row in overrides()}
    for purpose in PURPOSES:
        route = route_of(purpose)
        lines = typed if purpose == typed_for and typed is not None else [_written(hop) for hop in route.hops]
        routes.append(
            {
                "purpose": purpose,
                "about": about("purpose", purpose),
                "number": route.number,
                "hops": route.hops,
                "lines": _shown(lines, faults if purpose == typed_for else None),
                "open": purpose == typed_for,
                "closed": closed if purpose == typed_for else None,
            }
        )
    context = {
        "section": "settings",
        "tab": "models",
        "routes": routes,
        "models": models_priced(),
        "efforts": EFFORTS,
        "may_change": request.user.has_perm(CHANGE),
        "offline": offline_only(),
        "fallbacks": [(about("purpose", row.purpose), row) for row in fallbacks(since=timezone.now() - LATELY)],
        "resets": "reset" in request.POST,
        "history": [
            (about("purpose", row.purpose), row, overridden.get((row.purpose, row.number))) for row in route_versions()
        ],
    }
    return render(request, "settings/models.html", context, status=422 if faults else 409 if closed else 200)


def _written(hop: Hop) -> dict[str, str]:
    return {
        "model": hop.model,
        "effort": hop.effort,
        "timeout_seconds": f"{hop.timeout_seconds:g}",
        "max_tokens": str(hop.max_tokens or ""),
    }


def _shown(lines: list[dict[str, str]], faults: Mapping[tuple[int, str], str] | None) -> list[dict[str, Any]]:
    """A line for each model, and empty ones up to as many as there may be."""
    empty = {"model": "", "effort": EFFORTS[0], "timeout_seconds": "", "max_tokens": ""}
    shown: list[dict[str, Any]] = []
    for at in range(MOST_HOPS):
        line = lines[at] if at < len(lines) else empty
        told = {field: text for (number, field), text in (faults or {}).items() if number == at}
        shown.append({**line, "at": at, "faults": list(told.values())})
    return shown
