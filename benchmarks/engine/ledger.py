"""What the ledger costs: the same runs by one worker in this process, with entries and sealing, and without either."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.engine import tenancy


@dataclass(frozen=True)
class LedgerCost:
    """Runs a second of one round, with the ledger and without."""

    written: float
    absent: float


def ledger_costs(schema: str, *, rounds: int, runs: int) -> list[LedgerCost]:
    """So many rounds, each of which begins with the other of the two; the first one warms up and is not counted."""
    found = []
    for number in range(rounds + 1):
        speed = {}
        for written in (number % 2 == 0, number % 2 == 1):
            speed[written] = _speed(schema, runs, written=written)
        found.append(LedgerCost(written=speed[True], absent=speed[False]))
    return found[1:]


def _speed(schema: str, runs: int, *, written: bool) -> float:
    from audit.sealing import seal_all
    from tenants.selectors import tenant_context

    with tenant_context(schema):
        for _ in range(runs):
            tenancy.run_begin()
        seal_all()
    since = time.perf_counter()
    if written:
        tenancy.drain()
        with tenant_context(schema):
            seal_all()
    else:
        with _no_entries():
            tenancy.drain()
    return runs / (time.perf_counter() - since)


@contextmanager
def _no_entries() -> Iterator[None]:
    """Nothing is composed, written or told of what this process commits for runs. The product has no such switch."""
    from workflows.engine.checkpoint import Checkpoint

    former = Checkpoint._tell
    Checkpoint._tell = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Checkpoint._tell = former  # type: ignore[method-assign]
