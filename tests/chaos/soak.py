"""The soak: runs upon runs, while workers are killed and the broker and the database are taken away again and again."""

import os
import random
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import redis
from django.conf import settings
from django.db import Error, connection
from psycopg.rows import dict_row

from tenants.selectors import tenant_context
from tests.chaos.cases import Office, Verdict
from tests.chaos.world import TENANT, World, until
from tests.story import receive

# Several, since a tenant's dead leases count as its work until they run out.
TENANTS = (TENANT, "second", "third", "fourth")
AT_WORK = 12  # customers of a tenant at a time
EVERY_SECONDS = 3.0
# How often each is broken, of ten times.
WAYS = ["worker"] * 7 + ["valkey stopped", "valkey flushed", "postgres"]
T = TypeVar("T")


def soak(world: World, *, seed: int, runs: int, minutes: float) -> bool:
    """`runs` customers write while everything is broken; True when every promise was kept."""
    for slug in TENANTS[1:]:
        world.tenant(slug)
    offices = [Office(world, tenant=slug) for slug in TENANTS]
    # As in the stack, but for the web.
    world.workers("runs", "runs", 2)
    world.workers("ai", "ai", 4, pool="threads")
    world.program("scheduler", "manage.py scheduler")
    breaker = Breaker(world, seed)
    thread = threading.Thread(target=breaker.run)
    thread.start()
    began, written = time.monotonic(), 0
    try:
        while written < runs and time.monotonic() - began < minutes * 60:
            for office in offices:
                _through(office.approve_all)
                for _ in range(min(AT_WORK - _through(office.open), runs - written)):
                    _write(office)
                    written += 1
            time.sleep(0.2)
    finally:
        breaker.done.set()
        thread.join()
    verdict = Verdict()
    for office in offices:
        until(lambda office=office: _through(office.approve_all) == 0 and _through(office.open) == 0, 120, every=0.3)  # type: ignore[misc]
        verdict += office.judge()
        office.close()
    for words in verdict.broken:
        print(f"BROKEN {words}")
    seconds = sorted(breaker.recovered)
    print(
        f"{written} runs in {time.monotonic() - began:.0f} s, seed {seed};"
        f" broken: {', '.join(f'{n} {what}' for what, n in sorted(breaker.broken.items()))}: {verdict}"
    )
    p95 = seconds[int(len(seconds) * 0.95)] if seconds else 0.0
    if seconds:
        print(
            f"recovery of {len(seconds)} works of killed workers: p50 {statistics.median(seconds):.1f} s,"
            f" p95 {p95:.1f} s, longest {seconds[-1]:.1f} s; in steps of 5 s:"
            f" {dict(sorted(Counter(int(s // 5) * 5 for s in seconds).items()))}",
            flush=True,
        )
    return not verdict.broken and written == runs and p95 <= 30


def _through(act: Callable[[], T]) -> T:
    """What `act` gives, once the database is there."""
    while True:
        try:
            return act()
        except (Error, psycopg.Error):
            connection.close()
            time.sleep(0.2)


def _write(office: Office) -> None:
    """A customer's server hands over a mail, and does so again until it is told that it was taken."""
    address, message = _through(office.letter)

    def hand_over() -> str:
        with tenant_context(office.tenant):
            return str(receive(message))

    office.cases[address] = _through(hand_over)


@dataclass
class Breaker:
    """Breaks something every few seconds, and measures when a killed worker's work is taken up again."""

    world: World
    seed: int
    broken: Counter[str] = field(default_factory=Counter)
    recovered: list[float] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    _orphans: dict[tuple[UUID, int], float] = field(default_factory=dict)

    def run(self) -> None:
        """Break until `done` is set, then wait for the last orphans."""
        chance, next_at = random.Random(self.seed), time.monotonic() + EVERY_SECONDS
        while not self.done.is_set() or self._orphans:
            if time.monotonic() > next_at and not self.done.is_set():
                self._break(chance)
                next_at = time.monotonic() + chance.uniform(0.5, 1.5) * EVERY_SECONDS
            self._look()
            time.sleep(0.1)

    def _break(self, chance: random.Random) -> None:
        way = chance.choice(WAYS)
        match way:
            case "worker":
                way = self._kill(chance)
            case "valkey stopped":
                self.world.valkey_stop()
                time.sleep(chance.uniform(0.5, 3))
                self.world.valkey_start()
            case "valkey flushed":
                with redis.Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://")) as broker:
                    broker.flushall()
            case "postgres":
                self.world.postgres_restart()
        self.broken[way] += 1

    def _kill(self, chance: random.Random) -> str:
        """Kill a process of the pool of `runs`, or all of `ai`, whose pool is made of threads."""
        which = chance.choice(["runs", "ai"])
        pids = self.world.pool("runs") if which == "runs" else [self.world.programs["ai"].pid]
        busy = {int(row["worker"].rpartition(":")[2]) for row in self._rows(LEASED)}
        victims = [pid for pid in pids if pid in busy] or pids
        if not victims:
            return "nobody to kill"
        pid = chance.choice(victims)
        os.kill(pid, signal.SIGKILL)
        now = time.monotonic()
        for row in self._rows(LEASED):
            if row["worker"].endswith(f":{pid}"):
                self._orphans[row["id"], row["fence"]] = now
        return f"worker of {which}"

    def _look(self) -> None:
        """Which orphans have been taken up: the row is claimed anew, or it is gone."""
        if not self._orphans:
            return
        fences = {row["id"]: row["fence"] for row in self._rows("SELECT id, fence FROM public.dispatch_work")}
        for (work, fence), since in list(self._orphans.items()):
            if fences.get(work) != fence:
                self.recovered.append(time.monotonic() - since)
                del self._orphans[work, fence]

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]]:
            url = self.world.environment["DATABASE_OWNER_URL"]
            with psycopg.connect(url, row_factory=dict_row) as owner:
                return owner.execute(statement.encode()).fetchall()

        return _through(ask)


LEASED = "SELECT id, fence, worker FROM public.dispatch_work WHERE leased_until > now()"
