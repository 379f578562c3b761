"""The door of mail: receiving, storing what was read, replying, taking care of conversations."""

from mail.services.by_hand import reply_take_back, reply_write
from mail.services.receiving import Received, arrivals_wait, message_receive
from mail.services.replying import (
    annotate,
    replies_stop,
    reply_prepare,
    reply_rewritten,
    reply_sender,
    reply_sending,
    reply_settle,
    reply_stop,
    reply_subject,
    reply_text,
)
from mail.services.storing import message_store
from mail.services.threads import note_add, thread_assign, thread_give_back, thread_silent, thread_take_over
from mail.services.transmitting import Outcome, reply_transmit

__all__ = [
    "Outcome",
    "Received",
    "annotate",
    "arrivals_wait",
    "message_receive",
    "message_store",
    "note_add",
    "replies_stop",
    "reply_prepare",
    "reply_rewritten",
    "reply_sender",
    "reply_sending",
    "reply_settle",
    "reply_stop",
    "reply_subject",
    "reply_take_back",
    "reply_text",
    "reply_transmit",
    "reply_write",
    "thread_assign",
    "thread_give_back",
    "thread_silent",
    "thread_take_over",
]
