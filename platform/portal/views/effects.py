"""What people say and do about one thing that a run did."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.selectors import actor_of
from portal.views.access import page
from workflows.errors import Refused
from workflows.selectors import EffectView, effect_get
from workflows.services import Said, effect_resolve

RESOLVE = "approvals.decide_approval"
SAID = {
    "done": "It counts as sent now. Nothing was sent again.",
    "failed": "It counts as not sent now. Nothing was sent.",
}


@require_POST
@page(RESOLVE)
def effect_resolve_post(request: HttpRequest, effect_id: UUID) -> HttpResponse:
    """A person says what became of a reply of which nobody knew: `outcome` is done or failed."""
    effect = _effect(effect_id)
    outcome = request.POST.get("outcome", "")
    if outcome not in SAID:
        return HttpResponseBadRequest("Say what became of it.")
    try:
        effect_resolve(effect=effect_id, outcome=cast(Said, outcome), actor=actor_of(request.user))
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, SAID[outcome])
    return redirect("portal:run", effect.run)


def _effect(effect_id: UUID) -> EffectView:
    effect = effect_get(effect_id)
    if effect is None:
        raise Http404("There is no such effect.")
    return effect
