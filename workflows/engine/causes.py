"""Why a run failed, in a form in which runs that failed alike are found together."""

from django.utils import timezone

from workflows.models import Attempt, AttemptOutcome, Step


def attempt_failed(step: Step, error_class: str, error: str) -> None:
    """Keep why an action's step failed, in the transaction that fails it."""
    now = timezone.now()
    Attempt.objects.create(
        step=step,
        number=max(step.attempts, 1),
        outcome=AttemptOutcome.FAILED,
        error_class=error_class[:80],
        error=error[:2000],
        started_at=step.tried_at or step.started_at or now,
        finished_at=now,
    )


def cause_of(step: Step) -> str:
    """The cause of the failure of a run whose step has failed: "<step kind>:<error class>"."""
    failed = step.tries.filter(outcome=AttemptOutcome.FAILED).values_list("error_class", flat=True).last()
    return f"{step.kind}:{failed or 'Failed'}"
