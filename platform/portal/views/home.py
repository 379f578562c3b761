"""The public host's one page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, and how people reach their workspace."""
    host = request.get_host()
    port = host.rpartition(":")[2] if ":" in host else ""
    base = settings.COUNTERSIGN.base_domain + (f":{port}" if port.isdecimal() else "")
    return render(request, "portal/home.html", {"base_host": base, "scheme": request.scheme})
