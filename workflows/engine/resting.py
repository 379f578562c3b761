"""Runs that rest because the operators have stopped the AI of every workspace, and go on when it is on again.

Such a run leaves a row of work, in the queue that all workspaces share. Whoever switches the AI on makes all of these
due with one statement (`ai.catalog.services.switch_set`): nobody looks for them, workspace by workspace. One that was
about to rest in that very moment is missed by it; so each looks by itself too, now and then.
"""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ai.catalog.selectors import stopped_for_all
from ai.catalog.services import RESTING
from dispatch.registry import Again
from dispatch.services import work_add
from workflows.engine.waking import run_wake

LOOK_AGAIN = timedelta(minutes=5)


def rest_until_on(*, run: UUID) -> None:
    """Have a run looked at when the AI of every workspace is on again."""
    work_add(handler=RESTING, subject=str(run), due_at=timezone.now() + LOOK_AGAIN)


def resting_look(run: UUID) -> Again | None:
    """Wake a run that rests, unless the AI is still stopped."""
    if stopped_for_all():
        return Again(timezone.now() + LOOK_AGAIN)
    run_wake(run)
    return None
