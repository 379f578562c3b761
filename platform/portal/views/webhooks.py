"""Settings, Webhooks: where what happens is sent, what became of it, and the addresses that others post to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import actor_of
from gateway.forms import HookForm
from gateway.pagination import rows_of
from gateway.selectors import hook_view, hooks
from gateway.services import hook_create, hook_revoke
from notify.errors import EndpointOff, EndpointRefused
from notify.forms import EndpointForm
from notify.selectors import EndpointKind, EndpointView, deliveries, delivery_view, endpoint_view, endpoints
from notify.services import delivery_resend, endpoint_add, endpoint_delete, endpoint_switch, webhook_test
from notify.webhook_types import TYPES
from portal.views.access import page
from portal.views.paging import cursor_from, ends

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page("notify.view_endpoint")
def webhooks_page(request: HttpRequest) -> HttpResponse:
    """Both kinds of webhooks, and a form for another of each. A new secret is shown in the answer itself: a message
    after a redirect would put it into a cookie."""
    wanted = request.POST.get("kind", "")
    endpoint_form = EndpointForm(request.POST if wanted == "out" else None)
    hook_form = HookForm(request.POST if wanted == "in" else None)
    made: dict[str, Any] = {}
    if wanted == "out" and endpoint_form.is_valid():
        try:
            asked = endpoint_form.cleaned_data
            secret = endpoint_add(
                url=asked["url"], types=asked["types"], kind=asked["kind_of"], actor=actor_of(request.user)
            ).secret
            # Slack asks for no signature: nothing has to be copied.
            made = {"said": "The channel is told from now on."} if asked["kind_of"] == "slack" else {"secret": secret}
            endpoint_form = EndpointForm()
        except EndpointRefused as error:
            endpoint_form.add_error(error.field, error.sentence)
    if wanted == "in" and hook_form.is_valid():
        token = hook_create(name=hook_form.cleaned_data["name"], actor=actor_of(request.user)).token
        made["address"] = request.build_absolute_uri(f"/api/v1/hooks/{token}")
        hook_form = HookForm()
    chosen = set(endpoint_form["types"].value() or ())
    context = {
        **_frame(),
        "endpoints": [endpoint_view(row) for row in endpoints()[:SHOWN]],
        "hooks": [hook_view(row) for row in hooks()[:SHOWN]],
        "endpoint_form": endpoint_form,
        "hook_form": hook_form,
        "types": [(name, sentence, name in chosen) for name, sentence in TYPES.items()],
        "kinds": EndpointKind.choices,
        "chosen_kind": endpoint_form["kind_of"].value() or EndpointKind.STANDARD,
        "made": made,
    }
    refused = endpoint_form.errors or hook_form.errors
    return render(request, "settings/webhooks.html", context, status=422 if refused else 200)


@require_safe
@page("notify.view_endpoint")
def webhook_page(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """One webhook and what was sent to it, newest first."""
    endpoint = _endpoint(endpoint_id)
    rows, older, newer = rows_of(deliveries(endpoint=endpoint_id), cursor_from(request))
    context = {
        **_frame(),
        "endpoint": endpoint,
        "types": [(name, TYPES[name]) for name in endpoint.types if name in TYPES],
        "deliveries": [delivery_view(row) for row in rows],
        **ends(older, newer),
    }
    return render(request, "settings/webhook.html", context)


@require_POST
@page("notify.change_endpoint")
def webhook_switch_post(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Switch a webhook on or off, as `on` says."""
    _endpoint(endpoint_id)
    on = request.POST.get("on") == "true"
    endpoint_switch(endpoint_id=endpoint_id, on=on, actor=actor_of(request.user))
    messages.success(request, "The webhook is on." if on else "The webhook is off. Nothing is sent to it.")
    return redirect("portal:settings_webhook", endpoint_id)


@require_POST
@page("notify.change_endpoint")
def webhook_test_post(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Send a webhook that tells of nothing."""
    _endpoint(endpoint_id)
    return _send(
        request, endpoint_id, lambda: webhook_test(endpoint_id=endpoint_id, actor=actor_of(request.user)), "A test"
    )


@require_POST
@page("notify.change_endpoint")
def webhook_resend_post(request: HttpRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery once more."""
    if not deliveries(endpoint=endpoint_id).filter(pk=delivery_id).exists():
        raise Http404
    return _send(
        request, endpoint_id, lambda: delivery_resend(delivery_id=delivery_id, actor=actor_of(request.user)), "It"
    )


@require_POST
@page("notify.delete_endpoint")
def webhook_delete_post(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Forget a webhook."""
    _endpoint(endpoint_id)
    endpoint_delete(endpoint_id=endpoint_id, actor=actor_of(request.user))
    messages.success(request, "The webhook is deleted.")
    return redirect("portal:settings_webhooks")


@require_POST
@page("gateway.change_hook")
def hook_revoke_post(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """Make an inbound address useless at once."""
    if not hooks().filter(pk=hook_id).exists():
        raise Http404
    hook_revoke(hook=hook_id, actor=actor_of(request.user))
    messages.success(request, "The address is revoked. It stopped working at once.")
    return redirect("portal:settings_webhooks")


def _send(request: HttpRequest, endpoint_id: UUID, act: Callable[[], object], what: str) -> HttpResponse:
    try:
        act()
        messages.success(request, f"{what} is on its way.")
    except EndpointOff as error:
        messages.error(request, error.sentence)
    return redirect("portal:settings_webhook", endpoint_id)


def _endpoint(endpoint_id: UUID) -> EndpointView:
    row = endpoints().filter(pk=endpoint_id).first()
    if row is None:
        raise Http404
    return endpoint_view(row)


def _frame() -> dict[str, Any]:
    return {"section": "settings", "tab": "webhooks"}
