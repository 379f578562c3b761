"""The list of conversations: who, about what, and how it stands in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.selectors import WAITING, approvals
from mail.parsing.results import Flag
from mail.selectors import ThreadRow
from workflows.selectors import RunStatus, runs

AT_WORK = (RunStatus.QUEUED, RunStatus.RUNNING)
AUTOMATIC = {Flag.AUTO_SUBMITTED, Flag.BULK, Flag.BOUNCE, Flag.ECHO}


@dataclass(frozen=True)
class Tag:
    """How a conversation stands; `until`: a countdown follows the words. `moves`: it changes by itself."""

    words: str
    icon: str
    tone: str = ""
    until: datetime | None = None
    moves: bool = False


@dataclass(frozen=True)
class Row:
    """A conversation in the list; `waits`: a person should look."""

    id: UUID
    customer: str
    subject: str
    beginning: str
    ours: bool
    at: datetime
    waits: bool
    tags: list[Tag]
    assignee: str


def rows_of_threads(found: Sequence[ThreadRow]) -> list[Row]:
    """The rows of a page, in two more queries whatever their number."""
    ids = [str(row.thread.id) for row in found]
    drafted = set(approvals().filter(thread__in=ids, status__in=WAITING).values_list("thread", flat=True))
    at_work = set(runs().filter(thread__in=ids, status__in=AT_WORK).values_list("thread", flat=True))
    return [_row(row, str(row.thread.id) in drafted, str(row.thread.id) in at_work) for row in found]


def _row(row: ThreadRow, drafted: bool, at_work: bool) -> Row:
    customer = row.customer
    return Row(
        id=row.thread.id,
        customer=(customer.name or customer.email if customer else "") or "Unknown sender",
        subject=row.thread.subject or "(no subject)",
        beginning=row.beginning,
        ours=row.beginning_is_ours,
        at=row.thread.last_message_at,
        waits=row.thread.unanswered_since is not None,
        tags=tags_of(row, drafted=drafted, at_work=at_work),
        assignee=row.thread.assignee.name if row.thread.assignee else "",
    )


def tags_of(row: ThreadRow, *, drafted: bool, at_work: bool) -> list[Tag]:
    """How it stands, what waits for a person first."""
    tags = []
    if row.thread.taken_over_by:
        tags.append(Tag(f"Taken over by {row.thread.taken_over_by}", "user"))
    state = _state(row, drafted=drafted, at_work=at_work)
    if state:
        tags.append(state)
    if Flag.SUSPICIOUS in row.flags:
        tags.append(Tag("Sender not proved", "shield-alert", "danger"))
    if Flag.UNREADABLE in row.flags:
        tags.append(Tag("Unreadable", "circle-x", "danger"))
    return tags


def _state(row: ThreadRow, *, drafted: bool, at_work: bool) -> Tag | None:
    reply = row.reply
    if reply and reply.status == "held":
        return Tag("Held, leaves in", "hourglass", "accent", until=reply.release_at, moves=True)
    if reply and reply.status == "sending":
        return Tag("Being sent", "send", "accent", moves=True)
    if drafted:
        return Tag("Draft waits for a person", "circle-alert", "accent")
    if reply and row.thread.unanswered_since and reply.status == "unknown":
        return Tag("Unknown whether the reply left", "message-circle-question-mark", "danger")
    if reply and row.thread.unanswered_since and reply.status == "failed":
        return Tag("The reply failed", "circle-x", "danger")
    if at_work:
        return Tag("Being worked on", "loader-circle", "accent", moves=True)
    if row.thread.unanswered_since:
        return Tag("Waits for a person", "circle-alert", "accent")
    if reply:
        return Tag("Answered, not delivered" if reply.status == "kept" else "Answered", "check")
    return Tag("Automatic mail", "circle-minus") if AUTOMATIC & set(row.flags) else None
