"""Settings, Notices: how often one is emailed about what waits or is asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from approvals.deciders import VIEW
from notify.notices import Pace, notice_choose, pace_of
from notify.outgoing import is_set
from portal.views.access import page

HINTS = {
    Pace.AT_ONCE: "Not while you are looking at the workspace. What comes within five minutes comes together.",
    Pace.HOURLY: "On the hour, if anything waits.",
    Pace.DAILY: "In the morning of the workspace’s time zone, if anything waits.",
    Pace.NEVER: "The Inbox and the number beside it still tell you.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@page(VIEW)
def notices_page(request: HttpRequest) -> HttpResponse:
    """What this person has chosen, and the form to choose anew."""
    actor = actor_of(request.user)
    assert actor.person is not None
    if request.method == "POST" and request.POST.get("pace") in Pace.values:
        notice_choose(pace=request.POST["pace"], actor=actor)
        messages.success(request, "Saved.")
        return redirect("portal:settings_notices")
    chosen = pace_of(actor.person)
    context = {
        "section": "settings",
        "tab": "notices",
        "paces": [(pace.value, pace.label, HINTS[pace], pace == chosen) for pace in Pace],
        "refused": request.method == "POST",
        "leaves": is_set(),
    }
    return render(request, "settings/notices.html", context, status=422 if context["refused"] else 200)
