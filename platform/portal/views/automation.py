"""The switch that sends everything to people, and back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from gateway.pagination import rows_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from workflows.errors import ReasonMissing
from workflows.selectors import AutomationMode, automation, automation_history, automation_views, switch
from workflows.services import automation_set

CHANGE = "workflows.change_automation"
REASON_LENGTH = 500
TOLD = {
    AutomationMode.PEOPLE_ONLY: "The AI is off. New email waits for people.",
    AutomationMode.POLICY: "The AI is on. Runs that had stopped go on.",
}
TOLD_STOPPED = {
    AutomationMode.PEOPLE_ONLY: "The AI of this workspace is off, also once that of every workspace is on again.",
    AutomationMode.POLICY: "The AI of this workspace goes on as soon as the operators switch that of every one on.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@page("workflows.view_automation")
def automation_page(request: HttpRequest) -> HttpResponse:
    """What is in force, the switch for those who may use it, and every change."""
    if request.method == "POST":
        return page(CHANGE)(_switch)(request)
    return _page(request)


def _switch(request: HttpRequest) -> HttpResponse:
    mode, reason = request.POST.get("mode", ""), request.POST.get("reason", "").strip()
    if mode not in AutomationMode.values:
        return _page(request, reason=reason, error="Choose one of the two.", status=422)
    if len(reason) > REASON_LENGTH:
        return _page(request, reason=reason, error=f"Say it in {REASON_LENGTH} characters.", status=422)
    try:
        automation_set(mode=mode, reason=reason, actor=actor_of(request.user))
    except ReasonMissing as refused:
        return _page(request, reason=reason, error=refused.sentence, status=422)
    told = TOLD_STOPPED if switch().everywhere else TOLD
    messages.success(request, told[AutomationMode(mode)])
    return redirect("portal:settings_automation")


def _page(request: HttpRequest, *, reason: str = "", error: str = "", status: int = 200) -> HttpResponse:
    rows, older, newer = rows_of(automation_history(), cursor_from(request))
    now = automation()
    context = {
        "section": "settings",
        "tab": "automation",
        "now": now,
        "automation": now,  # for the bar over the page, which would ask again
        "off": now.mode == AutomationMode.PEOPLE_ONLY,
        "may_change": request.user.has_perm(CHANGE),
        "history": automation_views(rows),
        "reason": reason,
        "error": error,
        **ends(older, newer),
    }
    return render(request, "settings/automation.html", context, status=status)
