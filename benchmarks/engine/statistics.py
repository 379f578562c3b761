"""What PostgreSQL says of a stretch of work: statements, commits, the CPU that its processes used."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Statement:
    """One kind of statement, its constants left out."""

    text: str
    calls: int
    rows: int
    milliseconds: float


def superuser(database: str = "") -> psycopg.Connection[Any]:
    """A connection of the server's superuser, to the product's database or another one."""
    url = os.environ["DATABASE_SUPERUSER_URL"]
    parts: dict[str, Any] = {**conninfo_to_dict(url)}
    return psycopg.connect(make_conninfo(**{**parts, "dbname": database or parts["dbname"]}), autocommit=True)


def statistics_prepare(server: psycopg.Connection[Any]) -> None:
    """Make the statistics of statements readable on this connection."""
    server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def statistics_reset(server: psycopg.Connection[Any]) -> None:
    """Begin to count anew."""
    server.execute("SELECT pg_stat_statements_reset()")


def statements(server: psycopg.Connection[Any], database: str) -> list[Statement]:
    """What `database` was asked since the last reset, most often asked first."""
    rows = server.execute(
        "SELECT query, sum(calls)::int, sum(rows)::int, sum(total_exec_time)::float FROM pg_stat_statements s"
        " JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %s AND s.query NOT LIKE '%%pg_stat_%%'"
        " GROUP BY query ORDER BY 2 DESC",
        [database],
    )
    return [Statement(*row) for row in rows.fetchall()]


def cpu_seconds(pids: set[int]) -> float:
    """User and system time of these processes and of the children that they have waited for."""
    return sum(_ticks(pid) for pid in pids) / TICK


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])
