"""Runs begin: their steps, entries and rows of work, in the transaction of their cause and in one statement.

An event that begins them is stored by the same statement.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from audit import statements as ledger
from audit.services import Actor, Composed, compose, name_keep
from audit.signals import tell
from dispatch.connection import row_prepared
from dispatch.services import Due, works_added
from workflows.definition import Definition
from workflows.engine.waking import ADVANCE, queue_of
from workflows.models import Event, Run, RunStatus, StepStatus, WorkflowVersion

START = """
WITH event AS (
    INSERT INTO workflows_event (id, type, data, requester, created_at)
    SELECT e.id, e.type, e.data, e.requester, %(now)s::timestamptz
    FROM json_to_recordset(%(events)s::json) AS e(id uuid, type text, data jsonb, requester uuid)
), run AS (
    INSERT INTO workflows_run (id, version_id, event_id, origin_id, status, thread, requester, error, cost_usd,
        created_at, ran)
    SELECT r.id, r.version, r.event, r.origin, %(run_status)s, r.thread, r.requester, '', 0, %(now)s::timestamptz,
        interval '0'
    FROM json_to_recordset(%(runs)s::json)
        AS r(id uuid, version uuid, event uuid, origin uuid, thread text, requester uuid)
), step AS (
    INSERT INTO workflows_step (id, run_id, key, kind, position, status, open_needs, attempts, error)
    SELECT s.id, s.run, s.key, s.kind, s.position, %(step_status)s, s.open_needs, 0, ''
    FROM json_to_recordset(%(steps)s::json)
        AS s(id uuid, run uuid, key text, kind text, position smallint, open_needs smallint)
)
"""


@dataclass(frozen=True)
class Start:
    """A version that is to run. `origin` is the run that is done again."""

    version: WorkflowVersion
    definition: Definition
    origin: Run | None = None


def event_start(event: Event, starts: Sequence[Start], *, actor: Actor, thread: str) -> list[UUID]:
    """Store an event, and start a run for each of `starts`, in the caller's transaction."""
    runs = [uuid7() for _ in starts]
    told = {"type": event.type, "runs": runs}
    received = compose(event="event.received", target=f"event:{event.pk}", actor=actor, data=told)
    events = [{"id": event.pk, "type": event.type, "data": event.data, "requester": event.requester}]
    _begin(events, event, dict(zip(runs, starts, strict=True)), actor=actor, thread=thread, told=[received])
    return runs


def run_start(start: Start, *, event: Event, actor: Actor, thread: str) -> UUID:
    """Start a run for an event that is stored already, in the caller's transaction."""
    run = uuid7()
    _begin([], event, {run: start}, actor=actor, thread=thread, told=[])
    return run


def _begin(
    events: Sequence[Mapping[str, object]],
    event: Event,
    starts: Mapping[UUID, Start],
    *,
    actor: Actor,
    thread: str,
    told: Sequence[Composed],
) -> None:
    entries = [_queued(run, start, actor) for run, start in starts.items()] + list(told)
    name_keep(actor)
    wrote = ledger.entries(entries)
    work = works_added(Due(ADVANCE, str(run), queue_of(start.definition)) for run, start in starts.items())
    common = {"event": event.pk, "thread": thread, "requester": event.requester}
    runs = [
        common | {"id": run, "version": start.version.pk, "origin": start.origin.pk if start.origin else None}
        for run, start in starts.items()
    ]
    given = {
        "events": _json(events),
        "runs": _json(runs),
        "steps": _json([step for run, start in starts.items() for step in _steps(run, start.definition)]),
        "run_status": RunStatus.QUEUED.value,
        "step_status": StepStatus.PENDING.value,
        "now": timezone.now(),
    }
    parts = ", ".join((START, f"told AS ({wrote.sql})", f"work AS ({work.sql})"))
    row_prepared(f"{parts} SELECT 1", given | wrote.params | work.params)
    for entry in entries:
        tell(event=entry.event, target=entry.target, data=entry.data, run=entry.run)


def _queued(run: UUID, start: Start, actor: Actor) -> Composed:
    data = {"workflow": start.version.workflow.slug, "version": start.version.number}
    if start.origin is not None:
        data |= {"origin": start.origin.pk}
    return compose(event="run.queued", target=f"run:{run}", actor=actor, run=run, data=data)


def _steps(run: UUID, definition: Definition) -> Iterator[dict[str, object]]:
    for position, step in enumerate(definition.steps):
        yield {
            "id": uuid7(),
            "run": run,
            "key": step.key,
            "kind": step.do,
            "position": position,
            "open_needs": len(set(definition.needs_of(step))),
        }


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(rows, default=str)
