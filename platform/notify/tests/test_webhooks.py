"""Outbound webhooks against a real server: signed, kept until they arrive, and never sent to our own network."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook

from audit.selectors import entries
from audit.services import Actor, record
from notify import posting
from notify.errors import EndpointOff, EndpointRefused
from notify.posting import post
from notify.selectors import DeliveryView, EndpointView, deliveries, delivery_view, endpoint_view, endpoints
from notify.services import (
    GIVEN_UP_AT_MOST,
    PAUSES,
    NewEndpoint,
    delivery_resend,
    endpoint_add,
    endpoint_delete,
    endpoint_switch,
    webhook_test,
)
from tenants.selectors import tenant_context
from tests.story import due_now

TESTS = Actor.system("tests")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Work = Callable[[], None]
Owner = psycopg.Connection[Any]


@pytest.fixture
def loopback(settings: Any) -> None:
    """Webhooks may go to this machine, as in development."""
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})


@pytest.fixture
def endpoint(in_committed_acacia: None, loopback: None, httpserver: HTTPServer) -> NewEndpoint:
    """An endpoint of acacia that is told of runs and decisions."""
    return endpoint_add(
        url=httpserver.url_for("/hook"), types=["run.failed", "run.waiting", "approval.pending", "approval.decided"], actor=TESTS
    )  # fmt: skip


def happen(event: str = "run.failed", **data: Any) -> None:
    """Something that is told of, as the ledger records it."""
    run = UUID(int=7)
    with transaction.atomic():
        record(event=event, target=f"run:{run}", actor=TESTS, run=run, data=data)


def sent(endpoint: NewEndpoint) -> list[DeliveryView]:
    return [delivery_view(row) for row in deliveries(endpoint=endpoint.id)]


def shown(endpoint: NewEndpoint) -> EndpointView:
    return endpoint_view(endpoints().get(pk=endpoint.id))


def test_what_happens_is_posted_signed_and_without_personal_text(
    endpoint: NewEndpoint, httpserver: HTTPServer, work: Work
) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("thanks", 200)
    happen(step="draft", error="not.for.others")
    work()
    request, _ = httpserver.log[0]
    body = Webhook(endpoint.secret).verify(request.get_data(), dict(request.headers))
    assert body["type"] == "run.failed"
    assert body["data"] == {"run": str(UUID(int=7)), "status": "failed", "step": "draft"}
    assert body["timestamp"].endswith("Z")
    (delivery,) = sent(endpoint)
    assert request.headers["webhook-id"] == str(delivery.id)
    assert (delivery.status, delivery.attempts, delivery.answer_status, delivery.answer) == (
        "delivered",
        1,
        200,
        "thanks",
    )
    assert entries(event="webhook.delivered", target=f"delivery:{delivery.id}").exists()


def test_what_is_undone_is_not_told(endpoint: NewEndpoint) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        happen()
        raise RuntimeError
    assert sent(endpoint) == []


def test_only_what_was_asked_for_is_told_and_to_this_tenant_only(endpoint: NewEndpoint) -> None:
    happen("run.succeeded")
    happen("run.started")
    with tenant_context("harbour"):
        happen()
    assert sent(endpoint) == []


def test_a_tenant_without_endpoints_pays_one_query_and_none_for_what_is_never_told(in_committed_acacia: None) -> None:
    def queries(event: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            happen(event)
        return len(counted)

    happen("run.started")  # the actor's name is known from now on
    assert queries("run.failed") == queries("run.started") + 1


def test_what_does_not_arrive_is_tried_again_for_a_day_and_then_given_up(
    endpoint: NewEndpoint, httpserver: HTTPServer, work: Work, owner: Owner
) -> None:
    httpserver.expect_request("/hook").respond_with_data("out of order", 503)
    happen()
    work()
    for attempt, pause in enumerate(PAUSES, start=1):
        (delivery,) = sent(endpoint)
        assert (delivery.status, delivery.attempts, delivery.answer_status) == ("pending", attempt, 503)
        assert delivery.next_at is not None
        assert abs(delivery.next_at - timezone.now() - pause) < timedelta(seconds=20)
        work()
        assert len(httpserver.log) == attempt  # it is not due yet
        due_now(owner)
        work()
    (delivery,) = sent(endpoint)
    assert (delivery.status, delivery.attempts, delivery.answer) == ("failed", len(PAUSES) + 1, "out of order")
    assert sum(PAUSES, timedelta()) > timedelta(hours=20)
    due_now(owner)
    work()
    assert len(httpserver.log) == len(PAUSES) + 1
    assert len({request.headers["webhook-id"] for request, _ in httpserver.log}) == 1
    assert shown(endpoint).enabled


def test_one_that_answers_again_is_delivered(
    endpoint: NewEndpoint, httpserver: HTTPServer, work: Work, owner: Owner
) -> None:
    httpserver.expect_ordered_request("/hook").respond_with_data("", 500)
    httpserver.expect_ordered_request("/hook").respond_with_data("", 201)
    happen()
    work()
    due_now(owner)
    work()
    (delivery,) = sent(endpoint)
    assert (delivery.status, delivery.attempts) == ("delivered", 2)


def test_a_redirect_is_a_failure_and_is_not_followed(endpoint: NewEndpoint, httpserver: HTTPServer, work: Work) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 307, {"Location": httpserver.url_for("/elsewhere")})
    happen()
    work()
    (delivery,) = sent(endpoint)
    assert (delivery.status, delivery.answer_status) == ("pending", 307)
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


def test_one_that_is_gone_is_switched_off_at_once(endpoint: NewEndpoint, httpserver: HTTPServer, work: Work) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 410)
    happen()
    work()
    assert (shown(endpoint).enabled, "410" in shown(endpoint).off_reason) == (False, True)
    happen()
    assert len(sent(endpoint)) == 1
    assert entries(event="webhook.switched_off", target=f"endpoint:{endpoint.id}").exists()


def test_many_given_up_in_a_row_switch_it_off_and_one_that_arrives_begins_anew(
    endpoint: NewEndpoint, httpserver: HTTPServer, work: Work, owner: Owner
) -> None:
    handler = httpserver.expect_request("/hook")
    handler.respond_with_data("", 500)

    def give_up() -> None:
        happen()
        owner.execute("UPDATE acacia.notify_delivery SET attempts = %s WHERE status = 'pending'", [len(PAUSES)])
        work()

    for _ in range(GIVEN_UP_AT_MOST - 1):
        give_up()
    handler.respond_with_data("", 200)
    happen()
    work()
    handler.respond_with_data("", 500)
    for _ in range(GIVEN_UP_AT_MOST - 1):
        give_up()
    assert shown(endpoint).enabled
    give_up()
    assert not shown(endpoint).enabled
    assert "in a row" in shown(endpoint).off_reason
    endpoint_switch(endpoint_id=endpoint.id, on=True, actor=TESTS)
    assert (shown(endpoint).enabled, shown(endpoint).off_reason) == (True, "")


def test_a_test_and_a_second_sending_by_hand(endpoint: NewEndpoint, httpserver: HTTPServer, work: Work) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 200)
    delivery = webhook_test(endpoint_id=endpoint.id, actor=TESTS)
    work()
    delivery_resend(delivery_id=delivery, actor=TESTS)
    work()
    assert [json.loads(request.get_data())["type"] for request, _ in httpserver.log] == ["webhook.test"] * 2
    assert {request.headers["webhook-id"] for request, _ in httpserver.log} == {str(delivery)}
    endpoint_switch(endpoint_id=endpoint.id, on=False, actor=TESTS)
    with pytest.raises(EndpointOff):
        webhook_test(endpoint_id=endpoint.id, actor=TESTS)
    with pytest.raises(EndpointOff):
        delivery_resend(delivery_id=delivery, actor=TESTS)


def test_what_waits_for_one_that_was_switched_off_or_deleted_is_not_sent(
    endpoint: NewEndpoint, httpserver: HTTPServer, work: Work
) -> None:
    happen()
    endpoint_switch(endpoint_id=endpoint.id, on=False, actor=TESTS)
    work()
    assert [delivery.status for delivery in sent(endpoint)] == ["failed"]
    endpoint_switch(endpoint_id=endpoint.id, on=True, actor=TESTS)
    happen()
    endpoint_delete(endpoint_id=endpoint.id, actor=TESTS)
    work()
    assert httpserver.log == []
    assert sent(endpoint) == []


def test_the_secret_is_not_readable_in_the_database(endpoint: NewEndpoint, owner: Owner) -> None:
    assert endpoint.secret.startswith("whsec_")
    stored = str(owner.execute("SELECT * FROM acacia.notify_endpoint").fetchall())
    assert endpoint.secret not in stored
    assert endpoint.secret.removeprefix("whsec_") not in stored


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/",
        "https://",
        "https:///hook",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example.com/" + "x" * 500,
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_cannot_be_posted_to_is_refused(in_acacia: None, url: str) -> None:
    with pytest.raises(EndpointRefused) as refused:
        endpoint_add(url=url, types=["run.failed"], actor=TESTS)
    assert refused.value.field == "url"


@pytest.mark.parametrize("types", [[], ["run.flew"]])
def test_types_that_cannot_happen_are_refused(in_acacia: None, types: list[str]) -> None:
    with pytest.raises(EndpointRefused) as refused:
        endpoint_add(url="https://example.com/", types=types, actor=TESTS)
    assert refused.value.field == "types"


PRIVATE = [
    "http://127.0.0.1:{port}/hook",
    "http://localhost:{port}/hook",
    "http://127.1:{port}/hook",
    "http://2130706433:{port}/hook",
    "http://0x7f000001:{port}/hook",
    "http://0177.0.0.1:{port}/hook",
    "http://[::1]:{port}/hook",
    "http://[::ffff:127.0.0.1]:{port}/hook",
    "http://0.0.0.0:{port}/hook",
    "http://10.0.0.1:{port}/hook",
    "http://192.168.1.1/hook",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/hook",
    "http://[64:ff9b::7f00:1]/hook",
    "http://[fd00::1]/hook",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_our_own_network_is_out_of_reach(httpserver: HTTPServer, url: str) -> None:
    httpserver.expect_request("/hook").respond_with_data("a secret of ours", 200)
    answer = post(url=url.format(port=httpserver.port), id="1", body="{}", secret=SECRET)
    assert answer.status is None
    assert "secret" not in answer.text
    assert httpserver.log == []


@pytest.mark.parametrize("url", PRIVATE[9:])
def test_the_switch_for_development_opens_this_machine_and_no_more(loopback: None, url: str) -> None:
    assert (
        post(url=url.format(port=80), id="1", body="{}", secret=SECRET).text == "The address is in a private network."
    )


def test_a_proxy_of_the_environment_is_not_asked(
    loopback: None, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    httpserver.expect_request("/hook").respond_with_data("", 200)
    assert post(url=httpserver.url_for("/hook"), id="1", body="{}", secret=SECRET).ok


@pytest.fixture
def flood(httpserver: HTTPServer) -> HTTPServer:
    """A server that answers with megabytes of control characters."""
    httpserver.expect_request("/hook").respond_with_data("\x00\x07\n" * 2_000_000, 500)
    return httpserver


def test_of_a_huge_answer_the_beginning_is_kept(loopback: None, flood: HTTPServer) -> None:
    answer = post(url=flood.url_for("/hook"), id="1", body="{}", secret=SECRET)
    assert answer.status == 500
    assert len(answer.text) <= 500
    assert "\x00" not in answer.text


BEGINNINGS = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Long: ",
    "body": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
}


@pytest.fixture(params=BEGINNINGS)
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a receiver who goes on answering, a byte at a time."""
    listening, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def answer() -> None:
        line, _ = listening.accept()
        with line:
            try:
                line.sendall(BEGINNINGS[request.param])
                while not over.wait(0.1):
                    line.sendall(b"0")
            except OSError:
                return  # hung up on

    server = threading.Thread(target=answer)
    server.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    over.set()
    server.join()
    listening.close()


def test_a_receiver_who_answers_without_end_is_hung_up_on(
    loopback: None, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "LONGEST_SECONDS", 1)
    answer = post(url=dripping, id="msg_1", body="{}", secret=SECRET)  # left alone it would never come back
    assert (answer.status, answer.text) == (None, "It did not answer in time.")
