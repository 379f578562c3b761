"""Countersign itself: its own worker program, a tenant, the ledger."""

import os

from benchmarks.engine import tenancy
from benchmarks.engine.systems.base import System
from benchmarks.engine.systems.celery_chain import messages_waiting
from benchmarks.engine.workers import Workers
from stack.postgres import DATABASE


class Countersign(System):
    key = "countersign"
    title = "Countersign"
    promises = (
        "Each step committed with its output, what it opens and its ledger entries, under a lease with a fence; a dead"
        " worker's run goes on after 20 s. Claimed fairly among tenants; schema and database role per tenant."
    )
    database = DATABASE

    def prepare(self) -> None:
        self.schema = tenancy.tenant_make()["schema"]
        tenancy.django_start()
        from tenants.selectors import tenant_context

        with tenant_context(self.schema):
            tenancy.workflow_publish()
        self._runs = f"{self.schema}.workflows_run"

    def commands(self, concurrency: int) -> list[list[str]]:
        return [tenancy.worker_command("runs", concurrency)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "DJANGO_SETTINGS_MODULE": tenancy.SETTINGS, "LOG_LEVEL": "WARNING"}

    def begin(self, count: int, workers: Workers) -> list[str]:
        from tenants.selectors import tenant_context

        with tenant_context(self.schema):
            return [tenancy.run_begin() for _ in range(count)]

    def ended(self) -> int:
        return int(self.observer.ask(f"SELECT count(*) FROM {self._runs} WHERE status = 'succeeded'"))

    def has_ended(self, run: str) -> bool:
        return bool(self.observer.ask(f"SELECT status FROM {self._runs} WHERE id = %s", run) == "succeeded")

    def at_rest(self) -> bool:
        return messages_waiting("runs") == 0
