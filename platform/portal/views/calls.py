"""One call of a model: who answered, what checks found, and what was asked and answered."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ai.selectors import call_get
from ai.words import READ, words_of
from portal.views.access import page


@require_safe
@page("ai.view_call")
def call_page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """A call; its words for who may read them, for others how long they are."""
    call, words = call_get(call_id), words_of(call_id, readable=request.user.has_perm(READ))
    if call is None or words is None:
        raise Http404("There is no such call.")
    return render(request, "quality/call.html", {"section": "quality", "call": call, "words": words})
