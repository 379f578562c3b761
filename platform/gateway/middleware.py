"""What is refused of any request, before a view looks at it."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class QueryMiddleware:
    """Answers 400 to a query with NUL: PostgreSQL has no such text, so nothing can be found by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if b"\0" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            raise BadRequest("The query holds NUL.")
        return self.get_response(request)
