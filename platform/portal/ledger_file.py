"""The ledger as an answer that is written while it is read."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone

from audit.exporting import Export, lines
from audit.finding import Filters
from audit.services import Actor
from dispatch.connection import tenant_connection
from portal.wording import zone
from tenants.selectors import current, tenant_context

JSON_LINES = "application/jsonl"


def export_answer(filters: Filters, *, actor: Actor) -> StreamingHttpResponse:
    """The entries that fit, as lines of JSON; that they were exported is recorded first."""
    export = Export(filters, actor=actor)
    answer = StreamingHttpResponse(_chunks(export, tenant_connection().schema_name), content_type=JSON_LINES)
    name = f"ledger-{current().slug}-{_day(timezone.now())}.jsonl"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _chunks(export: Export, schema: str) -> Iterator[bytes]:
    """They are sent when the request has left its tenant: each batch enters it again."""
    last: UUID | None = None
    while True:
        with tenant_context(schema):
            batch = export.after(last)
        if not batch:
            return
        yield lines(batch).encode()
        last = batch[-1].pk


def _day(at: datetime) -> str:
    return at.astimezone(zone()).date().isoformat()
