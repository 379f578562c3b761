"""Who works on a proposal: on it, asked about it, given it. What the buttons beside the decision bar do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.selectors import actor_of
from approvals.errors import Refused
from approvals.hands import TOLD, hand
from portal.views.access import page
from portal.views.approvals import READ, approval_or_404, refused, url_of
from portal.views.waiting import wanted_of


@require_POST
@page(READ)
def hands_post(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Claim, release, ask, answer, take the question back, or delegate; a refusal is told on the page."""
    approval_or_404(approval_id)
    act, typed = request.POST.get("act", ""), dict[str, Any](request.POST.items())
    if act not in TOLD:
        raise Http404("There is no such deed.")
    try:
        hand(act, approval_id=approval_id, typed=typed, actor=actor_of(request.user))
    except Refused as refusal:
        return refused(request, approval_id, refusal)
    messages.success(request, TOLD[act])
    return redirect(url_of(approval_id, wanted_of(request)))
