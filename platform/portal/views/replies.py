"""The replies that runs send, as pages speak of them."""

from datetime import datetime

from mail.selectors import MessageView, message_view, outbox
from workflows.selectors import run_get


def run_of(reply: MessageView) -> str:
    """The id of the run that sends a reply; empty for one that a person wrote by hand."""
    return reply.run_id


def held_replies() -> dict[str, datetime]:
    """When the held replies leave, by run."""
    return {run_of(reply): reply.release_at for reply in outbox(status="held").items if reply.release_at}


def reply_of(run: object) -> MessageView | None:
    """The newest reply of a run; None while it has none."""
    found = run_get(str(run))
    written = [effect.outcome["message"] for effect in found.effects if "message" in effect.outcome] if found else []
    return message_view(written[-1]) if written else None
