"""What is kept of attempts that came to nothing, and the cause of a failure that they tell."""

from django.utils import timezone

from workflows.models import Attempt, AttemptOutcome, Step


def try_keep(step: Step, *, outcome: AttemptOutcome, error_class: str, error: str) -> None:
    """Keep an attempt at a step, in the transaction that ends it. Of an action none is counted: each is its first."""
    now = timezone.now()
    Attempt.objects.create(
        step=step,
        number=step.attempts or 1,
        outcome=outcome,
        error_class=error_class[:80],
        error=error[:2000],
        started_at=step.tried_at or step.started_at or now,
        finished_at=now,
    )


def cause_of(step: Step) -> str:
    """Why a run fails with this step: "<step kind>:<error class>"."""
    last = step.tries.order_by("-pk").values_list("error_class", flat=True).first()
    return f"{step.kind}:{last or 'failed'}"[:160]
