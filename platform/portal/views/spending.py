"""Settings, AI spending: what calls cost, what they may cost, and what the month will come to."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from ai.budgets.selectors import budgets, forecast, month_begins, usage
from ai.budgets.services import budget_put, budget_remove
from ai.errors import BudgetsRefused
from portal.spending import BudgetForm, about, initial_of, kind_of, row_of
from portal.views.access import page
from workflows.selectors import workflow_list

CHANGE = "ai.change_budget"
FIELDS = {"scope": "about", "key": "about", "window": "window", "soft_usd": "soft", "hard_usd": "hard"}


@require_http_methods(["GET", "HEAD", "POST"])
@page("ai.view_budget")
def spending_page(request: HttpRequest) -> HttpResponse:
    """Budgets with how far they have come, the month and its forecast, and usage; changed by those who may."""
    if request.method == "POST":
        return page(CHANGE)(_change)(request)
    return _page(request)


def _change(request: HttpRequest) -> HttpResponse:
    if ref := request.POST.get("remove", ""):
        if budget_remove(kind=kind_of(ref), actor=actor_of(request.user)):
            messages.success(request, "The budget is removed. What was spent is still counted.")
        return redirect("portal:settings_spending")
    form = _form(request.POST)
    if form.is_valid():
        try:
            budget_put(budget=form.given(), actor=actor_of(request.user))
        except BudgetsRefused as refused:
            for _, field, sentence in refused.faults:
                form.add_error(FIELDS[field], sentence)
        else:
            messages.success(request, "The budget is set. It holds from the next call on.")
            return redirect("portal:settings_spending")
    return _page(request, form=form)


def _form(data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> BudgetForm:
    return BudgetForm([workflow.slug for workflow in workflow_list()], data, initial=initial)


def _page(request: HttpRequest, *, form: BudgetForm | None = None) -> HttpResponse:
    now, found = timezone.now(), budgets()
    chosen = request.GET.get("budget", "")
    if form is None:
        form = _form(initial=initial_of(found, chosen))
    rows = [row_of(budget) for budget in found]
    used = usage(group_by="purpose", since=month_begins(), until=now)
    context = {
        "section": "settings",
        "tab": "spending",
        "budgets": rows,
        "forecast": forecast(),
        "used": [(about("purpose", row.key), row) for row in used],
        "form": form,
        "may_change": request.user.has_perm(CHANGE),
        "changing": any(budget.ref == chosen for budget in rows),
    }
    return render(request, "settings/spending.html", context, status=422 if form.errors else 200)
