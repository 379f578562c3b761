"""Erasing a customer: what goes, what stays and why is read first, and their address is typed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from crm.selectors import ContactView, contact_view
from portal.views.access import page
from workflows.errors import Refused
from workflows.selectors import erasure_of
from workflows.services import Count, erasure_preview, erasure_request

ERASE = "workflows.add_erasure"
# The tables that people know, one and many of each; in the order of the page.
KNOWN = {
    "mail.Thread": ("conversation", "conversations"),
    "mail.Message": ("email, ours among them", "emails, ours among them"),
    "mail.Attachment": ("attachment", "attachments"),
    "mail.Note": ("note of a colleague", "notes of colleagues"),
    "crm.Enquiry": ("enquiry", "enquiries"),
    "crm.Task": ("task", "tasks"),
    "approvals.Approval": ("proposal", "proposals"),
    "approvals.Decision": ("comment on a proposal", "comments on proposals"),
    "workflows.Run": (
        "run, with all that its steps read and put out",
        "runs, with all that their steps read and put out",
    ),
    "ai.Call": ("answer of a model", "answers of models"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page(ERASE)
def erase_page(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """What an erasure takes and leaves, and the form that asks for it; afterwards, how far it has come."""
    contact = contact_view(record_id)
    if contact is None:
        raise Http404("There is no such customer.")
    if request.method != "POST":
        return _page(request, contact)
    if request.POST.get("typed", "").strip().lower() != _typed(contact).lower():
        return _page(
            request, contact, error=f"Type {_typed(contact)} exactly, so that nobody else is erased.", status=422
        )
    try:
        erasure_request(contact=record_id, actor=actor_of(request.user))
    except Refused as refused:
        return _page(request, contact, error=refused.sentence, status=409)
    messages.success(request, "What waited for them has stopped. Their data is being erased.")
    return redirect("portal:customer_erase", record_id)


def _page(request: HttpRequest, contact: ContactView, *, error: str = "", status: int = 200) -> HttpResponse:
    erasure = erasure_of(contact.id)
    under_way = erasure is not None and not erasure.finished_at
    context = {
        "section": "customers",
        "contact": contact,
        "erasure": erasure,
        "erased": words_of([Count(*each) for each in erasure.counts.items()]) if erasure else (),
        "under_way": under_way,
        "found": () if under_way else words_of(erasure_preview(contact.id)),
        "typed": _typed(contact),
        "error": error,
    }
    return render(request, "records/erase.html", context, status=status)


def _typed(contact: ContactView) -> str:
    """What is typed to make sure that it is them."""
    return contact.email or contact.called


def words_of(counts: list[Count]) -> list[str]:
    """`3 conversations`, of the tables that people know."""
    rows = {count.table: count.rows for count in counts}
    return [
        f"{rows[table]:,} {one if rows[table] == 1 else many}" for table, (one, many) in KNOWN.items() if table in rows
    ]
