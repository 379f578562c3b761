"""Every single field of stored rows, changed one at a time: what a proposal binds must be missed when it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

Path = tuple[str | int, ...]
GONE = object()


@dataclass(frozen=True)
class Mutation:
    """One field of one row, and what an owner of the database puts there instead."""

    table: str
    row: str
    column: str
    path: Path
    how: str
    value: Any = field(compare=False)

    def __str__(self) -> str:
        return f"{self.table}.{self.column}{''.join(f'[{part!r}]' for part in self.path)} {self.how}"

    def make(self, owner: psycopg.Connection[Any]) -> None:
        """Write it."""
        owner.execute(
            sql.SQL(
                "UPDATE acacia.{table} t SET {column} = p.{column}"
                " FROM jsonb_populate_record(NULL::acacia.{table}, %s::jsonb) p WHERE t.id = %s"
            ).format(table=sql.Identifier(self.table), column=sql.Identifier(self.column)),
            [json.dumps({self.column: self.value}), self.row],
        )


def mutations(row: dict[str, Any], table: str, columns: list[str]) -> Iterator[Mutation]:
    """Of each of these columns every leaf: another value, none, and left away."""
    for column in columns:
        for path, leaf in leaves(row[column]):
            for how, value in others(leaf, inside=bool(path)):
                yield Mutation(table, row["id"], column, path, how, put(row[column], path, value))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a value that is no container, or an empty one, with its path."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    if not items:
        yield path, value
    for key, item in items:
        yield from leaves(item, (*path, key))


def others(leaf: Any, *, inside: bool) -> Iterator[tuple[str, Any]]:
    """What could stand in place of a leaf; only what stands inside a document can be null or left away."""
    match leaf:
        case bool():
            yield "turned", not leaf
        case int():
            yield "raised", leaf + 1
        case str() if inside or not leaf:
            yield "longer", f"{leaf}x"
        case str():  # of a time or a span another one
            yield "another", (str(int(leaf[0]) % 9 + 1) if leaf[0].isdigit() else "x") + leaf[1:]
        case None:
            yield "filled", "x"
        case list():
            yield "filled", ["00000000-0000-4000-8000-000000000000"]
        case dict():
            yield "filled", {"x": "x"}
    if inside and leaf is not None:
        yield "null", None
    if inside:
        yield "gone", GONE


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy of `value` with something else at `path`."""
    if not path:
        return new
    key, *rest = path
    copied = dict(value) if isinstance(value, dict) else list(value)
    if not rest and new is GONE:
        del copied[key]  # type: ignore[arg-type]
    else:
        copied[key] = put(value[key], tuple(rest), new)  # type: ignore[index]
    return copied


class Rows:
    """Rows as they stand now, to be looked at, and put back after they were changed."""

    TABLES = (
        "approvals_approval", "approvals_decision", "workflows_run", "workflows_step", "workflows_effect", "mail_message",
        "workflows_workflowversion",
    )  # fmt: skip

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        self.kept = {table: self._read(table) for table in self.TABLES}

    def _read(self, table: str) -> dict[str, dict[str, Any]]:
        """What a table holds, without the columns that the database makes of the others."""
        rows = self.owner.execute(
            sql.SQL(
                "SELECT to_jsonb(t) - ARRAY(SELECT attname::text FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attgenerated <> '') FROM acacia.{} t"
            ).format(sql.Identifier(table)),
            [f"acacia.{table}"],
        )
        return {row["id"]: row for (row,) in rows}

    def only(self, table: str, **wanted: Any) -> dict[str, Any]:
        """The one row of a table that has these values."""
        [found] = [row for row in self.kept[table].values() if wanted.items() <= row.items()]
        return found

    def put_back(self) -> None:
        """Make every row that was kept what it was; later rows of these tables stay."""
        for table, kept in self.kept.items():
            changed = [row for ident, row in kept.items() if self._read(table).get(ident) != row]
            for row in changed:
                columns = sql.SQL(", ").join(
                    sql.SQL("{c} = p.{c}").format(c=sql.Identifier(name)) for name in row if name != "id"
                )
                self.owner.execute(
                    sql.SQL(
                        "UPDATE acacia.{t} t SET {columns} FROM jsonb_populate_record(NULL::acacia.{t}, %s::jsonb) p"
                        " WHERE t.id = p.id"
                    ).format(t=sql.Identifier(table), columns=columns),
                    [json.dumps(row)],
                )
