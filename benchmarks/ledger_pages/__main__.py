"""Fill a tenant's ledger with a million entries of a year, and time its pages for every kind of filter.

`make bench-ledger-pages` runs it with services of its own; ENTRIES=100000 fills fewer.
"""

import argparse
import gc
import logging
import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from benchmarks.engine.tenancy import SLUG, django_start, tenant_make

LIMIT_MS = 100
VISITS = 20
# What 25 entries of a run are: event, what it is about, who did it.
RUN = [
    *[("event.received", "event", "system:mail"), ("run.queued", "run", "system:mail")],
    *[("run.started", "run", "run")],
    *[(event, "step", "run") for event in ("step.started", "step.succeeded") for _ in range(6)],
    *[("ai.called", "call", "run")] * 3,
    *[("approval.opened", "approval", "run"), ("run.waiting", "run", "run")],
    *[("approval.approved", "approval", "person"), ("approval.executed", "approval", "run")],
    *[("crm.record_updated", "contact", "run"), ("effect.done", "effect", "run"), ("run.succeeded", "run", "run")],
]
CONTACTS = 2_000
FILL = """
INSERT INTO audit_entry (id, text)
SELECT id::uuid, json_build_object(
    'id', id, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'event', event, 'run', run,
    'target', CASE kind WHEN 'run' THEN 'run:' || run
        WHEN 'contact' THEN 'contact:' || md5('contact' || run_number %% %(contacts)s)::uuid
        ELSE kind || ':' || md5(kind || run_number || CASE kind WHEN 'approval' THEN '' ELSE part::text END)::uuid END,
    'actor', CASE who WHEN 'run' THEN 'run:' || run
        -- The fourth colleague left after the first tenth of the year; the third works with a token as well.
        WHEN 'person' THEN CASE WHEN run_number < %(entries)s / 250 AND run_number %% 2 = 0 THEN %(former)s
            WHEN run_number %% 3 = 0 THEN %(token)s ELSE %(person)s END
        ELSE who END,
    'data', json_build_object('digest', md5(n::text) || md5(n::text)))::text
FROM (
    SELECT n, n / 25 AS run_number, n %% 25 AS part, md5('run' || n / 25)::uuid::text AS run, at,
        lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0')
            || '8' || left(md5(n::text), 15) AS id
    FROM (
        SELECT n, now() - interval '1 year' + n * (interval '364 days' / %(entries)s) AS at
        FROM generate_series(%(first)s::int, %(last)s - 1) AS n
    ) AS timed
) AS numbered
JOIN unnest(%(events)s::text[], %(kinds)s::text[], %(actors)s::text[]) WITH ORDINALITY
    AS of_run (event, kind, who, place) ON place = part + 1
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=1_000_000)
    entries = options.parse_args().entries
    tenant_make()
    django_start()
    logging.disable(logging.CRITICAL)  # each request would be told of
    from tenants.selectors import tenant_context

    with tenant_context(SLUG):
        asked, client = _arrange(entries)
    client.get("/ledger/")
    gc.collect()
    gc.freeze()  # as the web server does
    slow = []
    print(f"{entries:,} entries; each page {VISITS} times\n\n{'filter':58} {'rows':>5} {'p50 ms':>7} {'p95 ms':>7}")
    for name, query in asked:
        for path in ("/ledger/", "/api/v1/audit"):
            rows, times = _visits(client, path, query)
            median, worst = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{f'{name}, {path}':58} {rows:5} {median:7.1f} {worst:7.1f}")
            slow += [f"{name}, {path}"] if worst > LIMIT_MS else []
    if slow:
        raise SystemExit(f"over {LIMIT_MS} ms: {'; '.join(slow)}")


def _arrange(entries: int) -> tuple[list[tuple[str, dict[str, str]]], Any]:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from audit.services import Actor
    from crm.services import contact_create, enquiry_create
    from gateway.scopes import SCOPES
    from gateway.services import token_create, token_find

    owner = get_user_model().objects.get(email="owner@example.com")
    key = token_create(person=owner.pk, name="bench", scopes=SCOPES, actor=Actor.system("benchmark"))
    token = token_find(key)
    assert token is not None
    person, former = f"person:{owner.pk}", "person:019a8f31-0000-7000-8000-000000000000"
    given: dict[str, Any] = {
        "entries": entries,
        "contacts": CONTACTS,
        "former": former,
        "person": person,
        "token": f"token:{token.pk}",
        **{name: [row[place] for row in RUN] for place, name in enumerate(("events", "kinds", "actors"))},
    }
    for first in range(0, entries, 50_000):
        with connection.cursor() as cursor:
            cursor.execute(FILL, {**given, "first": first, "last": min(entries, first + 50_000)})
    known = contact_create(actor=Actor.system("benchmark"), name="Georgia", email="georgia@example.com")
    for number in range(200):
        enquiry_create(actor=Actor.system("benchmark"), contact=known.id, summary=f"Enquiry {number}")
    _analyze()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body ->> 'run', body ->> 'target' FROM audit_entry WHERE body ->> 'event' = %s ORDER BY id LIMIT 1",
            ["approval.approved"],
        )
        run, approval = cursor.fetchone()
        cursor.execute(
            "SELECT body ->> 'target' FROM audit_entry WHERE body ->> 'target' LIKE 'contact:%%' ORDER BY id LIMIT 1"
        )
        (contact,) = cursor.fetchone()
    client = Client(headers={"host": f"{SLUG}.localhost", "authorization": f"Bearer {key}"})
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    cursor_old = "o019d0000-0000-7000-8000-000000000000"
    asked: list[tuple[str, dict[str, str]]] = [
        ("everything", {}),
        ("an old page", {"cursor": cursor_old}),
        ("a frequent event", {"event": "step.started"}),
        ("a rare event", {"event": "token.created"}),
        ("events of a kind", {"event": "approval.*"}),
        ("a person with a token", {"actor": person}),
        ("a person who left long ago", {"actor": former}),
        ("the person, an event of theirs", {"actor": person, "event": "approval.approved"}),
        ("the person, an event that is never theirs", {"actor": person, "event": "step.started"}),
        ("the mail's events of a kind it never writes", {"actor": "system:mail", "event": "approval.*"}),
        ("one run", {"run": run}),
        ("one proposal", {"target": approval}),
        ("one customer", {"target": contact}),
        ("everything about an old run", {"about": f"run:{run}"}),
        ("everything about a customer with 20 runs", {"about": contact}),
        ("everything about a customer with 200 enquiries", {"about": f"contact:{known.id}"}),
        ("a day long ago", {"from": "2026-03-01", "to": "2026-03-01"}),
        ("a person in a month long ago", {"actor": person, "from": "2026-03-01", "to": "2026-03-31"}),
        ("nobody", {"actor": "person:nobody"}),
    ]
    return asked, client


def _analyze() -> None:
    """As autovacuum does after so many rows."""
    import psycopg
    from django.conf import settings
    from psycopg import sql

    from dispatch.connection import tenant_connection

    table = sql.Identifier(tenant_connection().schema_name, "audit_entry")
    with psycopg.connect(str(settings.COUNTERSIGN.database_owner_url), autocommit=True) as owner:
        owner.execute(sql.SQL("VACUUM ANALYZE {}").format(table))


def _visits(client: Any, path: str, query: dict[str, str]) -> tuple[int, Sequence[float]]:
    if path.startswith("/api/"):
        days = {"from": "since", "to": "until"}
        query = {days.get(k, k): f"{v}T00:00:00Z" if k in days else v for k, v in query.items() if k != "cursor"}
    address = f"{path}?{urlencode(query)}"
    client.get(address)
    times = []
    for _ in range(VISITS):
        begun = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
    page = answer.content.decode()
    return page.count('id="e-') if path == "/ledger/" else page.count('"sentence"'), times


if __name__ == "__main__":
    main()
