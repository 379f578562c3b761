"""Writers and sealers at the same time: nothing forks, nothing is lost."""

import multiprocessing
import random
import time
from multiprocessing.synchronize import Event

from django.db import connections, transaction

from audit.models import Entry, Leaf, Seal
from audit.sealing import seal_all
from audit.services import Actor, record
from audit.verification import verify
from benchmarks.engine.tenancy import tenant_make
from tenants.selectors import tenant_context

EVENT = "webhook.tested"  # any that needs no data
SEALERS = 2


def run(*, writers: int, events: int, tenants: int, seed: int) -> bool:
    """So many processes write so many events into each tenant, while two others seal all of them."""
    names = [f"written-{number}" for number in range(1, tenants + 1)]
    schemas = [name.replace("-", "_") for name in names]
    for name in names:
        tenant_make(name)
    before = {schema: _count(schema) for schema in schemas}
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    done = fork.Event()
    began = time.perf_counter()
    writing = [fork.Process(target=_write, args=(schemas, events, seed * 1_000 + number)) for number in range(writers)]
    sealing = [fork.Process(target=_seal, args=(schemas, done)) for _ in range(SEALERS)]
    for process in (*writing, *sealing):
        process.start()
    for process in writing:
        process.join()
    took = time.perf_counter() - began
    done.set()
    for process in sealing:
        process.join()
    ended = all(process.exitcode == 0 for process in (*writing, *sealing))
    total = writers * events * tenants
    print(f"{writers} writers x {events:,} events x {tenants} tenants: {total:,} in {took:.0f} s", flush=True)
    judged = [_judge(schema, before[schema] + writers * events) for schema in schemas]
    return all(judged) and ended


def _count(schema: str) -> int:
    with tenant_context(schema):
        return Entry.objects.count()


def _write(schemas: list[str], events: int, seed: int) -> None:
    """Events in transactions of one to five; some are undone, some stay open for a while."""
    chance, left = random.Random(seed), dict.fromkeys(schemas, events)
    while any(left.values()):
        schema = chance.choice([schema for schema, count in left.items() if count])
        count = min(left[schema], chance.randint(1, 5))
        undone = chance.random() < 0.02
        with tenant_context(schema), transaction.atomic():
            for _ in range(count):
                record(event=EVENT, target=f"endpoint:{seed}", actor=Actor.system("benchmark"))
            if chance.random() < 0.005:
                time.sleep(chance.random())
            transaction.set_rollback(undone)
        left[schema] -= 0 if undone else count


def _seal(schemas: list[str], done: Event) -> None:
    while True:
        last = done.is_set()
        for schema in schemas:
            with tenant_context(schema):
                while seal_all(batch=997).waiting_since and last:
                    time.sleep(0.05)
        if last:
            return


def _judge(schema: str, expected: int) -> bool:
    with tenant_context(schema):
        verdict = verify()
        formers = list(Seal.objects.values_list("former", flat=True))
        forks = len(formers) - len({bytes(former) for former in formers})
        entries, placed = Entry.objects.count(), Leaf.objects.count()
    lost = expected - min(entries, placed)
    print(f"{schema}: {placed:,} placed by {len(formers):,} seals, {forks} forks, {lost} lost; {verdict.statements[0]}")
    return verdict.holds and not forks and not lost and entries == placed == expected
