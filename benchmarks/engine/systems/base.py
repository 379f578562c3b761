"""What every system that is measured is: a database of its own, workers, runs that are begun and end."""

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.engine.statistics import Observer
from benchmarks.engine.workers import Workers


class System(ABC):
    """One way to run six steps durably. `promises` is what it does for that, for the report."""

    key: ClassVar[str]
    title: ClassVar[str]
    promises: ClassVar[str]
    database: ClassVar[str]

    def __init__(self) -> None:
        self.prepare()
        self.observer = Observer(self.database)

    @abstractmethod
    def prepare(self) -> None:
        """Make what it needs in the database, once."""

    @abstractmethod
    def commands(self, concurrency: int) -> list[list[str]]:
        """The workers that carry out so many runs at once."""

    @abstractmethod
    def begin(self, count: int, workers: Workers) -> list[str]:
        """Begin runs; what stands in the database and in queues afterwards leads to their end. Their ids."""

    @abstractmethod
    def ended(self) -> int:
        """How many runs have ended well, ever."""

    @abstractmethod
    def has_ended(self, run: str) -> bool:
        """Whether this one has."""

    def at_rest(self) -> bool:
        """Whether no message waits for a worker."""
        return True

    def environment(self) -> dict[str, str]:
        """What its workers are told."""
        return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def python(module: str, *arguments: object) -> list[str]:
    """The command that runs a module of the benchmark."""
    return [sys.executable, "-m", f"benchmarks.engine.systems.{module}", *map(str, arguments)]


def run_id() -> str:
    """An id of a run."""
    return str(uuid4())


def url_of(database: str) -> str:
    """How the peers reach their database: as its owner."""
    return f"{os.environ['DATABASE_OWNER_URL'].rsplit('/', 1)[0]}/{database}"


def database_make(name: str) -> None:
    """Make an empty database that the owner owns."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")


def connection_of(database: str, **options: Any) -> psycopg.Connection[Any]:
    """A peer's connection."""
    parts: dict[str, Any] = {**conninfo_to_dict(url_of(database))}
    return psycopg.connect(**parts, **options)


TABLES = """
CREATE TABLE run (id uuid PRIMARY KEY, status text NOT NULL);
CREATE INDEX run_by_status ON run (status);
CREATE TABLE step (run uuid REFERENCES run, number int, output jsonb NOT NULL, PRIMARY KEY (run, number));
"""


class TwoTables(System):
    """A system whose state is a table of runs and one of steps, written by hand."""

    def prepare(self) -> None:
        database_make(self.database)
        self.connection = connection_of(self.database)
        self.connection.execute(TABLES)
        self.connection.commit()

    def store(self, count: int) -> list[str]:
        """Store runs, each in a transaction of its own."""
        runs = [run_id() for _ in range(count)]
        for run in runs:
            self.connection.execute("INSERT INTO run VALUES (%s, 'queued')", [run])
            self.connection.commit()
        return runs

    def ended(self) -> int:
        return int(self.observer.ask("SELECT count(*) FROM run WHERE status = 'succeeded'"))

    def has_ended(self, run: str) -> bool:
        return bool(self.observer.ask("SELECT status FROM run WHERE id = %s", run) == "succeeded")


def share(runs: Sequence[str], of: int, number: int) -> Sequence[str]:
    """The part of the runs that worker `number` of `of` gets."""
    return runs[number::of]
