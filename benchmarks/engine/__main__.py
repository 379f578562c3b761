"""`make bench`: Countersign and its peers, six durable steps a run, in interleaved rounds on one PostgreSQL.

See docs/benchmarks.md for what is measured, how, and how to read it.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine import report
from benchmarks.engine.ledger import LedgerCost, ledger_costs
from benchmarks.engine.rounds import Level, drain, idle, workers_of
from benchmarks.engine.statistics import superuser
from benchmarks.engine.story import Story, stories
from benchmarks.engine.systems.base import System
from benchmarks.engine.systems.celery_chain import CeleryChain
from benchmarks.engine.systems.countersign import Countersign
from benchmarks.engine.systems.dbos_transact import DBOSDirect, DBOSQueue
from benchmarks.engine.systems.floor import Floor

SYSTEMS: tuple[type[System], ...] = (Countersign, CeleryChain, DBOSQueue, DBOSDirect, Floor)
MODEL_MS = 300


def main() -> None:
    """Measure and print."""
    options = _options()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "workers.log"
        systems = [kind() for kind in SYSTEMS if kind is Countersign or kind.key in options.systems]
        levels: list[Level] = []
        idling: dict[str, list[list[float]]] = {system.key: [] for system in systems}
        for concurrency in options.concurrency:
            with workers_of(systems, concurrency, log) as workers:
                level = Level(concurrency, {system.key: [] for system in systems})
                for number in range(options.rounds):
                    for system in _turned(systems, number):
                        warm = workers[system.key]
                        runs = options.runs or warm.runs(options.seconds)
                        level.drains[system.key].append(drain(system, warm.workers, round=number, runs=runs))
                    for system in _turned(systems, number) if concurrency == 1 else ():
                        idling[system.key].append(idle(system, workers[system.key].workers, runs=options.idle))
                    _tell(f"{concurrency} worker(s), round {number + 1} of {options.rounds}", started)
                levels.append(level)
        ledger: list[LedgerCost] = []
        if options.ledger:
            _tell("the ledger", started)
            [ours] = [system for system in systems if isinstance(system, Countersign)]
            ledger = ledger_costs(ours.schema, rounds=options.rounds, runs=options.ledger)
        told: list[Story] = []
        if options.story:
            _tell("the story", started)
            told = stories(options.story, model_ms=MODEL_MS, log=log)
    results = report.Results(
        conditions=_conditions(options),
        titles={system.key: system.title for system in systems},
        promises={system.key: system.promises for system in systems},
        levels=levels,
        idle={key: rounds for key, rounds in idling.items() if rounds},
        ledger=ledger,
        story=told,
        model_ms=MODEL_MS,
    )
    _tell("done", started)
    print(report.text(results))
    if options.json:
        options.json.write_text(json.dumps({**asdict(results), "goals": [asdict(g) for g in report.goals(results)]}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="about how long a system works in each round")
    parser.add_argument("--runs", type=int, help="how many runs a system works off in each round, instead")
    parser.add_argument("--idle", type=int, default=25, help="runs of each system in each round, one by one")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 2, 4])
    peers = [kind.key for kind in SYSTEMS if kind is not Countersign]
    parser.add_argument("--systems", nargs="*", default=peers, choices=peers, help="beside Countersign")
    parser.add_argument("--ledger", type=int, default=150, help="runs with it and without, in each round; 0: none")
    parser.add_argument("--story", type=int, default=10, help="how many emails; 0: none")
    parser.add_argument("--json", type=Path, help="where to write everything measured")
    return parser.parse_args()


def _turned(systems: list[System], number: int) -> list[System]:
    """The systems, each round beginning with another."""
    first = number % len(systems)
    return systems[first:] + systems[:first]


def _conditions(options: argparse.Namespace) -> dict[str, str]:
    with superuser() as server:
        asked = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
        settings = dict(server.execute(asked, [["server_version", "synchronous_commit", "fsync"]]).fetchall())
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[2]:.1f}",
        "Python": platform.python_version(),
        "PostgreSQL": settings["server_version"].split()[0],
        "synchronous_commit": settings["synchronous_commit"],
        "fsync": settings["fsync"],
        "rounds": str(options.rounds),
        "each": f"{options.runs} runs" if options.runs else f"{options.seconds:g} s",
    }


def _tell(what: str, started: float) -> None:
    print(f"  {time.monotonic() - started:5.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
