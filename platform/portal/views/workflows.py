"""Workflows: what is in force, every version, and the switches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import actor_of
from audit.selectors import names_of
from gateway.pagination import rows_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.wording import span
from workflows.approvers import approvers_of
from workflows.errors import VersionRefused
from workflows.selectors import (
    Asking,
    VersionView,
    WorkflowView,
    outline,
    version_former,
    version_get,
    version_view,
    versions,
    workflow_get,
    workflow_list,
)
from workflows.services import version_activate, version_rollback, workflow_switch_off, workflow_switch_on

CHANGE = "workflows.change_workflow"
ASKS = {
    "policy": "as the policy of the workspace says, which today is always",
    "always": "always",
    "when": "always, until the policy can be relaxed",
    "sampled": "always, until the policy can be relaxed",
}


@require_safe
@page("workflows.view_workflow")
def workflow_list_page(request: HttpRequest) -> HttpResponse:
    """All workflows, by name."""
    return render(request, "workflows/workflows.html", {"section": "workflows", "workflows": workflow_list()})


@require_safe
@page("workflows.view_workflow")
def workflow_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One workflow; `version` picks the version that is shown, else the one in force or the newest."""
    workflow = _workflow(slug)
    rows, older, newer = rows_of(versions(slug), cursor_from(request))
    number = request.GET.get("version", "")
    if number:
        shown = version_get(slug, int(number)) if number.isdecimal() and len(number) < 10 else None
    elif workflow.active_version:
        shown = version_get(slug, workflow.active_version)
    else:
        shown = version_view(rows[0]) if rows else None
    if shown is None and (number or rows):
        raise Http404("There is no such version.")
    may_change = request.user.has_perm(CHANGE)
    context = {
        "section": "workflows",
        "workflow": workflow,
        "versions": _with_authors(rows),
        "shown": shown,
        "outline": outline(shown.definition) if shown else None,
        "asks": [_asks(asking) for asking in outline(shown.definition).asks] if shown else [],
        "approvers": approvers_of(slug),
        "source": _source(shown) if shown else "",
        "former": version_former(slug) if may_change else None,
        "may_change": may_change,
        **ends(older, newer),
    }
    return render(request, "workflows/workflow.html", context)


def _with_authors(rows: list[Any]) -> list[tuple[VersionView, str]]:
    found = [version_view(row) for row in rows]
    names = names_of(version.author for version in found)
    return [(version, names[version.author]) for version in found]


@dataclass(frozen=True)
class Asks:
    """Who is asked about a proposal, in words."""

    bundle: str
    words: str


def _asks(asking: Asking) -> Asks:
    who = f"{asking.count} people who are at least {asking.role}" if asking.count > 1 else f"one {asking.role} or above"
    then = f", then a {asking.escalate_to}" if asking.escalate_to else ""
    return Asks(asking.bundle, f"Asks {ASKS[asking.ask]}: {who}, within {span(asking.expires)}{then}.")


def _source(version: VersionView) -> str:
    return version.source or yaml.safe_dump(version.definition, sort_keys=False, allow_unicode=True)


def _workflow(slug: str) -> WorkflowView:
    found = workflow_get(slug)
    if found is None:
        raise Http404("There is no such workflow.")
    return found


@require_POST
@page(CHANGE)
def workflow_switch_post(request: HttpRequest, slug: str) -> HttpResponse:
    """`to` is on or off."""
    _workflow(slug)
    if request.POST.get("to") == "off":
        workflow_switch_off(slug=slug, actor=actor_of(request.user))
        messages.success(request, f"{slug} is off. New events start nothing; runs under way go on.")
    else:
        workflow_switch_on(slug=slug, actor=actor_of(request.user))
        messages.success(request, f"{slug} is on again.")
    return redirect("portal:workflow", slug)


@require_POST
@page(CHANGE)
def version_activate_post(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put a version in force."""

    def activate() -> str:
        version_activate(slug=slug, number=number, actor=actor_of(request.user))
        return f"Version {number} is in force. Runs keep the version they began with."

    return _moved(request, slug, number, activate)


@require_POST
@page(CHANGE)
def version_rollback_post(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put the former version back."""

    def roll_back() -> str:
        done = version_rollback(slug=slug, number=number, actor=actor_of(request.user))
        stopped = f"{len(done.stopped)} repl{'y was' if len(done.stopped) == 1 else 'ies were'} stopped"
        late = f", {len(done.leaving)} had left already" if done.leaving else ""
        return f"Version {done.number} is in force again: {stopped}{late}."

    return _moved(request, slug, number, roll_back)


def _moved(request: HttpRequest, slug: str, number: int, move: Callable[[], str]) -> HttpResponse:
    if version_get(slug, number) is None:
        raise Http404("There is no such version.")
    try:
        messages.success(request, move())
    except VersionRefused as refused:
        messages.error(request, refused.sentence)
    return redirect("portal:workflow", slug)
