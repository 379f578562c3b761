"""Whom a reply written by hand goes to: chosen from the conversation, never typed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mail.conversations import own_address
from mail.models import Direction, Message
from mail.parsing.results import Address, Flag
from mail.selectors.messages import AUTOMATIC
from tenants.selectors import own_addresses

_NOBODY = {str(flag) for flag in (*AUTOMATIC, Flag.OWN_ADDRESS)}

_NAMES = ("from_email", "from_name", "to", "cc", "reply_to")


@dataclass(frozen=True)
class Answering:
    """The message to answer, where the answer goes, and who else takes part and may have a copy.

    `suspicious`: that message is probably not from who it says.
    """

    message: UUID
    subject: str
    suspicious: bool
    to: Address
    others: tuple[Address, ...]


def answering_of(thread_id: UUID | str) -> Answering | None:
    """What an answer to this conversation answers; None where there is nobody to answer.

    Never an address of the tenant's own, whatever a Reply-To says: mail to ourselves would come back for ever.
    """
    names = (
        "pk",
        "direction",
        "flags",
        "subject",
        "thread__subject",
        "from_email",
        "from_name",
        "to",
        "cc",
        "reply_to",
    )
    messages = list(Message.objects.filter(thread_id=thread_id).order_by("-pk").values(*names))
    asked = next((m for m in messages if m["direction"] == Direction.IN and not _NOBODY & set(m["flags"])), None)
    if asked is None:
        return None
    own = own_addresses()
    to = next((a for a in (*_addresses(asked["reply_to"]), _sender(asked)) if _outside(a, own)), None)
    if to is None:
        return None
    others = {a.email.lower(): a for message in messages for a in reversed(_parties(message)) if _outside(a, own)}
    others.pop(to.email.lower(), None)
    return Answering(
        message=asked["pk"],
        subject=asked["subject"] or asked["thread__subject"] or "Your enquiry",
        suspicious=Flag.SUSPICIOUS in asked["flags"],
        to=to,
        others=tuple(sorted(others.values(), key=lambda address: address.email)),
    )


def _outside(address: Address, own: set[str]) -> bool:
    return bool(address.email) and not own_address(address.email, own)


def _parties(message: dict[str, Any]) -> list[Address]:
    """Everybody whom a message names; of ours, whom it went to."""
    named = [*_addresses(message["to"]), *_addresses(message["cc"])]
    if message["direction"] == Direction.OUT:
        return named
    return [_sender(message), *_addresses(message["reply_to"]), *named]


def _sender(message: dict[str, Any]) -> Address:
    return Address(message["from_email"], message["from_name"])


def _addresses(stored: list[dict[str, str]]) -> list[Address]:
    return [Address(address["email"], address["name"]) for address in stored]
