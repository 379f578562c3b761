"""What PostgreSQL says of a stretch of work: its statements, its commits, the CPU of its processes."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

TICKS = os.sysconf("SC_CLK_TCK")
# Where they stand among the numbers of /proc/PID/stat.
PARENT, SESSION, TIMES = 0, 2, slice(10, 14)
WATCHING = "SELECT pid FROM pg_stat_activity WHERE usename = current_user"


@dataclass(frozen=True)
class Statement:
    """One kind of statement, its constants left out; the milliseconds of all calls together."""

    text: str
    calls: int
    rows: int
    planning: float
    execution: float


class Observer:
    """Looks at one database as the server's superuser; what it asks itself is not counted."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._server = superuser(database)
        self._server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def ask(self, question: str, *given: object) -> Any:
        """The first value of the first row; None when there is none."""
        row = self._server.execute(question, given).fetchone()
        return row[0] if row else None

    def do(self, statements: str) -> None:
        """Change something."""
        self._server.execute(statements)

    def reset(self) -> None:
        """Count statements anew."""
        self._server.execute("SELECT pg_stat_statements_reset()")

    def statements(self) -> list[Statement]:
        """What others asked since the last reset, most often asked first."""
        rows = self._server.execute(
            "SELECT query, sum(calls)::int, sum(rows)::int, sum(total_plan_time)::float,"
            " sum(total_exec_time)::float FROM pg_stat_statements"
            " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND userid <> current_user::regrole GROUP BY query ORDER BY 2 DESC"
        )
        return [Statement(*row) for row in rows.fetchall()]

    def write_transactions(self) -> int:
        """How many transactions of the server have written, ever: committed changes, each one flushed."""
        return int(self.ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))

    def cpu_seconds(self) -> float:
        """What the server's processes have used, also those that have ended; without those of observers."""
        postmaster = numbers_of(self.ask("SELECT pg_backend_pid()"))[PARENT]
        watching = {pid for (pid,) in self._server.execute(WATCHING).fetchall()}
        children = {pid for pid in pids() if numbers_of(pid)[PARENT] == postmaster}
        return cpu_seconds({postmaster, *children} - watching)

    def close(self) -> None:
        self._server.close()


def superuser(database: str = "") -> psycopg.Connection[Any]:
    """A connection of the server's superuser, to the product's database or another one."""
    given: dict[str, Any] = {**conninfo_to_dict(os.environ["DATABASE_SUPERUSER_URL"])}
    return psycopg.connect(make_conninfo(**{**given, "dbname": database or given["dbname"]}), autocommit=True)


def pids() -> set[int]:
    """All processes of this machine."""
    return {int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()}


def cpu_seconds(processes: set[int]) -> float:
    """User and system time of these processes, and of the children of theirs that have ended."""
    return sum(sum(numbers_of(pid)[TIMES]) for pid in processes) / TICKS


def numbers_of(pid: int) -> list[int]:
    """The numbers in /proc/PID/stat that follow a process' state; zeros when it is gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return [0] * 50
    return [int(field) for field in after_name.split()[1:]]
