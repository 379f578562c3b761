"""What a run may cost and how long it may be at work."""

from datetime import timedelta

from django.utils import timezone

from workflows.definition import Limits
from workflows.models import Run


def limit_reached(run: Run, limits: Limits) -> tuple[str, str] | None:
    """The limit that the run is over: its name, and the sentence that people read. None while it is within all."""
    if run.cost_usd > limits.cost_usd:
        return "cost", f"The run has cost US${run.cost_usd}, its limit is US${limits.cost_usd}."
    if time_at_work(run) > limits.running:
        return "running", f"The run was at work for {time_at_work(run)}, its limit is {limits.running}."
    return None


def time_at_work(run: Run) -> timedelta:
    """How long the run has been at work; waiting does not count."""
    since = timezone.now() - run.running_since if run.running_since else timedelta()
    return run.ran + since
