"""Having a worker look at a run."""

from uuid import UUID

from dispatch.services import work_add, work_hold
from workflows.definition import Definition, stored
from workflows.models import Run
from workflows.steps import STEP_KINDS

ADVANCE = "workflows.advance"


def queue_of(definition: Definition) -> str:
    """Where a run is driven: on `ai`, whose workers wait a lot, if any of its steps asks a model."""
    return "ai" if any(STEP_KINDS[s.do].queue == "ai" for s in definition.steps if s.do in STEP_KINDS) else "runs"


def run_wake(run: UUID | str) -> None:
    """Have a worker look at a run again, in the current transaction, which holds the run's work until it commits."""
    found = Run.objects.select_related("version").get(pk=run)
    definition = stored(found.version)
    work_add(handler=ADVANCE, subject=str(found.pk), queue=queue_of(definition), priority=3)


def run_hold(run: UUID) -> None:
    """Let no worker go on with a run until the commit: the first lock of whoever then changes what it waits for."""
    work_hold(handler=ADVANCE, subject=str(run))
