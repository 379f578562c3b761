"""Logs and error reports, as another process writes them: with whose they are, without what customers wrote."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer

from observability.logs import without_tokens
from tests.vendor import Vendor

ROOT = Path(__file__).resolve().parents[3]
FAILS = """
import django, logging, structlog
django.setup()
import sentry_sdk
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware
def work():
    letter = "Dear Acacia, my number is 0491 570 156"
    raise RuntimeError("the calendar is away")
with structlog.contextvars.bound_contextvars(tenant="acacia", run="r-1", step="draft"):
    structlog.get_logger("tests").info("step_begun", attempt=1)
    try:
        work()
    except RuntimeError:
        sentry_sdk.capture_exception()
def page(environ, start_response):
    structlog.get_logger("tests").info("page_begun", request="GET " + environ["PATH_INFO"])
    logging.getLogger("tests").warning("Not Found: %s", environ["PATH_INFO"])
    raise RuntimeError("the page is away")
with sentry_sdk.isolation_scope():
    for path in LINKS:
        here = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": "acacia.localhost", "wsgi.url_scheme": "http"}
        try:
            SentryWsgiMiddleware(page)({**here, "HTTP_REFERER": "http://acacia.localhost" + path}, None)
        except RuntimeError:
            pass
sentry_sdk.flush(10)
"""
SECRET = "Zx3-k_9q" * 6
LINKS = [
    f"/join/{SECRET}/",
    f"/support/{SECRET}/",
    f"/password-new/0198aa6c1f3f7c60b5d2f0a1b2c3d4e5-{SECRET}/",
]


def run(does: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """A process of ours that logs a line and meets an error, or does something else."""
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    return subprocess.run(
        [sys.executable, "-c", does or FAILS.replace("LINKS", repr(LINKS))],
        cwd=ROOT,
        env={**given, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def silent() -> subprocess.CompletedProcess[str]:
    """That process, with nowhere to report to."""
    return run()


@pytest.fixture(scope="module")
def reporting() -> Iterator[tuple[str, list[str]]]:
    """What that process has written, and what it has sent, with somewhere to report to."""
    with HTTPServer() as server:
        server.expect_request("/api/7/envelope/").respond_with_json({})
        done = run(SENTRY_DSN=f"http://key@127.0.0.1:{server.port}/7")
        assert done.returncode == 0, done.stderr
        yield done.stderr, sent_to(server)


def sent_to(server: HTTPServer) -> list[str]:
    """The bodies of what was sent."""
    return [
        (gzip.decompress(body) if asked.headers.get("Content-Encoding") == "gzip" else body).decode()
        for asked, _ in server.log
        for body in (asked.get_data(),)
    ]


def test_a_line_of_the_log_is_json_and_says_whose_it_is(silent: subprocess.CompletedProcess[str]) -> None:
    assert silent.returncode == 0, silent.stderr
    line = next(json.loads(line) for line in silent.stderr.splitlines() if "step_begun" in line)
    assert {name: line[name] for name in ("event", "tenant", "run", "step", "attempt", "level")} == {
        "event": "step_begun",
        "tenant": "acacia",
        "run": "r-1",
        "step": "draft",
        "attempt": 1,
        "level": "info",
    }


def test_what_is_below_the_level_is_not_written() -> None:
    assert "step_begun" not in run(LOG_LEVEL="WARNING").stderr


def test_an_error_is_reported_with_its_tenant_and_without_what_a_customer_wrote(
    reporting: tuple[str, list[str]],
) -> None:
    report = next(body for body in reporting[1] if "the calendar is away" in body)
    event = next(json.loads(line) for line in report.splitlines() if '"exception"' in line)
    assert {name: event["tags"][name] for name in ("tenant", "run", "step")} == {
        "tenant": "acacia",
        "run": "r-1",
        "step": "draft",
    }
    assert "0491 570 156" not in report


def test_what_lets_somebody_in_stands_neither_in_a_line_nor_in_a_report(reporting: tuple[str, list[str]]) -> None:
    written, sent = reporting
    for told in (written, "".join(sent)):
        assert all(f"{path.rpartition('/')[0].rpartition('/')[0]}/…" in told.replace("\\u2026", "…") for path in LINKS)
        assert SECRET not in told


ASKS = """
import django
django.setup()
import sentry_sdk
from ai.errors import AIError
from ai.providers.anthropic import AnthropicProvider
from ai.purposes import UNDERSTAND
from ai.routes import ROUTES
from ai.tests.conftest import understand_input
from pydantic import BaseModel, ValidationError
class Answer(BaseModel):
    phone: int
asked = AnthropicProvider(api_key="sk-test", base_url=URL).prepare(
    purpose=UNDERSTAND, inputs=understand_input(), repair=None
)
try:
    asked.answer(hop=ROUTES["understand"].hops[0], max_tokens=100)
