"""A tenant with the benchmark's workflow in force, and runs of it."""

import json
import os
import subprocess
import sys
from typing import Any

from stack import environment, programs

SETTINGS = "benchmarks.engine.settings"
SLUG = "bench"


def manage(*arguments: str) -> str:
    """What a command of the product prints."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def tenant_make(slug: str = SLUG, *, pack: str = "none") -> dict[str, Any]:
    """Migrate the database and make a tenant, as an operator would."""
    manage("migrate_schemas", "--verbosity", "0")
    made = manage("create_tenant", slug, "--name", "Benchmark", "--owner-email", "owner@example.com", "--pack", pack)
    return dict(json.loads(made))


def django_start() -> None:
    """Make this process one of the product's."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()


def workflow_publish() -> None:
    """Put the benchmark's workflow in force in the current tenant."""
    from audit.services import Actor
    from benchmarks.engine.apps import WORKFLOW
    from workflows.services import version_activate, version_publish

    actor = Actor.system("benchmark")
    made = version_publish(source=WORKFLOW, actor=actor)
    version_activate(slug=made.workflow, number=made.number, actor=actor)


def run_begin() -> str:
    """Start one run in the current tenant: event, run, steps and work, committed."""
    from audit.services import Actor
    from benchmarks.engine.apps import EVENT
    from workflows.services import event_receive

    return str(event_receive(type=EVENT, data={}, actor=Actor.system("benchmark")).runs[0])


def drain() -> None:
    """Work in this process until nothing is due, as a worker does."""
    from dispatch.worker import run_next
    from tenants.selectors import public_context

    with public_context():
        while run_next("runs"):
            pass


def worker_command(name: str, concurrency: int | None = None) -> list[str]:
    """How the product starts one of its programs, with another concurrency if wanted."""
    served = {program.name: program for program in programs.countersign(environment.read(os.environ)).served}
    command = list(served[name].command)
    if concurrency is not None:
        command[command.index("--concurrency") + 1] = str(concurrency)
    return command
