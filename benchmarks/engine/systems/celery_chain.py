"""A plain Celery chain: six tasks, each of which writes a row and commits."""

import os
import sys
from functools import cache
from typing import Any

from celery import Celery, chain
from kombu import Connection
from psycopg import Connection as Postgres
from psycopg.types.json import Jsonb

from benchmarks.engine.apps import STEPS
from benchmarks.engine.systems.base import TwoTables, connection_of
from benchmarks.engine.workers import Workers

QUEUE = "bench_chain"

app = Celery("bench_chain", set_as_current=False, broker=os.environ.get("REDIS_URL"))
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_default_queue=QUEUE,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


class CeleryChain(TwoTables):
    key = "celery"
    title = "Celery chain"
    promises = (
        "A row committed per step, a message through the broker per step. A task that a dead worker held comes back"
        " after the broker's visibility timeout (an hour); a chain is lost with the broker. No tenants, no ledger."
    )
    database = "bench_chain"

    def commands(self, concurrency: int) -> list[list[str]]:
        worker = f"celery --quiet --app {__name__} worker --without-gossip --without-mingle --queues {QUEUE}"
        return [[sys.executable, "-W", "ignore:You're", "-m", *worker.split(), "--concurrency", str(concurrency)]]

    def begin(self, count: int, workers: Workers) -> list[str]:
        runs = self.store(count)
        for run in runs:
            chain(*(step.si(run, number) for number in range(1, STEPS + 1))).apply_async()
        return runs

    def at_rest(self) -> bool:
        return messages_waiting(QUEUE) == 0


@cache
def _broker() -> Any:
    return Connection(os.environ["REDIS_URL"]).channel()


def messages_waiting(queue: str) -> int:
    """How many messages of a queue no worker has finished."""
    client = _broker().client
    return int(client.llen(queue)) + int(client.hlen("unacked"))


@cache
def _connection() -> Postgres[Any]:
    return connection_of(CeleryChain.database)


@app.task(name="bench.step")
def step(run: str, number: int) -> None:
    """One step: a row, committed; the last one ends the run too."""
    connection = _connection()
    output = Jsonb({"number": number, "done": True})
    connection.execute("INSERT INTO step VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [run, number, output])
    if number == STEPS:
        connection.execute("UPDATE run SET status = 'succeeded' WHERE id = %s", [run])
    connection.commit()
