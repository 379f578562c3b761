"""Traces to an OpenTelemetry collector, when OTEL_EXPORTER_OTLP_ENDPOINT is set; never with prompts, answers or mail.

The vendor's client makes a span of each request by itself (gen_ai.*); ours around them say for whom it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from opentelemetry import trace
from opentelemetry.trace import Span

SERVICE = "countersign"


def configure() -> None:
    """Send spans to the collector that the settings name."""
    endpoint = settings.COUNTERSIGN.otel_exporter_otlp_endpoint
    if not endpoint:
        return
    # Half a second to import, which only who traces should pay.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Span]:
    """A span of ours, its attributes named countersign.*; it costs nothing where nobody traces."""
    given = {f"countersign.{key}": value for key, value in attributes.items()}
    # An error's words may be a customer's: its name is enough.
    with trace.get_tracer(SERVICE).start_as_current_span(
        name, attributes=given, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except Exception as error:
            made.set_attribute("error.type", type(error).__name__)
            raise
