"""Due work of this app."""

from ai.budgets.lapsing import reservations_lapse
from ai.budgets.reserving import LAPSED
from dispatch.leases import Lease
from dispatch.registry import Again, handler


@handler(LAPSED)
def calls_lapsed(subject: str, lease: Lease) -> Again | None:
    """Charge the calls of workers that died."""
    again = reservations_lapse(lease)
    return Again(again) if again else None
