"""Errors of the API: application/problem+json (RFC 9457), whatever went wrong."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

TYPE = "urn:countersign:problem:"


class Problem(exceptions.APIException):
    """An error with a name of its own and more fields: `raise Problem(409, "stale", "…", stale=[…])`."""

    def __init__(self, status: int, name: str, detail: str, **more: Any) -> None:
        super().__init__(detail, name)
        self.status_code = status
        self.name = name
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
        return problem(
            error.status_code, error.name, error.name.replace("-", " ").capitalize(), str(error.detail), **error.more
        )
    plain = exception_handler(error, context)
    if plain is None:
        return None
    name = str(error.default_code).replace("_", "-")
    title = str(error.default_detail).rstrip(".")
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


def _flat(detail: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(detail, dict):
        return [row for key, item in detail.items() for row in _flat(item, f"{path}.{key}".lstrip("."))]
    if isinstance(detail, list):
        return [row for item in detail for row in _flat(item, path)]
    return [(path, str(detail))]
