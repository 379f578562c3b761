"""The ledger, read-only."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.selectors import entries, views
from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View
from portal.api.queries import EntryQuery, wanted
from portal.api.shapes import EntryShape, paged


class Ledger(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(parameters=[EntryQuery], responses=paged(EntryShape))
    def get(self, request: Request) -> Response:
        """Entries, newest first; `target`, `actor`, `event` and `run` filter."""
        rows, older, newer = rows_of(entries(**wanted(request, EntryQuery)), cursor_of(request))
        return page(request, views(rows), older, newer, lambda entry: EntryShape(entry).data)
