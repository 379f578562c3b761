"""When a run cannot be driven any more, it fails where people see it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, transition
from workflows.engine.stopping import stop_open
from workflows.models import RUN_ENDED, RUN_MOVES, Run, RunStatus


def run_give_up(run: str, error: str) -> None:
    """Fail a run whose workers broke off again and again; its work row is parked."""
    with transaction.atomic():
        found = Run.objects.select_for_update().filter(pk=UUID(run)).exclude(status__in=RUN_ENDED).first()
        if found is None:
            return
        actor = Actor.system("dispatch")
        stop_open(found, reason="run_failed", actor=actor)
        if found.status != RunStatus.RUNNING:
            transition(found, moves=RUN_MOVES, to=RunStatus.RUNNING, actor=actor, run=found.pk)
        transition(
            found,
            moves=RUN_MOVES,
            to=RunStatus.FAILED,
            actor=actor,
            run=found.pk,
            data={"step": None, "error": "worker"},
            changes={
                "finished_at": timezone.now(),
                "error": f"The worker broke off again and again: {error}"[:2000],
                "cause": "worker",
            },
        )
