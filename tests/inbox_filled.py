"""An inbox with as many proposals as a test wants: copies of a real one, each of a customer of its own."""

from typing import Any

import psycopg
from psycopg import sql

# Every row a proposal of its own, with the whole document of a real one; some need two people, some a manager.
FILL = """
INSERT INTO {table} ({columns})
SELECT {columns_of_p} FROM {table} a, generate_series(1, %s) n,
    LATERAL jsonb_populate_record(a, jsonb_build_object(
        'id', gen_random_uuid(), 'run', gen_random_uuid(), 'thread', '', 'digest', md5(n::text) || md5(n::text),
        'expires_at', a.expires_at + n * interval '7 seconds', 'created_at', a.created_at - n * interval '3 seconds',
        'title', 'Reply to customer ' || n, 'required_approvers', 1 + (n %% 10 = 0)::int,
        'approver_role', CASE WHEN n %% 4 = 0 THEN 'manager' ELSE 'agent' END,
        'document', jsonb_set(a.document, '{{customer}}',
            jsonb_build_object('name', 'Customer ' || n, 'email', 'c' || n || '@example.com')))) p
WHERE a.id = (SELECT id FROM {table} ORDER BY id LIMIT 1)
"""


def inbox_fill(owner: psycopg.Connection[Any], schema: str, count: int) -> None:
    """Add `count` copies of the first proposal of a tenant, each expiring after the one before; needs one."""
    made = owner.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''"
        " AND NOT attisdropped ORDER BY attnum",
        [f"{schema}.approvals_approval"],
    )
    names = [sql.Identifier(name) for (name,) in made]
    statement = sql.SQL(FILL).format(
        table=sql.Identifier(schema, "approvals_approval"),
        columns=sql.SQL(", ").join(names),
        columns_of_p=sql.SQL(", ").join(sql.SQL("p.{}").format(name) for name in names),
    )
    owner.execute(statement, [count])
