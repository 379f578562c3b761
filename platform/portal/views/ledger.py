"""The ledger as people read it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.registry import event_types
from audit.selectors import EntryView, actors, entries, views
from gateway.pagination import rows_of
from portal.links import link_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.views.period import period_of

FILTERS = ("actor", "event", "target", "run")


@dataclass(frozen=True)
class Row:
    """An entry, and the page of what it is about; empty where that has none."""

    entry: EntryView
    url: str


@require_safe
@page("audit.view_entry")
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first; `actor`, `event`, `target`, `run`, `from` and `to` filter."""
    filters = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in FILTERS}
    period = period_of(request)
    found = entries(**filters, since=period.since, until=period.until)
    rows, older, newer = rows_of(found, cursor_from(request))
    context = {
        "section": "ledger",
        "rows": [Row(entry, _url(entry)) for entry in views(rows)],
        "actors": actors(),
        "events": sorted(((e.name, e.sentence) for e in event_types()), key=lambda pair: pair[1]),
        "filters": filters,
        "period": period,
        "filtered": any(filters.values()) or bool(period.begins or period.ends),
        "run_url": link_of("run", filters["run"]).url if filters["run"] else "",
        **ends(older, newer),
    }
    return render(request, "audit/ledger.html", context)


def _url(entry: EntryView) -> str:
    kind, _, ident = entry.target.partition(":")
    return link_of(kind, ident).url or (link_of("run", entry.run).url if entry.run else "")
