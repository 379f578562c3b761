"""How long sealing, finding what is new, and verifying take in a large ledger."""

import time

from django.db import connection

from audit.sealing import seal_all
from audit.verification import verify
from benchmarks.engine.tenancy import tenant_make
from tenants.selectors import tenant_context

CHUNK = 10_000
MUST = 10.0
# What a step's entry looks like; `body` and the indexes are made as ever.
WRITE = """
INSERT INTO audit_entry (id, text) SELECT id, '{"actor":"run:' || run || '","at":"2026-11-26T10:00:00.000000Z","data":'
    || '{"attempt":1,"kind":"crm.match","step":"match"},"event":"step.succeeded","id":"' || id || '","run":"' || run
    || '","target":"step:' || gen_random_uuid() || '"}'
FROM (SELECT uuidv7() AS id, md5((n / 20)::text)::uuid AS run FROM generate_series(1, %s) n) written
"""


def run(*, entries: int) -> bool:
    """Fill the ledger of a tenant, seal it, add to it, verify it."""
    tenant_make("size")
    with tenant_context("size"):
        began = time.perf_counter()
        for _ in range(0, entries, CHUNK):
            with connection.cursor() as cursor:
                cursor.execute(WRITE, [min(CHUNK, entries)])
        print(f"{entries:,} entries written in {time.perf_counter() - began:.0f} s", flush=True)
        began = time.perf_counter()
        sealed = seal_all()
        took = time.perf_counter() - began
        print(f"sealed in {took:.1f} s by {sealed.seal} seals, {entries / took:,.0f} entries/s", flush=True)
        new = []
        for _ in range(20):
            with connection.cursor() as cursor:
                cursor.execute(WRITE, [10])
            began = time.perf_counter()
            seal_all()
            new.append(time.perf_counter() - began)
        print(f"10 more found and sealed in {sorted(new)[10] * 1000:.1f} ms (median of 20)", flush=True)
        took = float("inf")
        for _ in range(3):
            began = time.perf_counter()
            verdict = verify()
            took = min(took, time.perf_counter() - began)
            print(f"verified in {time.perf_counter() - began:.1f} s: {' '.join(verdict.statements)}", flush=True)
    return verdict.holds and verdict.sealed >= entries and (took <= MUST or entries != 1_000_000)
