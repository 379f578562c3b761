"""Search over everything that a person may see: records, documents, messages, and a run by its id."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from crm.selectors import contact_list, enquiry_list, listing_list, task_list
from knowledge.selectors import document_view, documents
from mail.selectors import message_list
from portal.views.records.pages import BY_KIND
from portal.views.records.rows import document_row, known_of, message_row
from portal.views.records.shapes import Row, search_in
from portal.wording import at, exact, words_of
from workflows.selectors import run_get

SHOWN = 6
FINDERS: dict[str, Callable[..., Any]] = {
    "contact": contact_list,
    "listing": listing_list,
    "enquiry": enquiry_list,
    "task": task_list,
}


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `all_url` leads to its whole list, where there is more."""

    title: str
    rows: list[Row]
    all_url: str = ""


@require_safe
@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """What fits `?q=`, by kind; nothing where nothing is asked."""
    query = search_in(request)
    groups = [group for group in _groups(request, query) if group.rows] if query else []
    return render(request, "records/search.html", {"section": "search", "search": query, "groups": groups})


def _groups(request: HttpRequest, query: str) -> Iterable[Group]:
    may = request.user.has_perm
    ident = _uuid(query)
    if ident and may("workflows.view_run"):
        yield Group("Runs", _runs(ident))
    allowed = [kind for kind in FINDERS if may(BY_KIND[kind].right("view"))]
    pages = {kind: FINDERS[kind](search=query, limit=SHOWN) for kind in allowed}
    known = known_of(record for page in pages.values() for record in page.items)
    for kind, page in pages.items():
        section = BY_KIND[kind]
        tab = {"tab": "all"} if kind == "task" else {}
        more = f"{section.list_url}?{urlencode({'q': query, **tab})}" if page.older else ""
        yield Group(section.label, section.rows(page.items, known), more)
    if may("knowledge.view_document"):
        found = [document_view(row) for row in documents(search=query)[: SHOWN + 1]]
        more = f"{reverse('portal:documents')}?{urlencode({'q': query})}" if len(found) > SHOWN else ""
        yield Group("Knowledge", [document_row(document) for document in found[:SHOWN]], more)
    if may("mail.view_message"):
        yield Group("Messages", [message_row(message) for message in message_list(search=query, limit=SHOWN).items])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _runs(ident: UUID) -> list[Row]:
    run = run_get(ident)
    if run is None:
        return []
    return [
        Row(
            kind="run",
            id=run.id,
            url=reverse("portal:run", args=[run.id]),
            title=words_of(run.workflow.replace("-", " ")),
            under=f"Version {run.version}",
            tag=words_of(run.status),
            end=at(run.created_at),
            end_exact=exact(run.created_at),
        )
    ]
