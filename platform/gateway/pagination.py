"""Pages of lists: a cursor over time-ordered ids, so that new rows never shift a page.

`?cursor=` is opaque to callers; `page_size` is at most 200. Answers are {"next", "previous", "results"}:
`next` leads to older rows.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

PAGE_SIZE = 50
LARGEST_PAGE = 200
M = TypeVar("M", bound=Model)


class PageQuery(serializers.Serializer[Any]):
    """What every list takes."""

    cursor = serializers.CharField(required=False, help_text="As `next` and `previous` give it.")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after `older_than` going back in time, or before `newer_than` going forward."""

    older_than: UUID | None = None
    newer_than: UUID | None = None
    limit: int = PAGE_SIZE


def _encoded(direction: str, ident: object) -> str:
    return base64.urlsafe_b64encode(f"{direction}{ident}".encode()).decode().rstrip("=")


def limit_of(request: Request) -> int:
    """How many rows a page shall have; raises ValidationError."""
    size = request.query_params.get("page_size", str(PAGE_SIZE))
    if not size.isdecimal() or len(size) > 9 or not 1 <= int(size) <= LARGEST_PAGE:
        raise ValidationError({"page_size": [f"This must be a number from 1 to {LARGEST_PAGE}."]})
    return int(size)


def place_of(request: Request) -> str:
    """Where a page begins, of a list that another order than that of its ids goes through: what `page` was given as
    `older`, "" at the beginning. Raises ValidationError."""
    return _decoded(request.query_params.get("cursor", ""))[1:]


def _decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        raise ValidationError({"cursor": ["This is no cursor of ours."]}) from None


def cursor_of(request: Request) -> Cursor:
    """The cursor that a request asks for; raises ValidationError for one that we did not give."""
    size = limit_of(request)
    text = request.query_params.get("cursor", "")
    if not text:
        return Cursor(limit=size)
    plain = _decoded(text)
    try:
        ident = UUID(plain[1:])
    except ValueError:
        raise ValidationError({"cursor": ["This is no cursor of ours."]}) from None
    match plain[0]:
        case "o":
            return Cursor(older_than=ident, limit=size)
        case "n":
            return Cursor(newer_than=ident, limit=size)
    raise ValidationError({"cursor": ["This is no cursor of ours."]})


def page(request: Request, items: Iterable[Any], older: object, newer: object, show: Callable[[Any], Any]) -> Response:
    """One page as it is answered; `older` and `newer` are the ids or places at its ends, None: nothing follows."""

    def link(direction: str, ident: object) -> str | None:
        if ident is None:
            return None
        query = request.query_params.copy()
        query["cursor"] = _encoded(direction, ident)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    return Response({"next": link("o", older), "previous": link("n", newer), "results": [show(item) for item in items]})


class Reader(Protocol[M]):
    """Reads rows newest first, or, with `newer_than`, those that follow it, oldest first."""

    def __call__(self, *, older_than: UUID | None, newer_than: UUID | None, limit: int) -> list[M]: ...


def rows_of(found: "QuerySet[M]", cursor: Cursor) -> tuple[list[M], UUID | None, UUID | None]:
    """The rows of a page, newest first, with the ids at its ends where there is more beyond them."""

    def read(*, older_than: UUID | None, newer_than: UUID | None, limit: int) -> list[M]:
        if newer_than is not None:
            return list(found.order_by("id").filter(id__gt=newer_than)[:limit])
        rows = found if older_than is None else found.filter(id__lt=older_than)
        return list(rows.order_by("-id")[:limit])

    return rows_read(read, cursor)


def rows_read(read: Reader[M], cursor: Cursor) -> tuple[list[M], UUID | None, UUID | None]:
    """As `rows_of`, of what something else than a query reads."""
    rows = read(older_than=cursor.older_than, newer_than=cursor.newer_than, limit=cursor.limit + 1)
    more, rows = len(rows) > cursor.limit, rows[: cursor.limit]
    if cursor.newer_than is not None:
        rows.reverse()
        older, newer = True, more
    else:
        older, newer = more, cursor.older_than is not None
    if not rows:
        return [], None, None
    return rows, rows[-1].pk if older else None, rows[0].pk if newer else None
