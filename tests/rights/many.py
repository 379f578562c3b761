"""A thousand of everything: rows of a lived-in tenant copied, whatever their table.

Every other copy is a world of its own, in which rows refer to each other as the first ones do; the copies in between
refer to the first ones, so that these have many of everything below them. What a table refuses is left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection
from psycopg import sql

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FIRST = 2
COPY = "-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-"  # in it stands an id of the kind that copies have
# What nobody's work adds to.
LEFT = ("auth\\_%", "django\\_%", "workflows\\_workflow%", "ai\\_phrase%")
# Nothing without rows of its own below it, which a copy that leaves them to the first one would not have.
WHOLE = {"knowledge_document"}


@dataclass(frozen=True)
class _Parent:
    table: str
    column: str
    key: str


@dataclass(frozen=True)
class _Table:
    name: str
    columns: list[str]
    unique: set[str]
    moments: set[str]
    parents: list[_Parent]
    rows: list[dict[str, Any]]


def multiply(copies: range) -> dict[str, int]:
    """Add these copies of the newest rows of every table of the current tenant, in the caller's transaction.

    Gives back how many rows each table then has.
    """
    tables = [table for table in map(_table, _names()) if table.rows]
    firsts = {str(row["id"]) for table in tables for row in table.rows if "id" in row}
    for table in _parents_first(tables):
        numbers = [number for number in copies if number % 2] if table.name in WHOLE else copies
        made = [_copy(row, number, firsts, table) for number in numbers for row in table.rows]
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        known = [
            sql.SQL("(r.{c} IS NULL OR EXISTS (SELECT 1 FROM {t} p WHERE p.{k} = r.{c}))").format(
                c=sql.Identifier(parent.column), t=sql.Identifier(parent.table), k=sql.Identifier(parent.key)
            )
            for parent in table.parents
        ]
        _execute(
            sql.SQL(
                "INSERT INTO {t} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{t}, %s::jsonb) r"
                " WHERE {known} ON CONFLICT DO NOTHING"
            ).format(
                t=sql.Identifier(table.name),
                columns=columns,
                known=sql.SQL(" AND ").join([sql.SQL("true"), *known]),
            ),
            [json.dumps(made)],
        )
    count = sql.SQL("SELECT count(*) FROM {}")
    return {table.name: _execute(count.format(sql.Identifier(table.name)), [])[0][0] for table in tables}


def _copy(row: dict[str, Any], number: int, firsts: set[str], table: _Table) -> dict[str, Any]:
    known = firsts if number % 2 else {str(row.get("id"))}

    def other(found: re.Match[str]) -> str:
        return str(uuid5(UUID(found[0]), str(number))) if found[0] in known else found[0]

    copied: dict[str, Any] = json.loads(UUIDS.sub(other, json.dumps(row)))
    for column in table.unique:
        if copied[column] and not UUIDS.search(copied[column]):
            ending = f"{number:x}{str(row.get('id', ''))[-4:]}"
            copied[column] = ending + copied[column][len(ending) :]
    for column in row if table.moments else ():  # all of them, so that what ends still ends later
        if column.endswith("_at") and copied[column]:
            copied[column] = (datetime.fromisoformat(copied[column]) + timedelta(hours=number)).isoformat()
    return copied


def _parents_first(tables: list[_Table]) -> list[_Table]:
    names, placed = {table.name for table in tables}, list[_Table]()
    while len(placed) < len(tables):
        done = {table.name for table in placed}
        waiting = [table for table in tables if table not in placed]
        free = [t for t in waiting if not {p.table for p in t.parents if p.table in names} - done - {t.name}]
        placed += free or waiting
    return placed


def _execute(statement: Any, given: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall() if cursor.description else []


def _names() -> list[str]:
    rows = _execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        " AND has_table_privilege(oid, 'INSERT') AND NOT relname LIKE ANY(%s) ORDER BY 1",
        [list(LEFT)],
    )
    return [row[0] for row in rows]


def _table(name: str) -> _Table:
    columns = _execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attidentity = ''",
        [name],
    )
    unique = _execute(
        "SELECT DISTINCT a.attname, t.typname IN ('timestamptz', 'date') FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0"
        " AND split_part(pg_get_indexdef(i.indexrelid), ' WHERE ', 1) ~ ('[( ,\"]' || a.attname || '[) ,\"]')"
        " JOIN pg_type t ON t.oid = a.atttypid WHERE i.indrelid = %s::regclass AND (i.indisunique OR i.indisexclusion)"
        " AND t.typname IN ('varchar', 'text', 'timestamptz', 'date')",
        [name],
    )
    parents = _execute(
        "SELECT c.confrelid::regclass::text, a.attname, k.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " JOIN pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[1]"
        " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
        [name],
    )
    rows = _execute(
        sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE to_jsonb(t)::text !~ %s ORDER BY 1 DESC LIMIT %s").format(
            sql.Identifier(name)
        ),
        [COPY, FIRST],
    )
    return _Table(
        name,
        [row[0] for row in columns],
        {column for column, moment in unique if not moment},
        {column for column, moment in unique if moment},
        [_Parent(*row) for row in parents],
        [json.loads(row[0]) for row in rows],
    )
