"""The door of mail: receiving, storing what was read, replying."""

from mail.services.receiving import Received, message_receive
from mail.services.replying import (
    annotate,
    reply_prepare,
    reply_sending,
    reply_settle,
    reply_stop,
    reply_subject,
    reply_text,
)
from mail.services.storing import message_store
from mail.services.transmitting import Outcome, reply_transmit

__all__ = [
    "Outcome",
    "Received",
    "annotate",
    "message_receive",
    "message_store",
    "reply_prepare",
    "reply_sending",
    "reply_settle",
    "reply_stop",
    "reply_subject",
    "reply_text",
    "reply_transmit",
]
