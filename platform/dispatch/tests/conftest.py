from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dispatch import registry
from dispatch.models import Work
from dispatch.services import work_add


@pytest.fixture
def handle() -> Iterator[Callable[..., None]]:
    """Registers a handler for the length of a test: `handle("tests.name", function)`."""
    names = []

    def register(name: str, run: Any, **more: Any) -> None:
        registry.handler(name, **more)(run)
        names.append(name)

    yield register
    for name in names:
        del registry._handlers[name]


@pytest.fixture
def add(committed: None, enter: Any) -> Callable[..., None]:
    """Adds work for a tenant: `add("acacia", "subject")`."""

    def one(tenant: str, subject: str = "one", handler: str = "tests.work", **more: Any) -> None:
        with enter(tenant):
            work_add(handler=handler, subject=subject, **more)

    return one


@pytest.fixture
def rows(committed: None) -> Callable[[], dict[str, Work]]:
    """All work there is, by its subject."""
    return lambda: {row.subject: row for row in Work.objects.all()}


@pytest.fixture
def age(committed: None) -> Callable[..., None]:
    """Make a row's due time and the end of its lease lie in the past: time passes without waiting."""

    def pass_by(subject: str = "one", *, seconds: float = 60.0) -> None:
        before = timezone.now() - timedelta(seconds=seconds)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE dispatch_work SET due_at = %s, leased_until = CASE WHEN leased_until IS NOT NULL THEN %s END"
                " WHERE subject = %s",
                [before, before, subject],
            )
            assert cursor.rowcount == 1

    return pass_by
