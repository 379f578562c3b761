"""What is read before a run begins, and before a worker drives it: one statement each, planned once a connection.

The ORM would build the same rows from two queries at four times the CPU.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from ai.catalog.statements import PEOPLE_ONLY
from dispatch.connection import rows_prepared
from workflows.models import AutomationMode, Event, Run, Step, VersionStatus, Workflow, WorkflowVersion

M = TypeVar("M", bound=Model)

RUN = [field.attname for field in Run._meta.concrete_fields]
# A version's definition is read once a process: `workflows.definition.stored`.
VERSION = ["id", "workflow_id", "number", "digest", "status"]
WORKFLOW = ["id", "slug"]
EVENT = ["id", "type", "data", "requester", "created_at"]
STEP = [field.attname for field in Step._meta.concrete_fields]
JSON = {"data", "output", "given"}
PARTS = (("r", RUN), ("v", VERSION), ("w", WORKFLOW), ("e", EVENT), ("s", STEP))
LOAD = (
    f"SELECT {', '.join(f'{part}.{name}' for part, names in PARTS for name in names)}"  # noqa: S608 - our own columns
    " FROM workflows_run r JOIN workflows_workflowversion v ON v.id = r.version_id"
    " JOIN workflows_workflow w ON w.id = v.workflow_id JOIN workflows_event e ON e.id = r.event_id"
    " JOIN workflows_step s ON s.run_id = r.id WHERE r.id = %(run)s::uuid ORDER BY s.position"
)

IN_FORCE = (
    f"SELECT {', '.join(f'{part}.{name}' for part, names in PARTS[1:3] for name in names)},"  # noqa: S608 - our own columns
    f" a.mode = %(people_only)s OR {PEOPLE_ONLY}"
    " FROM (SELECT) one LEFT JOIN (workflows_workflowversion v JOIN workflows_workflow w ON w.id = v.workflow_id)"
    " ON v.status = %(active)s"
    " LEFT JOIN (SELECT mode FROM workflows_automation ORDER BY id DESC LIMIT 1) a ON true ORDER BY w.slug"
)


@dataclass(frozen=True)
class Force:
    """The versions in force, in the order of their workflows' names; and whether everything goes to people instead."""

    versions: tuple[WorkflowVersion, ...]
    people_only: bool


def in_force() -> Force:
    """What an event may start now."""
    versions = []
    stopped = None
    given = {"active": VersionStatus.ACTIVE.value, "people_only": AutomationMode.PEOPLE_ONLY.value}
    for row in rows_prepared(IN_FORCE, given):
        version, workflow, stopped = row[: len(VERSION)], row[len(VERSION) : -1], row[-1]
        if version[0] is not None:
            versions.append(_version(version, workflow))
    return Force(tuple(versions), people_only=bool(stopped))


def run_load(run_id: UUID) -> tuple[Run, list[Step]] | None:
    """The run with its version, workflow and event, and its steps in their order; None where there is none."""
    rows = rows_prepared(LOAD, {"run": run_id})
    if not rows:
        return None
    steps = []
    for row in rows:
        values = iter(row)
        run, version, workflow, event, step = ([next(values) for _ in names] for _, names in PARTS)
        steps.append(_made(Step, STEP, step))
    found = _made(Run, RUN, run)
    found.version = _version(version, workflow)
    found.event = _made(Event, EVENT, event)
    for one in steps:
        one.run = found
    return found, steps


def _version(values: Sequence[Any], workflow: Sequence[Any]) -> WorkflowVersion:
    made = _made(WorkflowVersion, VERSION, values)
    made.workflow = _made(Workflow, WORKFLOW, workflow)
    return made


def _made(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    plain = [json.loads(v) if name in JSON and v is not None else v for name, v in zip(names, values, strict=True)]
    made: M = model.from_db("default", names, plain)
    return made
