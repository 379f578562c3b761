"""DBOS Transact, in two ways: runs that wait in its queue, and runs that a worker is told to start at once.

python -m benchmarks.engine.systems.dbos_transact queue|direct NUMBER
"""

import asyncio
import logging
import subprocess
import sys
import threading

from dbos import DBOS, DBOSClient, SetWorkflowID

from benchmarks.engine.apps import STEPS
from benchmarks.engine.systems.base import System, database_make, python, run_id, share, url_of
from benchmarks.engine.workers import Workers

APPLICATION = "bench"
VERSION = "1"
QUEUE = "bench"
# What did best of those tried: a worker takes so many at once, and looks so often.
AT_ONCE = 30
POLL_SECONDS = 0.01


class DBOSQueue(System):
    key = "dbos_queue"
    title = "DBOS, queue"
    promises = (
        "Each step's output committed, the workflow's end too. Runs wait in a queue in the database, which each worker"
        f" polls every {1000 * POLL_SECONDS:.0f} ms. A dead worker's run goes on when its executor is started again."
        " No tenants, no ledger."
    )
    database = "bench_dbos_queue"
    mode = "queue"

    def prepare(self) -> None:
        database_make(self.database)
        subprocess.run(python("dbos_transact", "prepare", self.database), env=self.environment(), check=True)
        self.client: DBOSClient | None = None

    def commands(self, concurrency: int) -> list[list[str]]:
        return [python("dbos_transact", self.mode, number) for number in range(concurrency)]

    def begin(self, count: int, workers: Workers) -> list[str]:
        if self.client is None:
            logging.getLogger("dbos").setLevel(logging.WARNING)
            self.client = DBOSClient(system_database_url=url_of(self.database), application_name=APPLICATION)
        runs = [run_id() for _ in range(count)]
        for run in runs:
            self.client.enqueue(
                {"queue_name": QUEUE, "workflow_name": "bench_run", "workflow_id": run, "app_version": VERSION}
            )
        return runs

    def ended(self) -> int:
        if not self.observer.ask("SELECT to_regclass('dbos.workflow_status')"):
            return 0
        return int(self.observer.ask("SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'"))

    def has_ended(self, run: str) -> bool:
        return bool(
            self.observer.ask("SELECT status FROM dbos.workflow_status WHERE workflow_uuid = %s", run) == "SUCCESS"
        )


class DBOSDirect(DBOSQueue):
    key = "dbos_direct"
    title = "DBOS, direct"
    promises = (
        "As above, with asynchronous steps that a worker starts itself when it is told to: nothing is stored before,"
        " so that its figures hold the start of runs too."
    )
    database = "bench_dbos_direct"
    mode = "direct"

    def begin(self, count: int, workers: Workers) -> list[str]:
        runs = [run_id() for _ in range(count)]
        for number in range(len(workers.processes)):
            if mine := share(runs, len(workers.processes), number):
                workers.tell(number, " ".join(mine))
        return runs


def configure(database: str, executor: str) -> None:
    """Set up DBOS in this process."""
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": url_of(database),
            "application_version": VERSION,
            "executor_id": executor,
            "log_level": "WARNING",
        }
    )


def prepare(database: str) -> None:
    """Make DBOS's tables and the queue."""
    configure(database, "prepare")
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)
    DBOS.destroy()


def work(mode: str, number: str) -> None:
    """Be a worker until the end of standard input."""
    configure((DBOSDirect if mode == "direct" else DBOSQueue).database, f"worker-{number}")

    if mode == "queue":

        @DBOS.step(name="bench_step")
        def step(number: int) -> dict[str, object]:
            return {"number": number, "done": True}

        @DBOS.workflow(name="bench_run")
        def run() -> None:
            for number in range(1, STEPS + 1):
                step(number)

        DBOS.launch()
        threading.Event().wait()

    @DBOS.step(name="bench_step")
    async def step_async(number: int) -> dict[str, object]:
        return {"number": number, "done": True}

    @DBOS.workflow(name="bench_run")
    async def run_async() -> None:
        for number in range(1, STEPS + 1):
            await step_async(number)

    async def one(run: str, limit: asyncio.Semaphore) -> None:
        async with limit:
            with SetWorkflowID(run):
                await run_async()

    async def told() -> None:
        limit = asyncio.Semaphore(AT_ONCE)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            await asyncio.gather(*(one(run, limit) for run in line.split()))

    DBOS.launch()
    asyncio.run(told())


if __name__ == "__main__":
    act, *given = sys.argv[1:]
    prepare(*given) if act == "prepare" else work(act, *given)
