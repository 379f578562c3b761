"""The ledger, read-only."""

from dataclasses import replace

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.finding import Filters, Search
from audit.selectors import views
from gateway.pagination import PageQuery, cursor_of, page, rows_read
from portal.api.base import View
from portal.api.queries import EntryQuery, wanted
from portal.api.shapes import EntryShape, paged


def filters_in(request: Request, query: type[PageQuery]) -> Filters:
    """The filters that a request gives, checked; raises ValidationError."""
    given = wanted(request, query)
    if "run" in given:
        given["run"] = str(given["run"])
    return replace(Filters(), **given)


class Ledger(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(parameters=[EntryQuery], responses=paged(EntryShape))
    def get(self, request: Request) -> Response:
        """Entries, newest first; all filters that are given hold."""
        rows, older, newer = rows_read(Search(filters_in(request, EntryQuery)).rows, cursor_of(request))
        return page(request, views(rows), older, newer, lambda entry: EntryShape(entry).data)
