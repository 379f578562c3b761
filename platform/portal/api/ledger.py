"""The ledger, read-only."""

from dataclasses import replace

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from audit.finding import Filters, Search
from audit.selectors import views
from gateway.pagination import cursor_of, page, rows_read
from portal.api.base import View
from portal.api.queries import EntryFilters, EntryQuery, ExportQuery, wanted
from portal.api.shapes import EntryShape, paged
from portal.ledger_file import JSON_LINES, export_answer


def filters_in(request: Request, query: type[EntryFilters]) -> Filters:
    """The filters that a request gives, checked; raises ValidationError."""
    given = wanted(request, query)
    given.pop("format", None)
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


class JsonLines(JSONRenderer):
    """So that a caller may ask for what it is given."""

    media_type = JSON_LINES


class LedgerExport(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}
    renderer_classes = (JSONRenderer, JsonLines)

    @extend_schema(parameters=[ExportQuery], responses={(200, JSON_LINES): OpenApiTypes.BINARY})
    def get(self, request: Request) -> StreamingHttpResponse:
        """All entries that fit, oldest first, one a line: its exact canonical text, `seal` and `seq` behind its last
        field. The ledger gets an entry that it was exported, by whom and with which filters."""
        return export_answer(filters_in(request, ExportQuery), actor=self.actor(request))
