"""The numbers that Prometheus reads, on the public host."""

from collections.abc import Iterator
from datetime import timedelta
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dispatch.services import due_by_queue, living
from observability.metrics import Sample, exposition, metric
from portal.health import HEARTBEAT_SECONDS
from tenants.selectors import public_context

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_COUNTED = 10_000
QUEUES = ("ai", "notify", "runs")
DUE = metric("countersign_work_due", f"Work that waits for a worker; {MOST_COUNTED} at most", "queue", kind="gauge")
ALIVE = metric("countersign_processes_alive", "Processes that said lately that they live", "kind", kind="gauge")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What all processes have counted, and how much work waits. With METRICS_TOKEN set, for who has it."""
    token = settings.COUNTERSIGN.metrics_token
    given = request.headers.get("Authorization", "")
    if token and not compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(
            "METRICS_TOKEN is set: send it as a bearer token.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return HttpResponse(exposition(_gauges()), content_type=CONTENT_TYPE)


def _gauges() -> Iterator[Sample]:
    with public_context():
        due = due_by_queue(at_most=MOST_COUNTED)
        alive = living(since=timezone.now() - timedelta(seconds=HEARTBEAT_SECONDS))
    for queue in sorted({*QUEUES, *due}):
        yield Sample(DUE, due.get(queue, 0), (queue,))
    for kind, number in sorted(alive.items()):
        yield Sample(ALIVE, number, (kind,))
