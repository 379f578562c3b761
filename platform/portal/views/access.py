"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from notify.looking import saw

P = ParamSpec("P")
A = TypeVar("A", bound=HttpResponseBase)
Page: TypeAlias = Callable[Concatenate[HttpRequest, P], A]


def page(*rights: str) -> Callable[[Page[P, A]], Page[P, A]]:
    """A page for people who are signed in and hold these rights; others sign in, or read that they may not."""

    def decorate(view: Page[P, A]) -> Page[P, A]:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> A:
            if not request.user.has_perms(rights):
                raise PermissionDenied
            if request.user.pk:
                saw(request.user.pk)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
