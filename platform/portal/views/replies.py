"""The replies that runs send, as pages speak of them."""

from mail.selectors import MessageView, message_view
from workflows.selectors import run_get


def run_of(reply: MessageView) -> str:
    """The id of the run that sends a reply; empty for one that a person wrote by hand."""
    return reply.run_id


def reply_of(run: object) -> MessageView | None:
    """The newest reply of a run; None while it has none."""
    found = run_get(str(run))
    written = [effect.outcome["message"] for effect in found.effects if "message" in effect.outcome] if found else []
    return message_view(written[-1]) if written else None
