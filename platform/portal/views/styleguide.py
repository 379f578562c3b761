"""Every component in every state, light and dark side by side; there only while developing."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.views.theme import THEMES

DECIDED = (
    ("executing", "The reply leaves in 0:08."),
    ("executed", "The reply left today, 8:41 am."),
    ("rejected", "Nothing was sent or changed."),
    ("expired", "Nobody decided in time. Nothing was sent."),
    ("withdrawn", "The conversation moved on before this was carried out. No reply was sent."),
    ("taken_back", "The reply did not leave."),
    ("failed", "It was approved, but could not be carried out. The run tells why."),
    ("pending", "You can read this, not decide it."),
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "themes": THEMES,
        "decided": DECIDED,
        "soon": now + timedelta(seconds=192),
        "later": now + timedelta(minutes=38),
    }
    return render(request, "portal/styleguide.html", context)
