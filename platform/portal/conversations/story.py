"""One conversation: its messages and notes in their order, and what may be done in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from approvals.selectors import WAITING, ApprovalView, approvals, view_of
from mail.parsing.results import Flag, RangeKind
from mail.selectors import AttachmentView, MessageView, NoteView, message_list, notes_of_thread
from portal.proposals.evidence import Sender, sender_of
from portal.proposals.reply import Reply
from portal.proposals.reply import reply_of as reply_in
from portal.wording import size

PAGE = 50
# What a page shows of a text unfolded; the rest is a click away.
SHOWN_CHARS = 8_000
STATUS = {
    "held": ("Held, leaves in", "hourglass", "accent"),
    "sending": ("Being sent", "send", "accent"),
    "sent": ("Sent", "check", ""),
    "kept": ("Kept, not delivered: no outgoing mail server is set up", "circle-minus", "warn"),
    "stopped": ("Stopped, it never left", "circle-minus", ""),
    "unknown": ("Nobody knows whether it left: it is never sent twice by itself", "circle-alert", "danger"),
    "failed": ("Failed, it did not leave", "circle-x", "danger"),
}
WARNINGS = {
    Flag.SUSPICIOUS: "This may not be from who it says. Do not open links or attachments that you did not expect.",
    Flag.DANGEROUS_ATTACHMENT: "An attachment could run as a program. Its name was made harmless.",
    Flag.TRUNCATED: "This email is larger than what is shown here.",
    Flag.INCOMPLETE: "Not all of this email could be read.",
}
AUTOMATIC = {
    Flag.AUTO_SUBMITTED: "Automatic mail",
    Flag.BULK: "Mailing list",
    Flag.BOUNCE: "Delivery report",
    Flag.OWN_ADDRESS: "From an own address",
    Flag.ECHO: "Our own reply, come back",
}


@dataclass(frozen=True)
class Segment:
    """A piece of a text; `folded`: the words that open it, "" where it is open."""

    text: str
    folded: str = ""


@dataclass(frozen=True)
class Attached:
    """An attachment as it is listed."""

    id: UUID
    name: str
    size: str


@dataclass(frozen=True)
class Item:
    """A message as the page shows it."""

    message: MessageView
    ours: bool
    who: str
    address: str
    at: datetime
    sender: Sender | None
    origin: str
    segments: list[Segment]
    attachments: list[Attached]
    warnings: list[str]
    labels: list[str]
    words: str
    icon: str
    tone: str
    held_until: datetime | None
    moves: bool
    kind: Literal["message"] = "message"


@dataclass(frozen=True)
class Remark:
    """A note as the page shows it."""

    note: NoteView
    at: datetime
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Draft:
    """A proposed reply that waits for a person."""

    approval: UUID
    reply: Reply
    stale: bool
    expires_at: datetime


@dataclass(frozen=True)
class Story:
    """Oldest first; `older` is where earlier messages begin. `messages` are those shown, newest first."""

    items: list[Item | Remark]
    draft: Draft | None
    older: UUID | None
    messages: tuple[MessageView, ...]


def story_of(thread: UUID, *, before: UUID | None) -> Story:
    """The messages of a conversation, at most a page of them, with the notes left meanwhile."""
    page = message_list(thread_id=thread, before=before, limit=PAGE)
    messages = list(reversed(page.items))
    sent_by = {message.run_id for message in messages if message.direction == "out" and message.run_id}
    decided = {str(found.run): view_of(found) for found in approvals().filter(run__in=sent_by)} if sent_by else {}
    items: list[Item | Remark] = [item_of(message, decided) for message in messages]
    # Ids of notes and messages are of one order in time: a note stands on the page whose ids include its own.
    begins = messages[0].id if messages and page.older else None
    items += [
        Remark(note, note.created_at)
        for note in notes_of_thread(thread)
        if (begins is None or note.id >= begins) and (before is None or note.id < before)
    ]
    draft = None if before else _draft(thread)
    return Story(sorted(items, key=lambda item: item.at), draft, page.older, page.items)


def _draft(thread: UUID) -> Draft | None:
    waiting = approvals().prefetch_related(None).filter(thread=str(thread), status__in=WAITING)
    for approval in waiting:
        reply = reply_in(approval.document, None)
        if reply:
            return Draft(approval.pk, reply, approval.status == "stale", approval.expires_at)
    return None


def item_of(message: MessageView, decided: Mapping[str, ApprovalView]) -> Item:
    """One message with everything said about it in words."""
    ours = message.direction == "out"
    words, icon, tone = STATUS.get(message.status, ("", "", "")) if ours else ("", "", "")
    auth = {"dmarc": message.auth.dmarc, "dkim": message.auth.dkim, "spf": message.auth.spf}
    return Item(
        message=message,
        ours=ours,
        who=message.from_name or message.from_email or "Unknown sender",
        address=message.from_email if message.from_name else "",
        at=message.received_at or message.sent_at or message.created_at,
        sender=None if ours else sender_of(auth),
        origin=_origin(message, decided) if ours else "",
        segments=segments_of(message),
        attachments=[_attached(found) for found in message.attachments],
        warnings=[words for flag, words in WARNINGS.items() if flag in message.flags],
        labels=[words for flag, words in AUTOMATIC.items() if flag in message.flags],
        words=words,
        icon=icon,
        tone=tone,
        held_until=message.release_at if message.status == "held" else None,
        moves=message.status in ("held", "sending"),
    )


def _attached(found: AttachmentView) -> Attached:
    return Attached(found.id, found.name or "unnamed", size(found.size))


def _origin(message: MessageView, decided: Mapping[str, ApprovalView]) -> str:
    if message.author:
        return f"Written by {message.author}"
    approval = decided.get(message.run_id)
    names = [decision.name for decision in approval.decisions if decision.decision == "approve"] if approval else []
    return f"Drafted, approved by {' and '.join(names)}" if names else "Drafted, sent by policy"


def segments_of(message: MessageView) -> list[Segment]:
    """The text with what it quotes folded, in its order."""
    text, at = message.text, 0
    found: list[Segment] = []
    for quote in sorted(message.quotes, key=lambda quote: quote.start):
        if quote.kind != RangeKind.QUOTE or quote.start < at:
            continue
        found += _open(text[at : quote.start])
        quoted = text[quote.start : quote.end].strip("\n")
        lines = quoted.count("\n") + 1
        found.append(Segment(quoted, f"{lines} quoted {'line' if lines == 1 else 'lines'}"))
        at = quote.end
    return found + _open(text[at:])


def _open(text: str) -> list[Segment]:
    text = text.strip("\n")
    if not text.strip():
        return []
    if len(text) <= SHOWN_CHARS:
        return [Segment(text)]
    rest = text[SHOWN_CHARS:]
    return [Segment(text[:SHOWN_CHARS]), Segment(rest, f"The rest, {len(rest):,} characters")]
