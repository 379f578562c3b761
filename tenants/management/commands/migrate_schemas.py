from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connections
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from tenants.services import SCHEMAS_LOCK


class Command(MigrateSchemasCommand):  # type: ignore[misc]
    """The library's command, by one process at a time: two that are started together come after one another."""

    def handle(self, *args: Any, **options: Any) -> None:
        # Whoever makes a tenant has the lock already, in the transaction that this is a part of.
        if connections[options["database"]].in_atomic_block:
            super().handle(*args, **options)
            return
        with self._alone(options["database"]):
            super().handle(*args, **options)

    @contextmanager
    def _alone(self, database: str) -> Iterator[None]:
        """Hold the lock on a connection of its own: migrating closes the usual one after each schema."""
        with closing(connections[database].copy()) as holder, holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [SCHEMAS_LOCK])
            if cursor.fetchone() != (True,):
                self.stderr.write("Another process makes or migrates schemas: waiting until it is done.")
                cursor.execute("SELECT pg_advisory_lock(%s)", [SCHEMAS_LOCK])
            yield
