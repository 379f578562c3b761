"""What the AI did: each call with its model, tokens and cost."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ai.selectors import call_view, calls
from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View
from portal.api.queries import CallQuery, wanted
from portal.api.shapes import CallShape, paged


class Calls(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(parameters=[CallQuery], responses=paged(CallShape))
    def get(self, request: Request) -> Response:
        """Calls to models, newest first; `run` and `purpose` filter."""
        given = wanted(request, CallQuery)
        rows = calls(run_id=given.get("run"), purpose=given.get("purpose"))
        return page(request, *rows_of(rows, cursor_of(request)), lambda row: CallShape(call_view(row)).data)
