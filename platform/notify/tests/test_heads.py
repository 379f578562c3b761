"""The last head of the ledger reaches integrators and auditors, and is remembered where it has arrived."""

import email
import email.policy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from accounts.roles import AUDITOR
from accounts.services import person_add
from audit.heads import kept_of
from audit.keeping import head_last
from audit.sealing import ledger_id
from audit.services import Actor, record
from audit.tests.sealed import sealed
from audit.verification import Heads, verify
from dispatch.services import OUTSIDE_QUEUE, work_add
from notify.selectors import deliveries
from notify.services import endpoint_add
from tests.sink import sink

TESTS = Actor.system("heads")
Work = Callable[[], None]


def happen() -> None:
    record(event="webhook.switched_on", target="endpoint:1", actor=TESTS)


def tell(way: str, work: Work) -> None:
    work_add(handler="notify.heads", subject=way, queue=OUTSIDE_QUEUE)
    work()


@pytest.fixture
def hook(in_committed_acacia: None, httpserver: HTTPServer, settings: Any) -> tuple[UUID, list[dict[str, Any]]]:
    """An endpoint of acacia that asked for heads, and what has reached it."""
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})
    told: list[dict[str, Any]] = []

    def take(request: Request) -> Response:
        told.append(json.loads(request.get_data()))
        return Response(status=204)

    httpserver.expect_request("/hook").respond_with_handler(take)
    made = endpoint_add(url=httpserver.url_for("/hook"), types=["audit.sealed"], actor=TESTS)
    return made.id, told


def test_a_webhook_gets_the_last_head_and_is_then_where_it_is_kept(
    hook: tuple[UUID, list[dict[str, Any]]], work: Work
) -> None:
    _, told = hook
    sealed()
    tell("webhook", work)
    [arrived] = told
    last = head_last()
    assert last is not None
    assert arrived["type"] == "audit.sealed"
    assert (arrived["data"]["number"], arrived["data"]["hash"]) == (last.number, last.head.hash)
    line = json.dumps({name: arrived["data"][name] for name in ("head", "signature")})
    beside = verify(heads=Heads("the integrator", list(kept_of([line], tenant=ledger_id(), name="the integrator"))))
    assert (beside.broken, beside.waiting > 0) == (None, True)
    alone = verify().kept
    assert alone is not None
    assert (alone.place, alone.number, alone.compared) == ("webhook to localhost", last.number, False)


def test_heads_are_told_once_in_a_period_and_not_about_their_own_traces(
    hook: tuple[UUID, list[dict[str, Any]]], work: Work, owner: psycopg.Connection[Any]
) -> None:
    endpoint, told = hook
    sealed()
    tell("webhook", work)
    happen()
    sealed()
    tell("webhook", work)
    assert len(told) == 1  # within the hour
    waits = owner.execute("SELECT due_at FROM dispatch_work WHERE handler = 'notify.heads'").fetchone()
    assert waits is not None
    assert waits[0] > timezone.now() + timedelta(minutes=50)

    def an_hour_later() -> None:
        for table in ("notify_delivery SET created_at = created_at", "audit_seal SET sealed_at = sealed_at"):
            name = table.split()[0]
            owner.execute(f"ALTER TABLE acacia.{name} DISABLE TRIGGER USER")
            owner.execute(f"UPDATE acacia.{table} - interval '2 hours'")
            owner.execute(f"ALTER TABLE acacia.{name} ENABLE TRIGGER USER")

    an_hour_later()
    tell("webhook", work)
    assert len(told) == 2
    sealed()  # webhook.delivered, and nothing else
    an_hour_later()
    tell("webhook", work)
    assert len(told) == 2
    assert deliveries(endpoint=endpoint).count() == 2


def test_auditors_are_emailed_a_head_that_the_ledger_agrees_with(
    in_committed_acacia: None, work: Work, settings: Any, owner: psycopg.Connection[Any]
) -> None:
    address = f"auditor-{uuid4()}@example.com"
    auditor = person_add(email=address, name="Ada", role=AUDITOR, password="a-long-password", actor=TESTS)
    try:
        sealed()
        with sink() as server:
            url = f"smtp://127.0.0.1:{server.port}"
            settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
            tell("email", work)
            tell("email", work)
        [content] = [content for _, to, content in server.taken if to == [address]]
    finally:
        owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE id = %s", [auditor])
    message = email.message_from_bytes(content, policy=email.policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    [line] = [line for line in part.get_content().splitlines() if line.startswith('{"head"')]
    [kept] = kept_of([line], tenant=ledger_id(), name="the email")
    last = head_last()
    assert last is not None
    assert kept.head == last.head
    assert verify(heads=Heads("the email", [kept])).holds
    alone = verify().kept
    assert alone is not None
    assert (alone.place, alone.number) == ("email to auditors", last.number)


def test_without_a_mail_server_no_head_is_said_to_be_kept(in_committed_acacia: None, work: Work) -> None:
    sealed()
    tell("email", work)
    assert verify().kept is None
