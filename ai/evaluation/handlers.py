"""Due work of this app."""

from uuid import UUID

from django.utils import timezone

from ai.evaluation.services.running import AT_ONCE, HANDLER, evaluation_advance, evaluation_give_up
from dispatch.leases import Lease
from dispatch.registry import Again, handler


@handler(HANDLER, on_parked=evaluation_give_up)
def evaluate(subject: str, lease: Lease) -> Again | None:
    """Measure some examples of an evaluation; once more while some are left."""
    left = evaluation_advance(UUID(subject), lease=lease, most=AT_ONCE)
    return Again(timezone.now()) if left else None
