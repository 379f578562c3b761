"""Where a workspace's mail comes in, and how to send it there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mail.selectors import last_received_at
from portal.views.access import page


@require_safe
@page("mail.view_thread")
def inbound_page(request: HttpRequest) -> HttpResponse:
    """The address, when mail last came, and how a mailbox is forwarded to it."""
    context = {"section": "settings", "tab": "inbound", "last_received_at": last_received_at()}
    return render(request, "settings/inbound.html", context)
