"""Rows of ours as parts of a statement."""

from __future__ import annotations

import json
from functools import lru_cache

from django.db.models import Model

from dispatch.statements import Fragment


def inserted(row: Model) -> Fragment:
    """The row as `INSERT … SELECT … FROM row`, to which the composer may add a condition.

    By the model's own columns, so that one which a newer version has added gets its default.
    """
    table, names = _columns(type(row))
    values = json.dumps({name: getattr(row, name) for name in names}, default=str, ensure_ascii=False)
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(f'r.{name}' for name in names)}"
    return Fragment(f"{sql} FROM json_populate_record(NULL::{table}, %({table})s::json) r", {table: values})


@lru_cache
def _columns(model: type[Model]) -> tuple[str, tuple[str, ...]]:
    return model._meta.db_table, tuple(field.attname for field in model._meta.concrete_fields)
