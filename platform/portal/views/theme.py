"""Light or dark: a cookie of this host keeps what a person chose; without one the system's setting decides."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
THEMES = ("light", "dark")
KEPT_FOR_S = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """`light` or `dark` where the person chose one, else empty."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else ""


@require_POST
def theme_post(request: HttpRequest) -> HttpResponse:
    """Keep the choice (anything but light and dark is the system's), and lead back to where it was made."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if (chosen := request.POST.get("theme", "")) in THEMES:
        response.set_cookie(
            COOKIE, chosen, max_age=KEPT_FOR_S, secure=settings.BEHIND_TLS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
