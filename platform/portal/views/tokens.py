"""Settings, API tokens: one's own, all of them for owners; made, shown once, revoked."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import actor_of
from gateway.forms import NewTokenForm, scope_choices
from gateway.pagination import rows_of
from gateway.scopes import SCOPES
from gateway.selectors import token_view, tokens
from gateway.services import token_create, token_revoke
from portal.views.access import page
from portal.views.paging import cursor_from, ends


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page("gateway.own_apitoken")
def tokens_page(request: HttpRequest) -> HttpResponse:
    """Tokens, newest first, and the form for another. A new one is shown in the answer itself: a message after a
    redirect would put it into a cookie."""
    actor = actor_of(request.user)
    assert actor.person is not None
    form, made = NewTokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = token_create(
            person=actor.person, name=given["name"], scopes=given["scopes"], expires_at=form.expires_at(), actor=actor
        )
        form = NewTokenForm()
    everybodys = request.user.has_perm("gateway.view_apitoken")
    rows, older, newer = rows_of(tokens(person=None if everybodys else actor.person), cursor_from(request))
    context = {
        "section": "settings",
        "tab": "tokens",
        "tokens": [token_view(row) for row in rows],
        "now": timezone.now(),
        "all_scopes": len(SCOPES),
        "everybodys": everybodys,
        "form": form,
        "ends": form["ends"].value() or "",
        "scopes": scope_choices(form["scopes"].value() or ()),
        "made": made,
        **ends(older, newer),
    }
    return render(request, "settings/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@page("gateway.own_apitoken")
def token_revoke_post(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Make a token useless at once: one's own, or any for whoever may change them."""
    actor = actor_of(request.user)
    token = tokens().filter(pk=token_id).first()
    if token is None:
        raise Http404
    if token.person_id != actor.person and not request.user.has_perm("gateway.change_apitoken"):
        raise PermissionDenied
    token_revoke(token=token_id, actor=actor)
    messages.success(request, "The token is revoked. It stopped working at once.")
    return redirect("portal:settings_tokens")
