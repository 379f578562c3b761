"""The ledger as people read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.registry import event_types
from audit.selectors import entries, views
from gateway.pagination import rows_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends


@require_safe
@page("audit.view_entry")
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first; `event`, `target` and `run` filter."""
    filters = {name: request.GET.get(name, "").strip() for name in ("event", "target", "run")}
    rows, older, newer = rows_of(entries(**filters), cursor_from(request))
    context = {
        "section": "ledger",
        "entries": views(rows),
        "events": sorted(((e.name, e.sentence) for e in event_types()), key=lambda pair: pair[1]),
        "filters": filters,
        "filtered": any(filters.values()),
        **ends(older, newer),
    }
    return render(request, "audit/ledger.html", context)
