"""What the AI did: each call with its model, tokens and cost."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ai.selectors import call_view, calls
from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View
from portal.api.shapes import CallShape, paged


class Calls(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(responses=paged(CallShape))
    def get(self, request: Request) -> Response:
        """Calls to models, newest first; `run` and `purpose` filter."""
        wanted = request.query_params
        rows = calls(run_id=wanted.get("run"), purpose=wanted.get("purpose"))
        return page(request, *rows_of(rows, cursor_of(request)), lambda row: CallShape(call_view(row)).data)
