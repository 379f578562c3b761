"""The whole story: an email in by SMTP, a model that takes its time, a proposal that waits for a person."""

import os
import smtplib
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import make_msgid
from pathlib import Path

from benchmarks.engine import tenancy
from benchmarks.engine.rounds import IDLE_POLL_SECONDS, PATIENCE_SECONDS, POLL_SECONDS, NotEnded
from benchmarks.engine.statistics import Observer
from benchmarks.engine.systems.celery_chain import messages_waiting
from benchmarks.engine.workers import Workers
from stack import ports
from stack.postgres import DATABASE

SLUG = "story"
WARM_UP = 2
# Every claim of work, by its handler: a hop from one worker to the next.
COUNT_CLAIMS = """
CREATE TABLE bench_claim (handler text NOT NULL);
CREATE FUNCTION bench_claimed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO public.bench_claim VALUES (new.handler); RETURN NULL; END $$;
CREATE TRIGGER bench_claimed AFTER UPDATE OF fence ON dispatch_work FOR EACH ROW
    WHEN (new.fence > old.fence) EXECUTE FUNCTION bench_claimed();
"""


@dataclass(frozen=True)
class Story:
    """One email; times in milliseconds, from the receiver's 250 to the run that waits."""

    whole: float
    model: float
    calls: int
    claims: dict[str, int]

    @property
    def overhead(self) -> float:
        """What is not waiting for the model."""
        return self.whole - self.model


def stories(count: int, *, model_ms: int, log: Path) -> list[Story]:
    """So many emails, one after another, each to the end of its work before the next."""
    made = tenancy.tenant_make(SLUG, pack="real_estate")
    tenancy.django_start()
    from tenants.selectors import tenant_context
    from tests.story import samples

    with tenant_context(made["schema"]):
        samples()
    observer = Observer(DATABASE)
    observer.do(COUNT_CLAIMS)
    with _stack(model_ms, log) as smtp_port:
        found = [
            _one(number, made["inbound_address"], made["schema"], smtp_port, observer)
            for number in range(WARM_UP + count)
        ]
    return found[WARM_UP:]


@contextmanager
def _stack(model_ms: int, log: Path) -> Iterator[int]:
    """The programs that the story needs, and the stand-in for the model's vendor; the port for mail."""
    smtp_port, vendor_port = ports.free(), ports.free()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": tenancy.SETTINGS,
        "SMTP_PORT": str(smtp_port),
        "AI_PROVIDER": "anthropic",
        "ANTHROPIC_API_KEY": "none-is-needed",
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{vendor_port}",
        "LOG_LEVEL": "WARNING",
    }
    vendor = [sys.executable, "-m", "tests.vendor", "--port", str(vendor_port), "--delay", str(model_ms / 1000)]
    workers = Workers([vendor, *(tenancy.worker_command(name) for name in ("smtp", "runs", "ai"))], environment, log)
    try:
        for port in (smtp_port, vendor_port):
            _await_port(port, workers)
        yield smtp_port
    finally:
        workers.stop()


def _one(number: int, recipient: str, schema: str, smtp_port: int, observer: Observer) -> Story:
    """Send one email and follow it."""
    from tests.story import ASKS

    sender = f"customer-{number}@example.com"
    message = (
        f"From: Georgia Papadopoulos <{sender}>\nTo: {recipient}\nSubject: Inspection at 14 Wattle Street\n"
        f"Message-ID: {make_msgid(domain='example.com')}\n\n{ASKS}"
    )
    observer.do("TRUNCATE bench_claim")
    with smtplib.SMTP("127.0.0.1", smtp_port) as client:
        client.sendmail(sender, [recipient], message.encode())
        since = time.perf_counter()
    newest = f"SELECT id FROM {schema}.workflows_run ORDER BY id DESC LIMIT 1"
    waiting = f"SELECT count(*) FROM {schema}.workflows_run WHERE status = 'waiting'"
    while observer.ask(waiting) <= number:
        if time.perf_counter() - since > PATIENCE_SECONDS:
            status = observer.ask(f"SELECT status || ' ' || error FROM {schema}.workflows_run WHERE id = ({newest})")
            raise NotEnded(f"the story did not come to its proposal: {status}")
        time.sleep(IDLE_POLL_SECONDS)
    whole = 1000 * (time.perf_counter() - since)
    run = str(observer.ask(newest))
    calls = f"FROM {schema}.ai_call WHERE run_id = %s"
    while sum(map(messages_waiting, ("runs", "ai"))):
        time.sleep(IDLE_POLL_SECONDS)
    claims = observer.ask(
        "SELECT json_object_agg(handler, n) FROM (SELECT handler, count(*) n FROM bench_claim GROUP BY 1) c"
    )
    return Story(
        whole=whole,
        model=float(observer.ask(f"SELECT sum(latency_ms) {calls}", run)),
        calls=int(observer.ask(f"SELECT count(*) {calls}", run)),
        claims=claims,
    )


def _await_port(port: int, workers: Workers) -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        workers.check()
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL_SECONDS)
    raise NotEnded(f"nobody listens on port {port}")
