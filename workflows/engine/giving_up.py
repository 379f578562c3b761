"""When a run cannot be driven any more, it fails where people see it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, transition
from workflows.engine.stopping import stop_open
from workflows.engine.tries import try_keep
from workflows.models import RUN_ENDED, RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, StepStatus


def run_give_up(subject: str, error: str) -> None:
    """Fail a run whose workers broke off again and again over it or one of its branches; its work row is parked."""
    run = UUID(subject.partition(":")[0])
    with transaction.atomic():
        found = Run.objects.select_for_update().filter(pk=run).exclude(status__in=RUN_ENDED).first()
        if found is None:
            return
        actor = Actor.system("dispatch")
        stop_open(found, reason="run_failed", actor=actor)
        sentence = f"The worker broke off again and again: {error}"[:2000]
        for step in found.steps.filter(status=StepStatus.RUNNING):
            told = {"step": step.key, "kind": step.kind, "error": "worker"}
            changes = {"error": sentence, "finished_at": timezone.now()}
            try_keep(step, outcome=AttemptOutcome.LOST, error_class="worker", error=sentence)
            transition(step, moves=STEP_MOVES, to=StepStatus.FAILED, actor=actor, run=run, data=told, changes=changes)
        if found.status != RunStatus.RUNNING:
            transition(found, moves=RUN_MOVES, to=RunStatus.RUNNING, actor=actor, run=found.pk)
        transition(
            found,
            moves=RUN_MOVES,
            to=RunStatus.FAILED,
            actor=actor,
            run=found.pk,
            data={"step": None, "error": "worker"},
            changes={"finished_at": timezone.now(), "error": sentence, "cause": "worker"},
        )
