"""Due work of this app."""

from uuid import UUID

from ai.catalog.services import RESTING
from dispatch.leases import Lease
from dispatch.registry import Again, GivenBack, handler
from tenants.services import pulse_soon
from workflows.engine.advance import advance
from workflows.engine.branches import BRANCH, advance_branch
from workflows.engine.giving_up import run_give_up
from workflows.engine.resting import resting_look
from workflows.engine.undo_plans import HANDLER as UNDO
from workflows.engine.undo_work import undo_advance, undo_give_up
from workflows.engine.waking import ADVANCE
from workflows.erasing import HANDLER as ERASE
from workflows.erasing import erasure_advance, erasure_give_up


@handler(ADVANCE, on_parked=run_give_up)
def advance_run(subject: str, lease: Lease) -> Again | GivenBack | None:
    """Take the run as far as it goes now."""
    return advance(UUID(subject), lease)


@handler(RESTING)
def resting_run(subject: str, lease: Lease) -> Again | None:
    """Have the run go on, if the AI of every workspace is on again."""
    return resting_look(UUID(subject))


@handler(UNDO, on_parked=undo_give_up)
def advance_undo(subject: str, lease: Lease) -> None:
    """Undo what is left of the plan."""
    undo_advance(UUID(subject), lease)
    pulse_soon()


@handler(ERASE, on_parked=erasure_give_up)
def advance_erasure(subject: str, lease: Lease) -> Again | None:
    """Erase the customer; the provisioner does, since the app's login may not change what is append-only."""
    return erasure_advance(subject, lease)


@handler(BRANCH, on_parked=run_give_up)
def advance_one_branch(subject: str, lease: Lease) -> None:
    """Do the one step that was handed on."""
    advance_branch(subject, lease)
