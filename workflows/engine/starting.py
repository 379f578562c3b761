"""A run begins: its steps and its row of work, in the transaction of its cause."""

from uuid import UUID

from audit.services import Actor, record
from dispatch.services import work_add
from workflows.definition import Definition
from workflows.engine.waking import ADVANCE, queue_of
from workflows.models import Event, Run, Step, WorkflowVersion


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
    run = Run.objects.create(version=version, event=event, requester=requester, thread=thread, origin=origin)
    Step.objects.bulk_create(
        Step(
            run=run,
            key=step.key,
            kind=step.do,
            position=position,
            open_needs=len(set(definition.needs_of(step))),
        )
        for position, step in enumerate(definition.steps)
    )
    data = {"workflow": version.workflow.slug, "version": version.number}
    if origin is not None:
        data |= {"origin": origin.pk}
    record(event="run.queued", target=f"run:{run.pk}", actor=actor, run=run.pk, data=data)
    work_add(handler=ADVANCE, subject=str(run.pk), queue=queue_of(definition))
    return run.pk
