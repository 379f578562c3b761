"""Which tables the application may add to, but not change: the list that grants are made from."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model

M = TypeVar("M", bound=type[Model])

_updatable: dict[type[Model], tuple[str, ...]] = {}


def append_only(*updatable: str) -> Callable[[M], M]:
    """Class decorator: the app's roles get SELECT and INSERT only, and UPDATE of the named columns."""

    def mark(model: M) -> M:
        _updatable[model] = updatable
        return model

    return mark


def updatable_columns(model: type[Model]) -> tuple[str, ...] | None:
    """Columns that may change in an append-only table; None for a table that is not append-only."""
    return _updatable.get(model)
