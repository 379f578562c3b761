"""Today: what waits, what was done, what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import actor_of
from ai.budgets.selectors import budgets
from portal.spending import row_of
from portal.today import DONE, heading, spend_of_month, today_of
from portal.views.access import page
from portal.views.waiting import waiting_rows

WAITING_SHOWN = 8


@require_safe
@page("workflows.view_run")
def today_page(request: HttpRequest) -> HttpResponse:
    """The day from this person's place: the sentence and the bar, what waits, what was done, what went wrong."""
    kind = request.GET.get("done", "")
    today = today_of(actor_of(request.user), kind=kind)
    rows = waiting_rows(WAITING_SHOWN) if request.user.has_perm("approvals.view_approval") else []
    day, time = heading(today.now)
    context = {
        "section": "today",
        "today": today,
        "day": day,
        "time": time,
        "waiting": rows,
        "more_waiting": max(0, today.waiting - len(rows)),
        "kinds": [("", "All"), *((key, label) for key, (label, _) in DONE.items())],
        "kind": kind if kind in DONE else "",
        # The frame shows these too: they are counted once.
        "waiting_count": today.waiting,
        "failed_count": today.wrong,
    }
    if request.user.has_perm("ai.view_call"):
        context["spend"], context["month"] = spend_of_month(today.now)
    if request.user.has_perm("ai.view_budget"):
        context["budgets_reached"] = [row_of(budget) for budget in budgets() if budget.state != "within"]
    return render(request, "portal/today.html", context)
