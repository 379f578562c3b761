"""Which conversation a message belongs to.

By our own token in the address it came to, by In-Reply-To, by References from the newest; and only when its sender,
and whoever its answer goes to, take part in that conversation already, or it is a colleague who answers somebody who
does. The subject alone never decides: strangers could put themselves into a conversation with it, and with a From that
is not theirs and a Reply-To that is they could have its answers sent to them.
"""

from datetime import datetime

from django.conf import settings

from accounts.selectors import is_colleague
from mail.models import Direction, Message, Thread
from mail.parsing.addresses import same
from mail.parsing.results import Address, Head
from tenants.selectors import current, own_addresses

_TAG = "t"  # a tag that begins with it names a conversation; others are the workflow's


def thread_for(head: Head, *, tag: str, bounce: bool, believed: bool, at: datetime) -> Thread:
    """The conversation of a received message: a known one, or a new one. Its latest time is set to `at`.

    `believed`: nothing says that it comes from somebody else than it claims.
    """
    for thread in _candidates(head, tag):
        # A delivery report comes from no party; what proves it is our token or the id of our own message.
        if bounce or _are_parties(thread, head) or (believed and is_colleagues_answer(thread, head)):
            Thread.objects.filter(pk=thread.pk, last_message_at__lt=at).update(last_message_at=at)
            return thread
    return Thread.objects.create(subject=head.subject, last_message_at=at)


def _candidates(head: Head, tag: str) -> list[Thread]:
    tokens = [tag, *(_tag_of(address) for address in (*head.to, *head.cc))]
    found = [
        Thread.objects.filter(token=token.removeprefix(_TAG)).first() for token in tokens if token.startswith(_TAG)
    ]
    ids = list(dict.fromkeys([head.in_reply_to, *reversed(head.references)]))
    known = Message.objects.filter(message_id__in=[i for i in ids if i], thread__isnull=False).select_related("thread")
    by_id = {message.message_id: message.thread for message in known.only("message_id", "thread")}
    found += [by_id.get(i) for i in ids]
    return list(dict.fromkeys(thread for thread in found if thread is not None))


def _tag_of(address: Address) -> str:
    local, _, domain = address.email.lower().rpartition("@")
    return local.partition("+")[2] if domain == settings.COUNTERSIGN.inbound_domain else ""


def _are_parties(thread: Thread, head: Head) -> bool:
    """Whether who wrote it and whom an answer goes to take part already."""
    return _is_party(thread, head.from_) and all(_is_party(thread, address) for address in head.reply_to[:1])


def _is_party(thread: Thread, sender: Address) -> bool:
    if not sender.email:
        return False
    for message in thread.messages.only("from_email", "to", "cc", "reply_to"):
        if same(message.from_email, sender.email):
            return True
        if any(same(address["email"], sender.email) for address in (*message.to, *message.cc, *message.reply_to)):
            return True
    return False


def is_colleagues_answer(thread: Thread, head: Head) -> bool:
    """Whether a colleague wrote it from their own mail client, to somebody else of the conversation.

    A colleague who writes to the inbound address alone is treated as anybody who writes there.
    """
    if not is_colleague(head.from_.email):
        return False
    own = own_addresses()
    others = (a for a in (*head.to, *head.cc) if not same(a.email, head.from_.email) and not own_address(a.email, own))
    return any(_is_party(thread, other) and not is_colleague(other.email) for other in others)


def is_forged_colleague(thread: Thread, head: Head) -> bool:
    """Whether what is not believed claims to be a colleague's, in a conversation that is there already."""
    return is_colleague(head.from_.email) and thread.messages.exists()


def is_echo(head: Head) -> bool:
    """Whether a received message is one of our own replies, come back."""
    known = Message.objects.filter(direction=Direction.OUT, message_id=head.message_id)
    return bool(head.message_id) and known.exists()


def own_address(email: str, own: set[str]) -> bool:
    """Whether `email` is one of the tenant's `own` addresses, whatever stands behind its +."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in own


def thread_address(thread: Thread) -> str:
    """The address that leads an answer back into this conversation: `<local>+t<token>@<domain>`."""
    local, _, domain = current().inbound_address.rpartition("@")
    return f"{local}+{_TAG}{thread.token}@{domain}"
