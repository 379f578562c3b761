"""Quality and cost: how good the AI's work is, what it costs, and whether either has changed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ai.budgets.selectors import forecast, hard_limit_of_month, month_begins, usage
from ai.quality.selectors import MOST_DAYS, Filters, Quality, looks, quality
from approvals.selectors import rejections
from portal.quality.page import Page, page_of
from portal.views.access import page
from portal.views.period import Period, period_of
from portal.wording import zone
from workflows.selectors import runs_of

RIGHT = "ai.view_call"
LATELY = timedelta(days=90)
MOST_REJECTED = 10


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the same for every chart, and for each table as CSV."""

    period: Period
    filters: Filters
    wrong: str


@require_safe
@page(RIGHT)
def quality_page(request: HttpRequest) -> HttpResponse:
    """Findings, charts and tables of a period; of one workflow or intent where asked."""
    asked = _asked(request)
    filters = asked.filters
    found, shown = _shown(filters)
    context = {
        "section": "quality",
        "page": shown,
        "period": asked.period,
        "wrong": asked.wrong,
        "filters": filters,
        "options": {name: _with(found.options[name], getattr(filters, name)) for name in ("workflow", "intent")},
        "days": (filters.until - filters.since).days,
        "rejections": rejections(
            since=filters.since,
            until=filters.until,
            intent=filters.intent,
            runs=runs_of([filters.workflow]) if filters.workflow else None,
            limit=MOST_REJECTED,
        ),
    }
    return render(request, "quality/page.html", context)


@require_safe
@page(RIGHT)
def quality_csv(request: HttpRequest) -> HttpResponse:
    """One table of the page, with the page's filters, for a spreadsheet."""
    table = _shown(_asked(request).filters)[1].table(request.GET.get("table", "versions"))
    if table is None:
        raise Http404("There is no such table.")
    answer = HttpResponse(table.as_csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return answer


def _asked(request: HttpRequest) -> Asked:
    now = timezone.now()
    period = period_of(request)
    until = min(period.until or now, now)
    first = datetime.combine((until - LATELY).astimezone(zone()).date(), time(), zone())
    since, wrong = period.since or first, period.wrong
    if since >= until:
        since, wrong = first, wrong or "This period has not begun yet."
    elif until - since > timedelta(days=MOST_DAYS):
        since, wrong = until - timedelta(days=MOST_DAYS), f"The last {MOST_DAYS} days of this period are shown."
    workflow, intent = (request.GET.get(name, "")[:60] for name in ("workflow", "intent"))
    return Asked(period, Filters(since=since, until=until, workflow=workflow, intent=intent), wrong)


def _shown(filters: Filters) -> tuple[Quality, Page]:
    now = timezone.now()
    found = quality(filters)
    shown = page_of(
        found=found,
        filters=filters,
        looks=looks(workflow=filters.workflow),
        days=usage(group_by="day", since=month_begins(), until=now),
        forecast=forecast(),
        limit=hard_limit_of_month(),
        today=now.astimezone(zone()).date(),
    )
    return found, shown


def _with(options: list[str], chosen: str) -> list[str]:
    """The options, and what is chosen even where there is nothing of it."""
    return options if not chosen or chosen in options else sorted([*options, chosen])
