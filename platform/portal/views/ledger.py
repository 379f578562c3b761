"""The ledger as people read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import actor_of
from audit.errors import NoSigningKey
from audit.finding import ANY_OF, Filters, Search
from audit.keys import PublicKey, public_keys
from audit.registry import EventType, event_types
from audit.selectors import EntryView, Named, actors, names_of, views
from audit.standing import last_verified, standing
from gateway.pagination import rows_read
from portal.ledger_file import export_answer
from portal.links import key_in, link_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.views.period import period_of
from portal.wording import words_of
from tenants.support import access_of

# What a link may ask for beside the form.
ONLY = {"target": "Only what was done to the", "about": "Everything about the", "run": "Only what was written in the"}
FILTERS = ("actor", "event", "target", "about", "run")


@dataclass(frozen=True)
class Row:
    """An entry, and the page of what it is about; empty where that has none."""

    entry: EntryView
    url: str


@require_safe
@page("audit.view_entry")
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first; `actor`, `event`, `target`, `about`, `run`, `from` and `to` filter."""
    filters, period = _asked(request), period_of(request)
    search = Search(Filters(**filters, since=period.since, until=period.until))
    rows, older, newer = rows_read(search.rows, cursor_from(request))
    checked = last_verified()
    context = {
        "section": "ledger",
        "rows": [Row(entry, _url(entry)) for entry in views(rows)],
        "actors": _actors(filters["actor"]),
        "families": families(),
        "filters": filters,
        "may_export": not access_of(request.user),
        "period": period,
        "filtered": any(filters.values()) or bool(period.begins or period.ends),
        "only": _only(request, filters),
        "standing": standing(),
        "checked": checked,
        "broken_at": _page_of(checked.verdict.broken.entry) if checked and checked.verdict.broken else "",
        "keys": _keys(),
        **ends(older, newer),
    }
    return render(request, "audit/ledger.html", context)


def _page_of(entry: UUID | None) -> str:
    """The page of the ledger that begins with this entry."""
    return f"{reverse('portal:ledger')}?cursor=o{UUID(int=entry.int + 1)}#e-{entry}" if entry else ""


def _keys() -> Iterable[PublicKey]:
    """The keys that seals are signed with; none where their files are broken, which verifying tells of."""
    try:
        return public_keys().values()
    except NoSigningKey:
        return ()


@require_POST
@page("audit.view_entry")
def ledger_export_post(request: HttpRequest) -> HttpResponseBase:
    """All entries that fit the filters of the page, as a file; a post, since it leaves an entry itself."""
    filters, period = _asked(request), period_of(request)
    if period.wrong:  # the page says what is
        return redirect(f"{reverse('portal:ledger')}?{request.GET.urlencode()}")
    wanted = Filters(**filters, since=period.since, until=period.until)
    return export_answer(wanted, actor=actor_of(request.user))


def _asked(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in FILTERS}
    return given | {"about": key_in(given["about"])}


@dataclass(frozen=True)
class Only:
    """A record that is filtered by: what is shown of it, its page, and the list without this filter."""

    words: str
    label: str
    url: str
    without: str


def _only(request: HttpRequest, filters: Mapping[str, str]) -> list[Only]:
    shown = []
    for name, words in ONLY.items():
        key = f"run:{filters[name]}" if name == "run" and filters[name] else filters[name]
        if key:
            kind, _, ident = key.partition(":")
            link = link_of(kind, ident)
            others = request.GET.copy()
            for left_out in (name, "cursor"):
                others.pop(left_out, None)
            shown.append(Only(words, f"{link.label} {ident}", link.url, f"?{others.urlencode()}"))
    return shown


def _actors(chosen: str) -> list[Named]:
    """Everybody with a name, and who is filtered by."""
    named = actors()
    if not chosen or any(each.key == chosen for each in named):
        return named
    return [*named, Named(chosen, f"{names_of([chosen])[chosen]} ({chosen})")]


@dataclass(frozen=True)
class Family:
    """Events of one kind of thing; `all` filters by any of them."""

    name: str
    all: str
    events: list[EventType]


def families() -> list[Family]:
    """All events that there are, as they are offered to filter by."""
    by_kind: dict[str, list[EventType]] = {}
    for event in event_types():
        by_kind.setdefault(event.name.partition(".")[0], []).append(event)
    return [Family(words_of(kind), f"{kind}{ANY_OF}", events) for kind, events in by_kind.items()]


def _url(entry: EntryView) -> str:
    kind, _, ident = entry.target.partition(":")
    return link_of(kind, ident).url or (link_of("run", entry.run).url if entry.run else "")