except AIError as error:
    print("handled", error.code)
    try:
        raise RuntimeError("the step is away") from error
    except RuntimeError:
        sentry_sdk.capture_exception()
try:
    Answer(phone="call Georgia on 0491 570 156")
except ValidationError:
    sentry_sdk.capture_exception()
try:
    raise RuntimeError("duplicate key\\nDETAIL: Key (email)=(georgia@example.com) exists")
except RuntimeError:
    sentry_sdk.capture_exception()
sentry_sdk.flush(10)
"""


def test_a_failed_call_is_no_report_of_its_own_and_no_report_holds_a_prompt_or_an_answer(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/api/7/envelope/").respond_with_json({})
    with Vendor() as vendor:
        vendor.play("echo")
        done = run(ASKS.replace("URL", repr(vendor.url)), SENTRY_DSN=f"http://key@127.0.0.1:{httpserver.port}/7")
        assert len(vendor.requests) == 1, "a model was asked"
    assert done.returncode == 0, done.stderr
    assert "handled request_refused" in done.stdout
    events = [event for event in reported(httpserver) if "exception" in event]
    kinds = [event["exception"]["values"][-1]["type"] for event in events]
    assert sorted(kinds) == ["RuntimeError", "RuntimeError", "ValidationError"]
    sent = json.dumps(events)
    assert "the step is away" in sent
    assert "duplicate key" in sent
    for word in ("Georgia", "georgia@example.com", "0491 570 156", "Wattle", "Petersham"):
        assert word not in sent, word


def reported(server: HTTPServer) -> list[dict[str, Any]]:
    """The events that were sent."""
    lines = [json.loads(line) for body in sent_to(server) for line in body.splitlines()]
    return [line for line in lines if isinstance(line, dict)]


TRACES = """
import os
import django
django.setup()
from opentelemetry import trace
from ai.errors import AIError
from ai.providers.anthropic import AnthropicProvider
from ai.purposes import UNDERSTAND
from ai.routes import ROUTES
from ai.tests.conftest import understand_input
from observability.tracing import span
asked = AnthropicProvider(api_key="sk-test", base_url=URL).prepare(
    purpose=UNDERSTAND, inputs=understand_input(), repair=None
)
with span("ai.ask", tenant="acacia", purpose="understand"):
    asked.answer(hop=ROUTES["understand"].hops[0], max_tokens=100)
try:
    with span("ai.ask", tenant="acacia"):
        raise RuntimeError("Dear Acacia, my number is 0491 570 156")
except RuntimeError:
    pass
trace.get_tracer_provider().shutdown()
"""


def attributes(told: Any) -> dict[str, Any]:
    """What a span or a resource says of itself."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in told.attributes}


def test_a_trace_tells_for_whom_a_model_was_asked_and_not_what(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/traces").respond_with_data(b"", content_type="application/x-protobuf")
    with Vendor() as vendor:
        done = run(
            TRACES.replace("URL", repr(vendor.url)),
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{httpserver.port}",
            # It may say what it likes.
            ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE="content",
        )
        (sent,) = vendor.requests
    assert done.returncode == 0, done.stderr
    bodies = [asked.get_data() for asked, _ in httpserver.log]
    spans: dict[str, list[Any]] = {}
    for body in bodies:
        found = ExportTraceServiceRequest.FromString(body)
        for group in found.resource_spans:
            assert ("service.name", "countersign") in [
                (one.key, one.value.string_value) for one in group.resource.attributes
            ]
            for scope in group.scope_spans:
                for one in scope.spans:
                    spans.setdefault(one.name, []).append(one)
    ours, failed = spans.pop("ai.ask")
    assert ("countersign.tenant", "acacia") in [(one.key, one.value.string_value) for one in ours.attributes]
    assert ("error.type", "RuntimeError") in [(one.key, one.value.string_value) for one in failed.attributes]
    ((vendors,),) = spans.values()
    assert vendors.parent_span_id == ours.span_id
    told = {one.key: one.value for one in vendors.attributes}
    assert told["gen_ai.request.model"].string_value == sent["model"]
    assert told["gen_ai.usage.output_tokens"].int_value > 0
    for word in (b"Georgia", b"0491 570 156", b"Wattle", b"Petersham"):
        assert not [body for body in bodies if word in body], word


def test_nothing_is_reported_without_a_dsn(httpserver: HTTPServer) -> None:
    assert run().returncode == 0
    assert httpserver.log == []


def test_the_log_says_which_page_was_asked_for_but_not_whom_people_searched() -> None:
    line = 'GET /customers/?q=georgia%40example.com&older=1 took 3 ms, "GET /api/v1/contacts?search=Georgia"'
    assert without_tokens(line) == 'GET /customers/?… took 3 ms, "GET /api/v1/contacts?…"'
    assert without_tokens("Is GET /inbox/ there? Yes.") == "Is GET /inbox/ there? Yes."
