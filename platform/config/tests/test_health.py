"""/healthz says that the process lives, /readyz names each part and is 503 when one is missing."""

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dispatch.connection import tenant_connection
from dispatch.services import heartbeat

pytestmark = pytest.mark.committed
PARTS = {"database", "migrations", "workers", "broker", "ledger"}


def ready(host: str = "localhost") -> tuple[int, dict[str, Any]]:
    answered = Client(headers={"host": host}).get("/readyz")
    return answered.status_code, answered.json()


@pytest.fixture
def worker(committed: None) -> None:
    """A worker that beat a moment ago."""
    heartbeat(process="test", kind="worker")


@pytest.fixture
def closed_port() -> Any:
    """A port of ours on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize("host", ["localhost", "acacia.localhost", "nobody.localhost", "10.0.0.1:8000"])
def test_both_are_answered_on_every_host(worker: None, host: str) -> None:
    alive = Client(headers={"host": host}).get("/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    status, body = ready(host)
    assert status == 200
    assert body["ready"] is True
    assert set(body) == PARTS | {"ready"}
    assert all(body[part]["ok"] for part in PARTS)
    assert body["workers"]["detail"] == "1 alive"


def test_a_part_that_is_missing_makes_it_503_and_is_named(worker: None, settings: Any, closed_port: int) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    status, body = ready()
    assert status == 503
    assert body["ready"] is False
    assert not body["broker"]["ok"]
    assert body["broker"]["detail"]
    assert all(body[part]["ok"] for part in PARTS - {"broker"})


def test_without_a_worker_it_is_not_ready(committed: None) -> None:
    status, body = ready()
    assert status == 503
    assert body["workers"] == {"ok": False, "detail": "0 alive"}


def test_a_worker_that_fell_silent_does_not_count(worker: None, owner: Any) -> None:
    owner.execute("UPDATE dispatch_heartbeat SET at = %s", [timezone.now() - timedelta(minutes=1)])
    assert ready()[0] == 503


def test_a_migration_that_is_not_applied_is_named(worker: None, owner: Any) -> None:
    [row] = owner.execute(
        "DELETE FROM public.django_migrations WHERE id = (SELECT max(id) FROM public.django_migrations"
        " WHERE app = 'dispatch') RETURNING app, name, applied"
    ).fetchall()
    try:
        status, body = ready()
    finally:
        owner.execute("INSERT INTO public.django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    assert status == 503
    assert body["migrations"]["detail"] == f"not applied: dispatch.{row[1]}"


def test_a_database_that_is_away_is_said_so_and_every_part_is_named(
    worker: None, log_in: Callable[[str], None], closed_port: int
) -> None:
    log_in(f"postgresql://nobody:secret@127.0.0.1:{closed_port}/nowhere")
    assert Client(headers={"host": "localhost"}).get("/healthz").status_code == 200
    answered = Client(headers={"host": "localhost"}).get("/readyz")
    assert answered.status_code == 503
    body = answered.json()
    assert set(body) == PARTS | {"ready"}
    assert not body["database"]["ok"]
    assert body["broker"]["ok"]
    assert "secret" not in answered.text


def test_asking_needs_get_and_leaves_no_tenant_entered(worker: None) -> None:
    client = Client(headers={"host": "acacia.localhost"})
    assert client.head("/readyz").status_code == 200
    assert client.post("/readyz").status_code == 404
    assert tenant_connection().schema_name == "public"
    assert settings.SESSION_COOKIE_NAME not in client.cookies
