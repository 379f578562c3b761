"""A run begins: its steps, its entry and its row of work, in the transaction of its cause and in one statement."""

import json
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from audit import statements as ledger
from audit.services import Actor, compose, name_keep
from audit.signals import tell
from dispatch.connection import row_prepared
from dispatch.services import work_added
from workflows.definition import Definition
from workflows.engine.waking import ADVANCE, queue_of
from workflows.models import Event, Run, RunStatus, StepStatus, WorkflowVersion

START = """
WITH run AS (
    INSERT INTO workflows_run (id, version_id, event_id, origin_id, status, thread, requester, error, cost_usd,
        created_at, ran)
    VALUES (%(run)s::uuid, %(version)s::uuid, %(event)s::uuid, %(origin)s::uuid, %(run_status)s, %(thread)s,
        %(requester)s::uuid, '', 0, %(now)s::timestamptz, interval '0')
), step AS (
    INSERT INTO workflows_step (id, run_id, key, kind, position, status, open_needs, attempts, error)
    SELECT s.id, %(run)s::uuid, s.key, s.kind, s.position, %(step_status)s, s.open_needs, 0, ''
    FROM json_to_recordset(%(steps)s::json) AS s(id uuid, key text, kind text, position smallint, open_needs smallint)
)
"""


def run_start(
    *,
    version: WorkflowVersion,
    definition: Definition,
    event: Event,
    actor: Actor,
    requester: UUID | None,
    thread: str,
    origin: Run | None = None,
) -> UUID:
    """Start a run of a version for an event, in the caller's transaction. `origin` is the run that is done again."""
    run = uuid7()
    data = {"workflow": version.workflow.slug, "version": version.number}
    if origin is not None:
        data |= {"origin": origin.pk}
    entry = compose(event="run.queued", target=f"run:{run}", actor=actor, run=run, data=data)
    name_keep(actor)
    told = ledger.entries([entry])
    work = work_added(handler=ADVANCE, subject=str(run), queue=queue_of(definition))
    given = {
        "run": run,
        "version": version.pk,
        "event": event.pk,
        "origin": origin.pk if origin else None,
        "run_status": RunStatus.QUEUED.value,
        "thread": thread,
        "requester": requester,
        "now": timezone.now(),
        "step_status": StepStatus.PENDING.value,
        "steps": json.dumps(_steps(definition)),
    }
    parts = ", ".join((START, f"told AS ({told.sql})", f"work AS ({work.sql})"))
    row_prepared(f"{parts} SELECT 1", given | told.params | work.params)
    tell(event=entry.event, target=entry.target, data=entry.data, run=run)
    return run


def _steps(definition: Definition) -> list[dict[str, object]]:
    return [
        {
            "id": str(uuid7()),
            "key": step.key,
            "kind": step.do,
            "position": position,
            "open_needs": len(set(definition.needs_of(step))),
        }
        for position, step in enumerate(definition.steps)
    ]
