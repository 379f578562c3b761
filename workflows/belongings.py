"""What runs and mail belong to, as the ledger is asked for everything about a record."""

from uuid import UUID

from audit.related import MOST, belongings
from crm.selectors import contact_view
from mail.errors import NoSuchMessage
from mail.selectors import MessageView, message_list, message_view
from workflows.models import Effect, Run

# Of a customer, the newest so many messages.
MESSAGES = 200


@belongings("contact")
def mail_of_contact(contact: UUID) -> list[str]:
    """What a customer wrote from their address, their conversations, and the runs in these."""
    known = contact_view(contact)
    if known is None or not known.email:
        return []
    return _conversations(message_list(sender=known.email, limit=MESSAGES).items)


@belongings("thread")
def mail_of_thread(thread: UUID) -> list[str]:
    """The messages of a conversation and the runs in it."""
    return _conversations(message_list(thread_id=thread, limit=MESSAGES).items)


@belongings("message")
def run_of_message(message: UUID) -> list[str]:
    """The run that works on a message, or that wrote it."""
    try:
        run = message_view(message).run_id
    except NoSuchMessage:
        return []
    return [f"run:{run}"] if run else []


@belongings("approval")
def effects_of_approval(approval: UUID) -> list[str]:
    """What a proposal let happen."""
    effects = Effect.objects.filter(approval=approval).order_by("-pk").values_list("pk", flat=True)
    return [f"effect:{effect}" for effect in effects[:MOST]]


def _conversations(messages: tuple[MessageView, ...]) -> list[str]:
    threads = {str(message.thread) for message in messages if message.thread}
    runs = Run.objects.filter(thread__in=threads).order_by("-pk").values_list("pk", flat=True)
    return [
        *(f"message:{message.id}" for message in messages),
        *(f"thread:{thread}" for thread in sorted(threads)),
        *(f"run:{run}" for run in runs[:MOST]),
    ]
