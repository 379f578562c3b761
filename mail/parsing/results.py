"""What reading a message gives: frozen values that travel as JSON from the child process to the worker.

Texts hold no NUL and no lone surrogate, so that PostgreSQL takes them as they are. Offsets count characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Flag(StrEnum):
    """What a reader and a workflow should know about a message before trusting or answering it."""

    AUTO_SUBMITTED = "auto_submitted"  # a machine wrote it: Auto-Submitted, a vacation notice, a no-reply robot
    BULK = "bulk"  # a list or a mass mailing: Precedence, List-*
    BOUNCE = "bounce"  # a delivery report, or mail with a null return path
    OWN_ADDRESS = "own_address"  # from an inbound address of this tenant, a colleague's answer, or our own mail
    ECHO = "echo"  # one of our own replies that has come back
    SUSPICIOUS = "suspicious"  # the sender is probably not who the From says, or a part of it deceives
    HIDDEN_TEXT = "hidden_text"  # text that a person would not have seen was taken out
    REMOTE_CONTENT = "remote_content"  # images or styles that would have been loaded from elsewhere were removed
    DANGEROUS_ATTACHMENT = "dangerous_attachment"  # an attachment that could run; its name was made harmless
    TRUNCATED = "truncated"  # a limit was met: something of the message is only in the raw bytes
    INCOMPLETE = "incomplete"  # a later stage of reading failed or ran out of time
    UNREADABLE = "unreadable"  # no text could be read; only the raw bytes tell
    ERASED = "erased"  # its customer was erased, and with them what it said and whom it names


class Verdict(StrEnum):
    """One answer of sender authentication. `unknown`: not checked, no DNS, or out of time; never `pass`."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NONE = "none"
    UNKNOWN = "unknown"


class RangeKind(StrEnum):
    QUOTE = "quote"
    INLINE_QUOTE = "inline_quote"  # answered in place: it stays in the new text
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Address:
    email: str
    name: str = ""


@dataclass(frozen=True)
class ParsedAttachment:
    name: str
    content_type: str
    size: int
    sha256: str
    content: str  # base64
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class TextRange:
    """Characters `start` (inclusive) to `end` (exclusive) of the whole text."""

    start: int
    end: int
    kind: RangeKind


@dataclass(frozen=True)
class Auth:
    """Verdicts on who wrote a message. `domain` is the DKIM domain aligned with From that passed, else empty."""

    spf: Verdict = Verdict.UNKNOWN
    dkim: Verdict = Verdict.UNKNOWN
    dmarc: Verdict = Verdict.UNKNOWN
    domain: str = ""


@dataclass(frozen=True)
class Head:
    """What the header says. `sent_at` is the sender's own claim; None where missing or senseless.

    `passed_on`: another address than the author's stands in the From, so that what proves the From proves no author.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    from_: Address = Address("")
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    flags: tuple[Flag, ...] = ()
    passed_on: bool = False


@dataclass(frozen=True)
class Body:
    """The whole text as a model may see it, the HTML made safe, and what was taken out of both."""

    text: str = ""
    html: str = ""
    hidden_text: str = ""
    attachments: tuple[ParsedAttachment, ...] = ()
    flags: tuple[Flag, ...] = ()
    remote_images: int = 0


@dataclass(frozen=True)
class NewText:
    """What the sender wrote now: the whole text without its quotes. Signatures are marked, and kept."""

    text: str
    ranges: tuple[TextRange, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """All of a message that could be read within the limits. `error` says in one line what could not."""

    head: Head
    body: Body
    new_text: NewText
    auth: Auth
    flags: tuple[Flag, ...]
    error: str = ""

    @property
    def unreadable(self) -> bool:
        return Flag.UNREADABLE in self.flags

    @property
    def automatic(self) -> bool:
        """No person waits for an answer to it."""
        return bool({Flag.AUTO_SUBMITTED, Flag.BULK, Flag.BOUNCE} & set(self.flags))
