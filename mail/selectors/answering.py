"""Whom a reply written by hand goes to: chosen from the conversation, never typed."""

from dataclasses import dataclass
from uuid import UUID

from mail.conversations import own_address
from mail.models import Direction, Message
from mail.parsing.results import Address, Flag
from mail.selectors.messages import MessageView, heard, view_of
from tenants.selectors import own_addresses


@dataclass(frozen=True)
class Answering:
    """The message to answer, where the answer goes, and who else takes part and may have a copy."""

    message: MessageView
    to: Address
    others: tuple[Address, ...]


def answering_of(thread_id: UUID | str) -> Answering | None:
    """What an answer to this conversation answers; None where there is nobody to answer.

    Never an address of the tenant's own, whatever a Reply-To says: mail to ourselves would come back for ever.
    """
    own = own_addresses()
    asked = heard().exclude(flags__contains=[str(Flag.OWN_ADDRESS)]).filter(thread_id=thread_id).order_by("-pk").first()
    if asked is None:
        return None
    message = view_of(asked)
    to = next(
        (a for a in (*message.reply_to, Address(message.from_email, message.from_name)) if _outside(a, own)), None
    )
    if to is None:
        return None
    others = {a.email.lower(): a for a in reversed(_parties(thread_id)) if _outside(a, own)}
    others.pop(to.email.lower(), None)
    return Answering(message, to, tuple(sorted(others.values(), key=lambda a: a.email)))


def _outside(address: Address, own: set[str]) -> bool:
    return bool(address.email) and not own_address(address.email, own)


def _parties(thread_id: UUID | str) -> list[Address]:
    """Everybody whom the conversation names, in either direction."""
    rows = Message.objects.filter(thread_id=thread_id).order_by("pk")
    found: list[Address] = []
    for row in rows.values("direction", "from_email", "from_name", "to", "cc", "reply_to"):
        if row["direction"] == Direction.IN:
            found.append(Address(row["from_email"], row["from_name"]))
        named = (*row["to"], *row["cc"], *(row["reply_to"] if row["direction"] == Direction.IN else ()))
        found += [Address(address["email"], address["name"]) for address in named]
    return found
