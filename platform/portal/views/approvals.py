"""What waits for people: the inbox, the page of one proposal, its edit form, and decisions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import actor_of, colleagues
from approvals.errors import (
    AlreadyDecided,
    InvalidEdit,
    InvalidRejection,
    NoSuchApproval,
    NoSuchColleague,
    NotAllowed,
    NothingHeld,
    Refused,
    Stale,
    TooLate,
    Unsupported,
    WrongDigest,
)
from approvals.forms import EditForm, comment_of, edit_form_of, rejection_of, revision_of
from approvals.selectors import (
    WAITING,
    ApprovalView,
    Place,
    approval_get,
    approvals_asked_of,
    waiting_around,
    waiting_count,
    waiting_ids,
)
from approvals.services import approval_decide, approval_edit, approval_renew
from audit.selectors import entries, views
from mail.selectors import Brief
from portal.links import records_of
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.views.replies import reply_of
from portal.views.waiting import MOVING, SHOWN, Wanted, lists, lists_around, page_begins_after, row_of, wanted_of
from portal.wording import near, span_words
from workflows.golden import APPROVED
from workflows.selectors import effects_of
from workflows.services import approval_take_back

READ = "approvals.view_approval"
STATUS: dict[type[Refused], int] = {
    WrongDigest: 409,
    AlreadyDecided: 409,
    Stale: 409,
    Unsupported: 422,
    InvalidEdit: 422,
    InvalidRejection: 422,
    NoSuchColleague: 422,
    NotAllowed: 403,
    NothingHeld: 409,
    TooLate: 409,
}


@require_safe
@page(READ)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for a person, soonest expiry first; `show` and `q` choose."""
    found = lists(wanted_of(request), cursor_from(request))
    context = {
        "section": "inbox",
        "lists": found,
        "asked_of_me": [row_of(view, {}) for view in approvals_asked_of(UUID(str(request.user.pk)))],
        "waiting_count": found.all,
        **ends(found.page.later, found.page.sooner),
    }
    return render(request, "approvals/inbox.html", context)


@require_safe
@page(READ)
def arrivals(request: HttpRequest) -> JsonResponse:
    """Which proposals a list would begin with now: `waiting` (ids) and `count`; `only=count` of all that wait."""
    if request.GET.get("only") == "count":
        return JsonResponse({"count": waiting_count()})
    found = wanted_of(request).found()
    return JsonResponse({"waiting": waiting_ids(found, limit=SHOWN), "count": found.count()})


