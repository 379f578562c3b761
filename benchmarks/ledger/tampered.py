"""A thousand acts of an owner, each at random and directly in the database: which are not found."""

import random
import time
from collections import Counter

from django.conf import settings
from django.db import connection, transaction

from audit.heads import kept_of
from audit.keeping import LastHead, head_last
from audit.sealing import ledger_id, seal_all
from audit.services import Actor, record
from audit.tests import tampering
from audit.verification import Heads, verify
from benchmarks.engine.tenancy import tenant_make
from dispatch.connection import tenant_connection
from tenants.selectors import tenant_context

SLUG = "tampered"


def run(*, acts: int, entries: int, seed: int) -> bool:
    """Seal entries, keep the last head, and try everything in turn; then all of it anew with the stolen key."""
    tenant_make(SLUG)
    _as_owner()
    missed: list[str] = []
    found: Counter[str] = Counter()
    with tenant_context(SLUG):
        for number in range(0, entries, 5):
            with transaction.atomic():
                for _ in range(5):
                    record(event="webhook.tested", target=f"endpoint:{number}", actor=Actor.system("benchmark"))
        seal_all(batch=90)
        heads = _kept(head_last())
        began = time.perf_counter()
        for number in range(acts):
            act = tampering.ACTS[number % len(tampering.ACTS)]
            with transaction.atomic():
                tampering.triggers_off()
                act(random.Random(f"{seed} {number}"))
                holds = verify(heads=heads).holds
                transaction.set_rollback(True)
            if holds:
                missed.append(f"{act.__name__} (seed {seed}, number {number})")
            else:
                found[act.__name__] += 1
        took = time.perf_counter() - began
        with transaction.atomic():
            tampering.triggers_off()
            tampering.edit(random.Random(seed))
            tampering.sealed_anew()
            alone, beside = verify(), verify(heads=heads)
            transaction.set_rollback(True)
        whole = verify(heads=heads)
    print(f"{sum(found.values())} of {acts} acts found in {took:.0f} s: {dict(found)}")
    print(f"everything sealed anew with the stolen key: {alone.statements[0]} With a kept head: {beside.statements[0]}")
    for act_missed in missed:
        print(f"NOT FOUND: {act_missed}")
    return not missed and alone.holds and not beside.holds and whole.holds


def _kept(last: LastHead | None) -> Heads:
    assert last is not None
    return Heads("the auditor", list(kept_of([last.head.line], tenant=ledger_id(), name="the auditor")))


def _as_owner() -> None:
    from config.settings import _database

    wanted = _database(settings.COUNTERSIGN.database_owner_url, tenant_roles=False)
    connection.close()
    for key in ("USER", "PASSWORD", "OPTIONS"):
        connection.settings_dict[key] = wanted[key]
    tenant_connection().tenant_roles = False
