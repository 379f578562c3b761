"""Errors of the API: application/problem+json (RFC 9457), whatever went wrong."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

TYPE = "urn:countersign:problem:"


class Problem(exceptions.APIException):
    """An error with a name of its own and more fields: `raise Problem(409, "stale", "…", stale=[…])`."""

    def __init__(
        self, status: int, name: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail, name)
        self.status_code = status
        self.name = name
        self.headers = headers or {}
        self.more = more


def problem(status: int, name: str, title: str, detail: str, **more: Any) -> Response:
    """The response for one problem."""
    body = {"type": f"{TYPE}{name}", "title": title, "status": status, "detail": detail, **more}
    return Response(body, status=status, content_type="application/problem+json")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: each known error becomes a problem; unknown ones stay with Django (500)."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, Problem):
        set_rollback()
        title = error.name.replace("-", " ").capitalize()
        answer = problem(error.status_code, error.name, title, str(error.detail), **error.more)
        for header, value in error.headers.items():
            answer[header] = value
        return answer
    plain = exception_handler(error, context)
    if plain is None:
        return None
    name = str(error.default_code).replace("_", "-")
    title = str(error.default_detail).rstrip(".")
    if "{" in title:  # DRF's templates for a method or a media type
        title = name.replace("-", " ").capitalize()
    more: dict[str, Any] = {}
    if isinstance(error, exceptions.ValidationError):
        name, title, detail = "invalid", "The request is not valid", "See `errors` for what is wrong where."
        more["errors"] = [{"path": path, "message": text} for path, text in _flat(error.detail)]
    else:
        detail = str(error.detail)
    answer = problem(plain.status_code, name, title, detail, **more)
    for header, value in plain.items():
        if header.lower() not in ("content-type",):
            answer[header] = value
    return answer


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler404: below /api/ a path that nothing answers is a problem too; pages get Django's page."""
    if request.path_info.startswith("/api/"):
        return _plain(404, "not-found", "Not found", "Nothing answers at this path.")
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400: what was refused before a view saw it."""
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _plain(413, "too-large", "Too large", "The request's body is too large.")
    return _plain(400, "bad-request", "Bad request", "The request is malformed.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500: what went wrong is in the log, not in the answer."""
    if request.path_info.startswith("/api/"):
        return _plain(500, "error", "Something went wrong here", "It was not your request's fault; it was logged.")
    return defaults.server_error(request)


def _plain(status: int, name: str, title: str, detail: str) -> JsonResponse:
    body = {"type": f"{TYPE}{name}", "title": title, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _flat(detail: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(detail, dict):
        return [row for key, item in detail.items() for row in _flat(item, f"{path}.{key}".lstrip("."))]
    if isinstance(detail, list):
        return [row for item in detail for row in _flat(item, path)]
    return [(path, str(detail))]
