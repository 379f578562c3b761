"""The header of a message: who, to whom, about what, in answer to what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from . import caps
from .addresses import addresses, author, claims_another_address, email_clean, same
from .automatic import head_flags
from .decode import clean, header_text
from .results import Address, Flag, Head

_ID = re.compile(r"<[^<>\s]{1,998}>")


def head_read(message: Message[str, str], *, envelope_from: str | None) -> Head:
    """Read the header of a parsed message. `envelope_from`: "" for the null return path, None when not known."""
    raw = _first_values(message)

    def header(name: str) -> str:
        return header_text(raw.get(name.lower(), ""))

    from_ = addresses(raw.get("from", ""))
    reply_to = addresses(raw.get("reply-to", ""))
    sender = author(from_, addresses(raw.get("x-original-from", "") or raw.get("x-original-sender", "")), reply_to)
    flags: set[Flag] = set()
    if not sender.email:
        sender = next(iter(addresses(raw.get("sender", ""))), Address(email_clean(envelope_from or "")))
        flags.add(Flag.SUSPICIOUS)
    if claims_another_address(sender) or len(message.get_all("From") or []) > 1:
        flags.add(Flag.SUSPICIOUS)
    subject = header("Subject")[: caps.SUBJECT_CHARS]
    flags |= head_flags(header, envelope_from=envelope_from, sender=from_[0] if from_ else sender, subject=subject)
    return Head(
        message_id=_id(raw.get("message-id", "")),
        in_reply_to=_id(raw.get("in-reply-to", "")),
        references=ids(raw.get("references", "")),
        from_=sender,
        to=addresses(raw.get("to", "")),
        cc=addresses(raw.get("cc", "")),
        reply_to=reply_to,
        subject=subject,
        sent_at=_date(raw.get("date", "")),
        flags=tuple(sorted(flags)),
        passed_on=bool(from_) and not same(sender.email, from_[0].email),
    )


def _first_values(message: Message[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in message.raw_items():
        values.setdefault(name.lower(), str(value))
    return values


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a References header, oldest first, whatever separates them; the newest ones of too many."""
    found = dict.fromkeys(match[: caps.ID_CHARS] for match in _ID.findall(clean(value)))
    return tuple(found)[-caps.REFERENCES :]


def _id(value: str) -> str:
    """One message id with its angle brackets; a bare word is taken for one, `<>` is none."""
    value = clean(value)
    match = _ID.search(value)
    if match:
        return match[0][: caps.ID_CHARS]
    word = value.strip().strip("<>").split()
    return f"<{word[0][: caps.ID_CHARS - 2]}>" if len(word) == 1 else ""


def _date(value: str) -> datetime | None:
    try:
        sent_at = parsedate_to_datetime(" ".join(value.split())[:100])
        sent_at = sent_at.replace(tzinfo=UTC) if sent_at.tzinfo is None else sent_at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent_at if 1970 <= sent_at.year <= 2100 else None
