"""A worker that is killed, a broker that is away, a scheduler that wakes what is due: with real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import call_command

from dispatch.leases import Lease
from dispatch.models import Heartbeat, Work
from dispatch.services import claim
from dispatch.tasks import ENOUGH_WAKE_UPS
from dispatch.worker import run_next

pytestmark = pytest.mark.committed
ROOT = Path(__file__).resolve().parents[3]
Add = Callable[..., None]

SETUP = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.db import transaction
from dispatch.registry import handler
from dispatch.services import work_add
from dispatch.worker import run_next
from tenants.selectors import tenant_context
"""
BLOCKS = """
@handler("tests.work")
def block(subject, lease):
    with transaction.atomic():
        lease.hold()
        work_add(handler="tests.next", subject="half done")
        if inside:
            print("begun", flush=True)
            sys.stdin.read()
    print("begun", flush=True)
    sys.stdin.read()

run_next("runs")
"""
ADDS = """
import time
took = []
with tenant_context("acacia"):
    for _ in range(3):
        began = time.monotonic()
        with transaction.atomic():
            work_add(handler="tests.work", subject="one")
        took.append(time.monotonic() - began)
print(min(took))
"""


@pytest.fixture
def process(app_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python with the app's login and the given code; killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, **environment: str) -> subprocess.Popen[str]:
        paths = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
        child = subprocess.Popen(
            [sys.executable, "-c", SETUP + code],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": app_url, "PYTHONPATH": paths, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("inside", [False, True], ids=["between transactions", "inside one"])
def test_the_work_of_a_killed_worker_is_done_by_another_once_its_lease_is_over(
    add: Add,
    handle: Callable[..., None],
    age: Callable[[], None],
    process: Callable[..., subprocess.Popen[str]],
    owner: psycopg.Connection[Any],
    inside: bool,
) -> None:
    add("acacia")
    worker = process(f"inside = {inside}\n{BLOCKS}")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "begun\n", worker.communicate()[1]
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    # Waits until the server has noticed and rolled back.
    assert owner.execute("SELECT count(*) FROM (SELECT 1 FROM dispatch_work WHERE subject = 'one' FOR UPDATE) held")
    assert Work.objects.filter(subject="half done").exists() is not inside
    Work.objects.filter(subject="half done").delete()
    assert claim(queue="runs", worker="me") is None  # its lease still stands

    seen: list[Lease] = []
    handle("tests.work", lambda subject, lease: seen.append(lease))
    age()
    assert run_next("runs")
    # What was committed is progress: deaths are counted from there.
    assert [(lease.fence, lease.attempts) for lease in seen] == [(2, 2 if inside else 1)]
    assert not Work.objects.exists()


def test_a_broker_that_is_away_at_the_commit_fails_nothing_and_delays_little(
    committed: None, process: Callable[..., subprocess.Popen[str]]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        # The port is ours, and nobody listens.
        adding = process(ADDS, REDIS_URL=f"redis://127.0.0.1:{port}/0")
        out, err = adding.communicate(timeout=120)
    assert adding.returncode == 0, err
    assert float(out) < 3
    assert "wake_up_not_sent" in err
    assert Work.objects.get().subject == "one"


@pytest.fixture
def broker() -> Iterator[tuple["redis.Redis", str]]:
    """The broker, and the name of a queue that nobody else uses."""
    client = redis.Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://"))
    queue = f"test-{uuid4().hex[:12]}"
    yield client, queue
    client.delete(queue)
    client.close()


def one_turn_of_the_scheduler(broker: "redis.Redis", queue: str) -> None:
    """Run the scheduler; once it has sent its first message, it is asked to end."""
    terminate, interrupt = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def end() -> None:
        # Moves the message within its list, so that the length stays: it blocks until there is one.
        broker.blmove(queue, queue, timeout=120)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        call_command("scheduler")
    finally:
        thread.join()
        signal.signal(signal.SIGTERM, terminate)
        signal.signal(signal.SIGINT, interrupt)


def test_the_scheduler_wakes_as_often_as_rows_are_due_and_the_messages_say_nothing_of_them(
    add: Add, broker: tuple["redis.Redis", str]
) -> None:
    client, queue = broker
    for number in range(3):
        add("acacia", f"secret subject {number}", queue=queue)
    client.delete(queue)  # all messages are lost
    one_turn_of_the_scheduler(client, queue)
    messages = [json.loads(message) for message in client.lrange(queue, 0, -1)]
    assert len(messages) == 3
    for message in messages:
        assert message["headers"]["task"] == "dispatch.work"
        text = json.dumps(message)
        assert "secret" not in text
        assert "acacia" not in text
    assert Heartbeat.objects.get(kind="scheduler")


def test_the_scheduler_sends_no_flood_for_a_flood(add: Add, broker: tuple["redis.Redis", str]) -> None:
    client, queue = broker
    for number in range(20):
        add("acacia", f"a {number}", queue=queue)
    client.delete(queue)
    one_turn_of_the_scheduler(client, queue)
    assert client.llen(queue) == ENOUGH_WAKE_UPS


def test_each_commit_wakes_one_worker(add: Add, broker: tuple["redis.Redis", str]) -> None:
    client, queue = broker
    add("acacia", queue=queue)
    assert client.llen(queue) == 1
    add("acacia", "provision", queue="provision")
    assert client.llen("provision") == 0
