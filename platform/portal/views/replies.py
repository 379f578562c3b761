"""The replies that runs send, as pages speak of them."""

from collections.abc import Iterable

from mail.selectors import Brief, MessageView, brief
from workflows.selectors import EffectView


def run_of(reply: MessageView) -> str:
    """The id of the run that sends a reply; empty for one that a person wrote by hand."""
    return reply.run_id


def reply_of(effects: Iterable[EffectView]) -> Brief | None:
    """The newest reply among what was carried out; None while there is none."""
    written = [effect.outcome["message"] for effect in effects if "message" in effect.outcome]
    return brief(written[-1]) if written else None
