"""Knowledge: what replies may quote of the house itself, and every version of it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import actor_of
from audit.selectors import names_of
from gateway.pagination import rows_of
from knowledge.errors import ChangedMeanwhile, Invalid
from knowledge.forms import DocumentForm, filled
from knowledge.selectors import (
    DocumentStatus,
    DocumentView,
    document_get,
    document_view,
    documents,
    versions,
)
from knowledge.services import document_add, document_change, document_restore, document_retire
from portal.proposals.diff import changed
from portal.proposals.marks import paragraphs
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.views.records.shapes import search_in

VIEW, ADD, CHANGE = (f"knowledge.{verb}_document" for verb in ("view", "add", "change"))


@require_safe
@page(VIEW)
def document_list_page(request: HttpRequest) -> HttpResponse:
    """The documents in use, or those that were retired; last changed first."""
    status = DocumentStatus.RETIRED if request.GET.get("status") == DocumentStatus.RETIRED else DocumentStatus.IN_USE
    search = search_in(request)
    rows, older, newer = rows_of(documents(status=status, search=search), cursor_from(request))
    context = {
        "section": "knowledge",
        "documents": [document_view(row) for row in rows],
        "retired": status == DocumentStatus.RETIRED,
        "search": search,
        "may_add": request.user.has_perm(ADD),
        **ends(older, newer),
    }
    return render(request, "knowledge/documents.html", context)


@require_safe
@page(VIEW)
def document_page(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One document, or one of its versions (`version`), with what that version changed."""
    number = _number(request.GET.get("version", ""))
    shown = document_get(document_id, number=number)
    current = shown if number is None else document_get(document_id)
    if shown is None or current is None:
        raise Http404("There is no such document, or no such version of it.")
    former = document_get(document_id, number=shown.number - 1) if shown.number > 1 else None
    rows, older, newer = rows_of(versions(document_id), cursor_from(request))
    found = [document_view(row) for row in rows]
    names = names_of([shown.author, *(version.author for version in found)])
    context = {
        "section": "knowledge",
        "document": current,
        "shown": shown,
        "author": names[shown.author],
        "sections": paragraphs(shown.text),
        "former": former,
        "difference": paragraphs(shown.text, changes=changed(former.text, shown.text)) if former else [],
        "settings": _settings_changed(former, shown) if former else [],
        "versions": [(version, names[version.author]) for version in found],
        "may_change": request.user.has_perm(CHANGE),
        **ends(older, newer),
    }
    return render(request, "knowledge/document.html", context)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise Http404("There is no such version.")
    return int(text)


def _settings_changed(former: DocumentView, shown: DocumentView) -> list[tuple[str, str, str]]:
    """What changed beside the text: (what, was, is)."""
    compared = (
        ("Title", former.title, shown.title),
        ("Language", former.language_name, shown.language_name),
        ("May be read by", former.audience_name, shown.audience_name),
    )
    return [row for row in compared if row[1] != row[2]]


@require_http_methods(["GET", "HEAD", "POST"])
@page(ADD)
def document_new_page(request: HttpRequest) -> HttpResponse:
    """The form of a new document."""
    form = DocumentForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        made = document_add(actor=actor_of(request.user), **form.said())
    except Invalid as refused:
        return _refused(request, form, refused)
    messages.success(request, "Added. Replies can quote it from now on." if made.quotable else "Added.")
    return redirect("portal:document", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CHANGE)
def document_edit_page(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The form of a document's next version; a save over somebody else's is refused, and keeps what was typed."""
    document = _document(document_id)
    if request.method != "POST":
        return _form(request, filled({**asdict(document), "seen": document.revision}), document)
    form = DocumentForm(request.POST)
    valid = form.is_valid()
    if form.cleaned_data.get("seen") != document.revision:
        return _form(request, form, document, conflict=True, status=409)
    if not valid:
        return _form(request, form, document, status=422)
    try:
        now = document_change(document=document_id, actor=actor_of(request.user), seen=document.revision, **form.said())
    except ChangedMeanwhile:
        return _form(request, form, _document(document_id), conflict=True, status=409)
    except Invalid as refused:
        return _refused(request, form, refused, document)
    unchanged = now.number == document.number
    messages.success(request, "Nothing was changed." if unchanged else f"Saved as version {now.number}.")
    return redirect("portal:document", document_id)


@require_POST
@page(CHANGE)
def document_retire_post(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take a document out of use, or put it in use again, as `to` says."""
    _document(document_id)
    if request.POST.get("to") == DocumentStatus.IN_USE:
        document_restore(document=document_id, actor=actor_of(request.user))
        messages.success(request, "In use again, as it was.")
    else:
        document_retire(document=document_id, actor=actor_of(request.user))
        messages.success(request, "Retired. No draft quotes it, and proposals that do have to be renewed.")
    return redirect("portal:document", document_id)


def _document(document_id: UUID) -> DocumentView:
    found = document_get(document_id)
    if found is None:
        raise Http404("There is no such document.")
    return found


def _form(
    request: HttpRequest,
    form: DocumentForm,
    document: DocumentView | None = None,
    *,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "knowledge",
        "form": form,
        "document": document,
        "conflict": conflict,
        "seen": document.revision if document else "",
    }
    return render(request, "knowledge/form.html", context, status=status)


def _refused(
    request: HttpRequest, form: DocumentForm, refused: Invalid, document: DocumentView | None = None
) -> HttpResponse:
    for name, fault in refused.faults.items():
        form.add_error(name, fault)
    return _form(request, form, document, status=422)
