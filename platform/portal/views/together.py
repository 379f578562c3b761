"""Several proposals on one page, each in full, and one decision about those that are ticked there."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from approvals.deciders import DECIDE
from approvals.errors import Refused
from approvals.forms import comment_of, rejection_of
from approvals.selectors import ApprovalView, approvals_shown
from approvals.services import MOST_AT_ONCE, approvals_decide, chosen_of
from portal.proposals.reach import Reach, reach_of
from portal.templatetags.proposal import reach_known
from portal.views.access import page
from portal.views.waiting import Wanted, wanted_of
from workflows.approvers import approvers_by_run


@require_http_methods(["GET", "HEAD", "POST"])
@page(DECIDE)
def together_page(request: HttpRequest) -> HttpResponse:
    """GET shows the proposals of `id`; POST decides about what is `chosen` of them and tells what became of each."""
    if request.method == "POST":
        return _decide(request)
    try:
        ids = [UUID(ident) for ident in request.GET.getlist("id")]
    except ValueError:
        raise Http404("This is no list of proposals.") from None
    wanted = wanted_of(request)
    shown = _shown(request, wanted, approvals_shown(ids[:MOST_AT_ONCE]))
    return _page(request, wanted, shown=shown, more=len(ids) - MOST_AT_ONCE)


def _decide(request: HttpRequest) -> HttpResponse:
    decision = request.POST.get("decision", "")
    if decision not in ("approve", "reject"):
        raise Http404("There is no such decision.")
    wanted, chosen = wanted_of(request), request.POST.getlist("chosen")
    try:
        told = approvals_decide(
            chosen=chosen_of(chosen),
            decision="approve" if decision == "approve" else "reject",
            comment=comment_of(request.POST),
            rejection=rejection_of(request.POST),
            actor=actor_of(request.user),
        )
    except Refused as refused:
        return _page(request, wanted, error=refused.sentence, status=422)
    return _page(request, wanted, told=told, decision=decision)


def _shown(request: HttpRequest, wanted: Wanted, found: list[ApprovalView]) -> list[tuple[ApprovalView, Reach]]:
    named = approvers_by_run([approval.run for approval in found], wanted.named)
    reached = [(approval, reach_of(wanted.user, approval, named.get(approval.run))) for approval in found]
    for approval, reach in reached:
        reach_known(request, approval, reach)
    return reached


def _page(request: HttpRequest, wanted: Wanted, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"section": "inbox", "wanted": wanted, "most": MOST_AT_ONCE, **more}
    return render(request, "approvals/together.html", context, status=status)
