"""What a recipient and a message are answered, apart from any protocol."""

from dataclasses import dataclass
from enum import Enum

from mail.errors import NotAMessage
from mail.parsing.glance import received_headers
from mail.services import message_receive
from tenants.selectors import AddressHit, address_lookup, tenant_context

MAX_HOPS = 50
ACTIVE = "active"


class Refusal(Enum):
    """Why a recipient is refused: for good, or for now."""

    UNKNOWN = "550 5.1.1 There is no such address here"
    SUSPENDED = "450 4.2.1 This mailbox is suspended for now"


class RecipientRefused(Exception):
    """Mail for an address is not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class MailLoop(Exception):
    """The message has made so many hops that it goes round in circles."""


@dataclass(frozen=True)
class Envelope:
    """How a message came. `sender` "": the null return path."""

    sender: str
    recipients: tuple[str, ...]
    peer: str
    helo: str = ""


def recipient_check(address: str) -> AddressHit:
    """The tenant that takes mail for `address`; raises RecipientRefused."""
    hit = address_lookup(address)
    if hit is None:
        raise RecipientRefused(Refusal.UNKNOWN)
    if hit.status != ACTIVE:
        raise RecipientRefused(Refusal.SUSPENDED)
    return hit


def deliver(raw: bytes, envelope: Envelope) -> list[str]:
    """Store a message for each of its recipients; their message ids. All is committed when this returns.

    When it fails half-way the sender has to try again: what was stored is not stored twice. Raises RecipientRefused
    (a tenant suspended meanwhile), MailLoop, NotAMessage.
    """
    if received_headers(raw) > MAX_HOPS:
        raise MailLoop(f"more than {MAX_HOPS} hops")
    if not raw.strip():
        raise NotAMessage("the message is empty")
    hits = [(address, recipient_check(address)) for address in dict.fromkeys(envelope.recipients)]
    stored = []
    for address, hit in hits:
        with tenant_context(hit.schema):
            received = message_receive(
                raw=raw, envelope_from=envelope.sender, recipient=address, peer=envelope.peer, helo=envelope.helo
            )
        stored.append(str(received.id))
    return stored
