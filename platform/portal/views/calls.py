"""One call of a model: who answered, what checks found, and what was asked and answered."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ai.selectors import call_get
from ai.words import READ, words_of
from portal.run_steps import checks_of
from portal.views.access import page
from portal.wording import words_of as in_words


@require_safe
@page("ai.view_call")
def call_page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """A call; its words for who may read them, for others how long they are."""
    call, words = call_get(call_id), words_of(call_id, readable=request.user.has_perm(READ))
    if call is None or words is None:
        raise Http404("There is no such call.")
    by = "worked out offline" if call.provider == "local" else f"by {call.model_served or call.model_requested}"
    context = {
        "section": "quality",
        "title": f"{in_words(call.purpose)} {by}",
        "call": call,
        "words": words,
        "answer": _laid_out(words.answer),
        "checks": checks_of([call]),
    }
    return render(request, "quality/call.html", context)


def _laid_out(answer: str) -> str:
    """JSON over several lines; everything else as it came."""
    try:
        return json.dumps(json.loads(answer), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return answer
