"""Due work of this app."""

from __future__ import annotations

from ai.budgets.lapsing import reservations_lapse
from ai.budgets.reserving import LAPSED
from ai.quality.drift import LOOK, look_take
from ai.words import FORGET, words_forget
from dispatch.leases import Lease
from dispatch.registry import Again, handler


@handler(LAPSED)
def calls_lapsed(subject: str, lease: Lease) -> Again | None:
    """Charge the calls of workers that died."""
    again = reservations_lapse(lease)
    return Again(again) if again else None


@handler(LOOK)
def version_looked_at(subject: str, lease: Lease) -> None:
    """Compare what people made of a version, "<workflow>:<number>", with its own beginning."""
    workflow, _, version = subject.rpartition(":")
    look_take(workflow=workflow, version=int(version), lease=lease)


@handler(FORGET)
def words_over(subject: str, lease: Lease) -> Again | None:
    """Delete prompts and answers whose time is over."""
    again = words_forget(lease)
    return Again(again) if again else None
