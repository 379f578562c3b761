"""What the ledger is told and integrators hear of: which webhook an entry is, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.signals import hears
from dispatch.services import OUTSIDE_QUEUE, work_add
from dispatch.statements import Fragment
from notify.models import News
from notify.outgoing import is_set
from notify.services import webhook_tell
from notify.statements import nobody_asked


@dataclass(frozen=True)
class Told:
    """The webhook of a ledger event: its type, what its target is called, the state that it came to, and which
    of the entry's fields go along. Entries hold ids, states and digests, never what a customer wrote."""

    type: str
    kind: str
    status: str
    fields: tuple[str, ...] = ()


BUDGET = ("scope", "key", "window", "limit_usd", "spent_usd")
TOLD = {
    "mail.parsed": Told("message.received", "message", "parsed", ("thread",)),
    "mail.unreadable": Told("message.received", "message", "unreadable", ("thread",)),
    "run.waiting": Told("run.waiting", "run", "waiting"),
    "run.succeeded": Told("run.succeeded", "run", "succeeded"),
    "run.failed": Told("run.failed", "run", "failed", ("step",)),
    "approval.opened": Told("approval.pending", "approval", "pending", ("digest", "risk")),
    "approval.renewed": Told("approval.pending", "approval", "pending", ("digest",)),
    "approval.escalated": Told("approval.pending", "approval", "pending", ("digest", "role")),
    "approval.delegated": Told("approval.pending", "approval", "pending"),
    "approval.asked": Told("approval.asked", "approval", "asked", ("digest",)),
    "approval.answered": Told("approval.answered", "approval", "pending", ("digest", "outcome")),
    "approval.approved": Told("approval.decided", "approval", "approved", ("digest",)),
    "approval.rejected": Told("approval.decided", "approval", "rejected", ("digest", "rejection")),
    "approval.expired": Told("approval.expired", "approval", "expired"),
    "approval.stale": Told("approval.stale", "approval", "stale"),
    "effect.done": Told("effect.done", "effect", "done", ("step", "action")),
    "effect.undone": Told("effect.undone", "effect", "undone", ("step", "action")),
    "effect.unknown": Told("effect.unknown", "effect", "unknown", ("step", "action")),
    "budget.soft": Told("budget.soft", "budget", "soft", BUDGET),
    "budget.hard": Told("budget.hard", "budget", "hard", BUDGET),
    "quality.drifted": Told("quality.drifted", "look", "drifted", ("workflow", "version", "number", "signals")),
    "version.rolled_back": Told("version.rolled_back", "version", "active", ("slug", "number", "digest")),
    "version.active": Told("version.activated", "version", "active", ("slug", "number", "digest")),
}


# What colleagues are emailed about; a handler of the floor that knows who may decide looks whom it concerns.
NEWS = {
    "approval.opened": News.WAITS,
    "approval.stale": News.STALE,
    "approval.escalated": News.ESCALATED,
    "approval.delegated": News.GIVEN,
    "approval.asked": News.ASKED,
    "approval.answered": News.ANSWERED,
    "approval.expired": News.EXPIRED,
    "quality.drifted": News.DRIFTED,
}
FIND_READERS = "portal.notices"


@hears(set(TOLD) - set(NEWS), unless=lambda events: nobody_asked(TOLD[event].type for event in events))
def entry_is_told(*, event: str, target: str, data: Mapping[str, Any], run: object) -> None:
    """Have the webhook of an entry delivered, in the transaction of what it tells of."""
    told = TOLD[event]
    said = {told.kind: target.partition(":")[2], "status": told.status}
    if run is not None:
        said["run"] = str(run)
    webhook_tell(type=told.type, data=said | {name: data[name] for name in told.fields if name in data})


@hears(NEWS, unless=lambda events: Fragment("false", {}))
def news_is_told(*, event: str, target: str, data: Mapping[str, Any], run: object) -> None:
    """Tell integrators, and have colleagues found whom it concerns."""
    entry_is_told(event=event, target=target, data=data, run=run)
    if is_set():
        about = data.get("question") or target.partition(":")[2]  # the same person may be asked twice
        work_add(handler=FIND_READERS, subject=f"{NEWS[event]}:{about}", queue=OUTSIDE_QUEUE)
