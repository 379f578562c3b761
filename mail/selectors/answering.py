"""Whom a reply written by hand goes to: chosen from the conversation, never typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mail.conversations import own_address
from mail.models import Direction
from mail.parsing.results import Address, Flag
from mail.selectors.messages import MAX_PAGE, MessageView, message_list
from tenants.selectors import own_addresses


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


def answering_of(thread_id: UUID | str, messages: Sequence[MessageView] = ()) -> Answering | None:
    """What an answer to this conversation answers; None where there is nobody to answer.

    `messages`: its latest, newest first, where they have been read already. Never an address of the tenant's own,
    whatever a Reply-To says: mail to ourselves would come back for ever.
    """
    messages = messages or message_list(thread_id=thread_id, limit=MAX_PAGE).items
    asked = next((message for message in messages if _asks(message)), None)
    if asked is None:
        return None
    own = own_addresses()
    to = next((a for a in (*asked.reply_to, _sender(asked)) if _outside(a, own)), None)
    if to is None:
        return None
    others = {a.email.lower(): a for message in messages for a in _parties(message) if _outside(a, own)}
    others.pop(to.email.lower(), None)
    return Answering(
        message=asked.id,
        subject=asked.subject or "Your enquiry",
        suspicious=Flag.SUSPICIOUS in asked.flags,
        to=to,
        others=tuple(sorted(others.values(), key=lambda address: address.email)),
    )


def _asks(message: MessageView) -> bool:
    return message.direction == Direction.IN and not message.automatic and Flag.OWN_ADDRESS not in message.flags


def _outside(address: Address, own: set[str]) -> bool:
    return bool(address.email) and not own_address(address.email, own)


def _parties(message: MessageView) -> tuple[Address, ...]:
    """Everybody whom a message names; of ours, whom it went to."""
    if message.direction == Direction.OUT:
        return (*message.to, *message.cc)
    return (_sender(message), *message.reply_to, *message.to, *message.cc)


def _sender(message: MessageView) -> Address:
    return Address(message.from_email, message.from_name)
