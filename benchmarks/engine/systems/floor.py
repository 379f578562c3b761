"""The floor: the fewest statements that keep a run and its six steps, by hand.

    python -m benchmarks.engine.systems.floor

does each run whose id it is given on a line of its standard input.
"""

import sys

from psycopg.types.json import Jsonb

from benchmarks.engine.apps import STEPS
from benchmarks.engine.systems.base import TwoTables, connection_of, python, share
from benchmarks.engine.workers import Workers


class Floor(TwoTables):
    key = "floor"
    title = "psycopg loop"
    promises = (
        "8 commits: begun, six rows, ended. No queue (each worker is told its runs), no recovery, no retries, no"
        " tenants, no ledger."
    )
    database = "bench_floor"

    def commands(self, concurrency: int) -> list[list[str]]:
        return [python("floor")] * concurrency

    def begin(self, count: int, workers: Workers) -> list[str]:
        runs = self.store(count)
        for number in range(len(workers.processes)):
            if mine := share(runs, len(workers.processes), number):
                workers.tell(number, " ".join(mine))
        return runs


def work() -> None:
    """Do the runs that standard input names."""
    connection = connection_of(Floor.database)
    for line in sys.stdin:
        for run in line.split():
            connection.execute("UPDATE run SET status = 'running' WHERE id = %s AND status = 'queued'", [run])
            connection.commit()
            for number in range(1, STEPS + 1):
                output = {"number": number, "done": True}
                connection.execute("INSERT INTO step VALUES (%s, %s, %s)", [run, number, Jsonb(output)])
                connection.commit()
            connection.execute("UPDATE run SET status = 'succeeded' WHERE id = %s", [run])
            connection.commit()


if __name__ == "__main__":
    work()
