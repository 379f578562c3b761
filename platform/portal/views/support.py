"""Support access, as the workspace sees it: the way in, who reads here, and the way out."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import actor_of
from portal.views.access import page
from tenants.errors import SupportRefused
from tenants.support import (
    access_of,
    actor_of_support,
    support_end,
    support_enter,
    support_get,
    support_linked,
    support_list,
)

OWNERS = "accounts.change_user"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def support_enter_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where an operator's link leads. Looking uses nothing up: what follows links by itself does not spend it."""
    if request.method == "POST":
        try:
            support_enter(request, token)
        except SupportRefused:
            return render(request, "support/enter.html", status=404)
        return redirect("portal:today")
    access = support_linked(token)
    return render(request, "support/enter.html", {"access": access}, status=200 if access else 404)


@require_POST
@login_required
def support_leave(request: HttpRequest) -> HttpResponse:
    """A support person goes, and their access with them."""
    access = access_of(request.user)
    if access is None:
        raise PermissionDenied
    support_end(access=access, actor=actor_of_support(request.user))
    request.session.flush()
    return render(request, "support/left.html")


@require_safe
@page(OWNERS)
def support_page(request: HttpRequest) -> HttpResponse:
    """Every access, newest first."""
    return render(
        request, "settings/support.html", {"section": "settings", "tab": "support", "accesses": support_list()}
    )


@require_POST
@page(OWNERS)
def support_end_post(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """End an access now."""
    if support_get(access_id) is None:
        raise Http404("There is no such access.")
    if support_end(access=access_id, actor=actor_of(request.user)):
        messages.success(request, "Support access has ended.")
    else:
        messages.info(request, "It had ended already.")
    return redirect("portal:settings_support")
