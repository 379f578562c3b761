"""Measuring: the same runs by each system in turn, again and again, while the others are held."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine.statistics import cpu_seconds
from benchmarks.engine.systems.base import System
from benchmarks.engine.workers import Workers

POLL_SECONDS = 0.005
IDLE_POLL_SECONDS = 0.0005
PATIENCE_SECONDS = 120.0
LEAST_RUNS = 20


@dataclass(frozen=True)
class Cost:
    """What one run cost, of so many; times in milliseconds."""

    worker_cpu: float
    postgres_cpu: float
    statements: float
    commits: float


@dataclass(frozen=True)
class Drain:
    """So many runs that had all been begun, carried out: from letting the workers go to the end of the last."""

    round: int
    runs: int
    runs_per_second: float
    cost: Cost
    begin: Cost
    begin_ms: float
    megabytes: float


@dataclass(frozen=True)
class Level:
    """All drains at one concurrency, by system."""

    concurrency: int
    drains: dict[str, list[Drain]]


class NotEnded(RuntimeError):
    """Runs did not end in time."""


@dataclass(frozen=True)
class Warm:
    """A system's workers that have connected, imported and prepared what they need, and how fast they then were."""

    workers: Workers
    runs_per_second: float

    def runs(self, seconds: float) -> int:
        """How many runs take about so long: each system is measured for as long as the others."""
        return max(LEAST_RUNS, round(self.runs_per_second * seconds))


@contextmanager
def workers_of(systems: Sequence[System], concurrency: int, log: Path) -> Iterator[dict[str, Warm]]:
    """The workers of all systems, warm and held."""
    found: dict[str, Warm] = {}
    try:
        for system in systems:
            workers = Workers(system.commands(concurrency), system.environment(), log)
            found[system.key] = Warm(workers, 0)
            found[system.key] = Warm(workers, _warm_up(system, workers, concurrency))
        yield found
    finally:
        for warm in found.values():
            warm.workers.stop()


def _warm_up(system: System, workers: Workers, concurrency: int) -> float:
    """Work off enough that each worker has done some, and hold them; the speed of the last lot."""
    before = system.ended()
    system.begin(concurrency, workers)
    await_ended(system, before + concurrency, workers)
    lots = [drain(system, workers, round=number, runs=12 * concurrency) for number in range(2)]
    return lots[-1].runs_per_second


def drain(system: System, workers: Workers, *, round: int, runs: int) -> Drain:
    """Begin `runs` while the workers are held, then let them go and wait for the end of all."""
    observer = system.observer
    workers.hold()
    before = system.ended()
    observer.reset()
    writes, cpu, backends, since = (
        observer.write_transactions(),
        time.process_time(),
        observer.cpu_seconds(),
        time.perf_counter(),
    )
    system.begin(runs, workers)
    begin_ms = 1000 * (time.perf_counter() - since) / runs
    begin = Cost(
        1000 * (time.process_time() - cpu) / runs,
        1000 * (observer.cpu_seconds() - backends) / runs,
        sum(found.calls for found in observer.statements()) / runs,
        (observer.write_transactions() - writes) / runs,
    )
    observer.reset()
    writes, backends, pids = observer.write_transactions(), observer.cpu_seconds(), workers.pids()
    used, since = cpu_seconds(pids), time.perf_counter()
    workers.go()
    await_ended(system, before + runs, workers)
    wall = time.perf_counter() - since
    await_rest(system)
    cost = Cost(
        1000 * (cpu_seconds(workers.pids()) - used) / runs,
        1000 * (observer.cpu_seconds() - backends) / runs,
        sum(found.calls for found in observer.statements()) / runs,
        (observer.write_transactions() - writes) / runs,
    )
    megabytes = workers.megabytes()
    workers.hold()
    return Drain(round, runs, runs / wall, cost, begin, begin_ms, megabytes)


def idle(system: System, workers: Workers, *, runs: int) -> list[float]:
    """Milliseconds from beginning one run to seeing its end, while nothing else is to do."""
    workers.go()
    found = []
    for _ in range(runs):
        since = time.perf_counter()
        (run,) = system.begin(1, workers)
        while not system.has_ended(run):
            if time.perf_counter() - since > PATIENCE_SECONDS:
                raise NotEnded(f"{system.title}: a run did not end")
            time.sleep(IDLE_POLL_SECONDS)
        found.append(1000 * (time.perf_counter() - since))
        # A message that a held worker has not acknowledged would be waited for by the others.
        await_rest(system)
    workers.hold()
    return found


def await_ended(system: System, count: int, workers: Workers) -> None:
    """Wait until so many runs have ended well."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (ended := system.ended()) < count:
        if time.monotonic() > deadline:
            raise NotEnded(f"{system.title}: {count - ended} runs have not ended after {PATIENCE_SECONDS:.0f} s")
        workers.check()
        time.sleep(POLL_SECONDS)


def await_rest(system: System) -> None:
    """Wait until no message is left for a worker."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not system.at_rest():
        if time.monotonic() > deadline:
            raise NotEnded(f"{system.title}: messages are left for workers")
        time.sleep(IDLE_POLL_SECONDS)
