from django.db import migrations, models

# The claim is a function so that the server keeps its plan, and so that this plan never reads or sorts all there is,
# whatever it knows of the table: made while nothing waits, it must still do when a flood has come.
CLAIM = """
CREATE FUNCTION public.dispatch_claim(wanted text, claimer text, seconds double precision, most integer)
RETURNS TABLE (id uuid, tenant varchar, handler varchar, subject varchar, fence bigint, wakes integer, attempts integer)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_incremental_sort = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
-- Tenants that have rows are found by skipping through work_next, so that a flood of one costs nobody anything.
WITH RECURSIVE tenants AS (
    (SELECT f.queue, f.tenant FROM public.dispatch_work f WHERE f.parked_at IS NULL AND f.queue >= wanted
     ORDER BY f.queue, f.tenant LIMIT 1)
    UNION ALL
    SELECT next.queue, next.tenant FROM tenants t, LATERAL (
        SELECT w.queue, w.tenant FROM public.dispatch_work w
        WHERE w.parked_at IS NULL AND (w.queue, w.tenant) > (t.queue, t.tenant) ORDER BY w.queue, w.tenant LIMIT 1
    ) next WHERE t.queue = wanted
), turns AS (
    SELECT t.tenant FROM tenants t WHERE t.queue = wanted
    ORDER BY (SELECT s.at FROM public.dispatch_served s WHERE s.queue = wanted AND s.tenant = t.tenant) NULLS FIRST
    OFFSET 0
-- The first whose turn it is gives its best row, by the same index. Rows that another claim has just locked are
-- passed over.
), due AS (
    SELECT best.id FROM turns, LATERAL (
        SELECT w.id FROM public.dispatch_work w
        WHERE w.queue = wanted AND w.tenant = turns.tenant AND w.parked_at IS NULL
          AND w.due_at <= statement_timestamp()
          AND (w.leased_until IS NULL OR w.leased_until <= statement_timestamp())
          AND most > (
              SELECT count(*) FROM (
                  SELECT 1 FROM public.dispatch_work b WHERE b.queue = wanted AND b.tenant = turns.tenant
                    AND b.leased_until > statement_timestamp() ORDER BY b.leased_until LIMIT most
              ) busy
          )
        ORDER BY w.due_at AT TIME ZONE 'UTC' + interval '1 minute' * w.priority, w.due_at
        LIMIT 1 FOR UPDATE OF w SKIP LOCKED
    ) best LIMIT 1
), claimed AS (
    UPDATE public.dispatch_work w
    SET fence = w.fence + 1, attempts = w.attempts + 1, worker = claimer,
        leased_until = clock_timestamp() + make_interval(secs => seconds)
    WHERE w.id = (SELECT due.id FROM due)
    RETURNING w.id, w.tenant, w.handler, w.subject, w.fence, w.wakes, w.attempts
), turn AS (
    INSERT INTO public.dispatch_served AS s (queue, tenant, at) SELECT wanted, c.tenant, clock_timestamp() FROM claimed c
    ON CONFLICT (queue, tenant) DO UPDATE SET at = excluded.at
)
SELECT c.id, c.tenant, c.handler, c.subject, c.fence, c.wakes, c.attempts FROM claimed c;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_served"),
    ]

    operations = [
        migrations.RemoveIndex("work", "work_leased"),
        migrations.AddIndex(
            "work",
            models.Index(
                fields=["queue", "tenant", "leased_until"],
                name="work_leased",
                condition=models.Q(leased_until__isnull=False),
            ),
        ),
        migrations.RunSQL(CLAIM, "DROP FUNCTION public.dispatch_claim(text, text, double precision, integer)"),
    ]
