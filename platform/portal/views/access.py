"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from notify.looking import saw

P = ParamSpec("P")
Page: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page(right: str) -> Callable[[Page[P]], Page[P]]:
    """A page for people who are signed in and hold `right`; others sign in, or read that they may not."""

    def decorate(view: Page[P]) -> Page[P]:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.has_perm(right):
                raise PermissionDenied
            if request.user.pk:
                saw(request.user.pk)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