@require_safe
@page(READ)
def approval_page(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Cause, effect and decision of one proposal."""
    return render(request, "approvals/page.html", _context(request, approval_or_404(approval_id)))


@require_POST
@page(READ)
def approval_decide_post(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Approve, reject or renew exactly what was shown, or take it back; a refusal is told on the page."""
    decision, digest = request.POST.get("decision", ""), request.POST.get("digest", "")
    comment, rejection = comment_of(request.POST), rejection_of(request.POST)
    actor = actor_of(request.user)
    approval_or_404(approval_id)
    try:
        if decision == "renew":
            approval_renew(approval_id=approval_id, actor=actor)
            return redirect(url_of(approval_id, wanted_of(request)))
        if decision == "take_back":
            taken = approval_take_back(approval_id=approval_id, actor=actor)
            messages.success(request, f"Taken back: {taken.title}. The reply does not leave.")
            return redirect(url_of(approval_id, wanted_of(request)))
        if decision not in ("approve", "reject"):
            raise Http404("There is no such decision.")
        done = approval_decide(
            approval_id=approval_id,
            decision="approve" if decision == "approve" else "reject",
            digest=digest,
            comment=comment,
            rejection=rejection,
            actor=actor,
        )
    except Refused as refusal:
        return refused(request, approval_id, refusal, comment=comment, rejection=rejection)
    messages.success(request, _told(done, decision))
    wanted = wanted_of(request)
    place = waiting_around(wanted.found(), done)
    following = place.following or wanted.found().exclude(pk=approval_id).values_list("pk", flat=True).first()
    goes_on = following is not None and done.status != "pending"
    return redirect(url_of(following if goes_on else approval_id, wanted))


@require_http_methods(["GET", "HEAD", "POST"])
@page("approvals.change_approval")
def approval_edit_page(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """The edit form. Saving never executes: the proposal is checked anew and shown again, with its new digest."""
    approval = approval_or_404(approval_id)
    if request.method != "POST":
        if approval.status != "pending":
            return redirect(url_of(approval_id, wanted_of(request)))
        return render(request, "approvals/edit.html", _edit_context(request, approval, edit_form_of(approval)))
    form = edit_form_of(approval, request.POST)
    if form.asks:
        return render(request, "approvals/edit.html", _edit_context(request, approval, form))
    try:
        revision = revision_of(form)
        if revision is None:
            messages.info(request, "Nothing was changed.")
            return redirect(url_of(approval_id, wanted_of(request)))
        digest, actor = request.POST.get("digest", ""), actor_of(request.user)
        approval_edit(approval_id=approval_id, digest=digest, actor=actor, **revision.model_dump())
    except Refused as refusal:
        return _edit_refused(request, approval_id, refusal)
    return redirect(url_of(approval_id, wanted_of(request)))


def approval_or_404(approval_id: UUID) -> ApprovalView:
    """The proposal of an address."""
    try:
        return approval_get(approval_id)
    except NoSuchApproval:
        raise Http404("There is no such approval.") from None


def refused(request: HttpRequest, approval_id: UUID, refusal: Refused, **typed: str) -> HttpResponse:
    """The page of a proposal with what was refused, and why, and with what was typed."""
    context = _context(request, approval_or_404(approval_id)) | {"error": refusal.sentence, **typed}
    return render(request, "approvals/page.html", context, status=STATUS.get(type(refusal), 409))


def _edit_refused(request: HttpRequest, approval_id: UUID, refusal: Refused) -> HttpResponse:
    approval = approval_or_404(approval_id)
    form = edit_form_of(approval, request.POST)
    context = _edit_context(request, approval, form) | {"error": form.tell(refusal)}
    return render(request, "approvals/edit.html", context, status=STATUS.get(type(refusal), 409))


def _edit_context(request: HttpRequest, approval: ApprovalView, form: EditForm) -> dict[str, Any]:
    return _context(request, approval) | {"form": form}


def url_of(approval_id: UUID | None, wanted: Wanted, name: str = "portal:approval") -> str:
    """The address of a page of an approval that keeps to the same list."""
    return reverse(name, args=[approval_id]) + wanted.query


def _context(request: HttpRequest, approval: ApprovalView) -> dict[str, Any]:
    wanted = wanted_of(request)
    found, place = lists_around(wanted, approval)
    held_until = found.held.get(approval.id) if approval.status in MOVING else None
    edit_url = url_of(approval.id, wanted, "portal:approval_edit")
    sources = approval.document.get("sources", ())
    message_id = (approval.document.get("message") or {}).get("id")
    return {
        "section": "inbox",
        "approval": approval,
        "row": row_of(approval, found.held),
        "named": found.named,
        "lists": found,
        "waiting_count": found.all,
        "place": place,
        "source_count": sum(1 for source in sources if source.get("id") != message_id),
        "held_until": held_until,
        "is_last": found.last == approval.id,
        "outcome": _outcome(approval, held=bool(held_until)),
        **_taken_back(approval),
        "recorded": approval.status == "stale" and any(effect.status == "done" for effect in effects_of(approval.id)),
        "back_url": _back(wanted, place, approval.id),
        "hands_url": url_of(approval.id, wanted, "portal:approval_hands"),
        "people": colleagues() if approval.status in WAITING and wanted.may_decide else [],
        "decide_url": url_of(approval.id, wanted, "portal:approval_decide"),
        "edit_url": edit_url,
        "edit_page_url": edit_url,
        "run_url": reverse("portal:run", args=[approval.run]),
        "ledger_url": f"{reverse('portal:ledger')}?run={approval.run}",
        "example_url": url_of(approval.id, wanted, "portal:approval_example")
        if approval.status in APPROVED and request.user.has_perm("evaluation.add_goldencase")
        else "",
    }


def _back(wanted: Wanted, place: Place, approval_id: UUID) -> str:
    """The page of the inbox that shows the proposal, and there its row, or the one that follows where it stood."""
    row = approval_id if place.number else place.following or place.former
    query = wanted.query_after(page_begins_after(place))
    return reverse("portal:inbox") + query + (f"#{row}" if row else "")


def _outcome(approval: ApprovalView, held: bool) -> str:
    """What became of the reply; while it is held, the counter tells."""
    if held or approval.status not in ("executing", "executed", "failed"):
        return ""
    reply = reply_of(effects_of(approval.id))
    return _reply_outcome(reply) if reply else ""


def _taken_back(approval: ApprovalView) -> dict[str, Any]:
    """Who took it back, and what it had done before."""
    if approval.status != "taken_back":
        return {}
    told = views(entries(event="approval.taken_back", target=f"approval:{approval.id}")[:1])
    stays = [record for effect in effects_of(approval.id) for record in records_of(effect)]
    return {"taken_back": told[0] if told else None, "stays": stays}


def _reply_outcome(reply: Brief) -> str:
    when = near(reply.sent_at) if reply.sent_at else ""
    return {
        "sending": "The reply is leaving right now.",
        "sent": f"The reply left {when}.",
        "kept": "The reply is kept in the outbox, not delivered: no outgoing mail server is set up.",
        "unknown": "Nobody knows whether the reply left: the mail server hung up. It is never sent twice by itself.",
        "failed": f"The reply did not leave: {reply.error}",
        "stopped": "The reply was stopped before it left.",
    }.get(reply.status, "")


def _told(approval: ApprovalView, decision: str) -> str:
    if approval.status == "pending":
        return "Approved. One more person must approve before anything happens."
    if decision == "reject":
        return f"Rejected: {approval.title}. Nothing was sent or changed."
    hold = (approval.document.get("reply") or {}).get("hold_seconds")
    leaves = f" It leaves in {span_words(hold)}." if isinstance(hold, int) and hold else ""
    return f"Approved: {approval.title}.{leaves}"
