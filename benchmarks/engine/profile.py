"""Where the time of a run goes, for whoever makes the engine faster: one worker, in this process.

    make profile RUNS=200

It starts so many six-step runs, works on them as a worker does, and prints every SQL statement with how often a
run sends it, then Python's functions by their own time. The profiler itself slows Python down: read shares, not
milliseconds; the first line is measured without it.
"""

import argparse
import cProfile
import os
import pstats
import time
from pathlib import Path

from benchmarks.engine import statistics, tenancy

WARM_UP = 20


def main() -> None:
    """Print the profile."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine.profile")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--top", type=int, default=45, help="how many functions")
    parser.add_argument("--sort", default="tottime", choices=["tottime", "cumtime"])
    parser.add_argument("--starting", action="store_true", help="measure the start of runs instead of their work")
    options = parser.parse_args()

    made = tenancy.tenant_make()
    tenancy.django_start()
    from django.db import connection

    from tenants.selectors import tenant_context

    with tenant_context(made["schema"]):
        tenancy.workflow_publish()
    database = connection.settings_dict["NAME"]

    def begin(count: int) -> None:
        with tenant_context(made["schema"]):
            for _ in range(count):
                tenancy.run_begin()

    def work() -> None:
        begin(options.runs) if options.starting else tenancy.drain()

    begin(WARM_UP)
    tenancy.drain()
    observer = statistics.Observer(database)
    profiler = cProfile.Profile()
    for profiled in (False, True):
        if not options.starting:
            begin(options.runs)
        observer.reset()
        wall, cpu = time.perf_counter(), time.process_time()
        if profiled:
            profiler.runcall(work)
            continue
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        asked = observer.statements()
        print(
            f"{options.runs} runs, one worker, without profiler: {options.runs / wall:.1f} runs/s,"
            f" CPU {1000 * cpu / options.runs:.2f} ms a run,"
            f" {sum(found.calls for found in asked) / options.runs:.1f} statements a run"
        )
        show(asked, options.runs)
        tenancy.drain()
    print("\nPython, with the profiler on:")
    pstats.Stats(profiler).sort_stats(options.sort).print_stats(options.top)


def show(asked: list[statistics.Statement], runs: int) -> None:
    """Print the statements, each on a line."""
    print(f"\n{'a run':>7} {'plan ms':>8} {'run ms':>8} {'rows':>6}  statement")
    for found in asked:
        text = " ".join(found.text.split())
        shown = text if len(text) < 230 else f"{text[:150]} … {text[-75:]}"
        planned, executed = found.planning / found.calls, found.execution / found.calls
        print(f"{found.calls / runs:7.2f} {planned:8.3f} {executed:8.3f} {found.rows / runs:6.2f}  {shown}")


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    main()
