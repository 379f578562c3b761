"""Limits of what is read of one message, and the policy that holds them while the stdlib parses.

They are far above honest mail and far below what makes the standard library slow or recurse: a header of 120 KB
takes it seconds, 2,000 nested parts exceed the stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Any

MESSAGE_BYTES = 35 * 1024 * 1024
HEADER_CHARS = 16_384  # one header, unfolded
HEADER_COUNT = 2_000  # of the message and all its parts
ADDRESSES = 200  # in one header
REFERENCES = 100
ID_CHARS = 500  # a Message-ID
SUBJECT_CHARS = 1_000
NAME_CHARS = 200
ADDRESS_CHARS = 320
PARTS = 300
DEPTH = 20
TEXT_CHARS = 500_000
HTML_CHARS = 1_000_000
HIDDEN_CHARS = 20_000
ATTACHMENTS = 100
ATTACHMENT_BYTES = 50 * 1024 * 1024  # all of them, decoded
NEW_TEXT_CHARS = 100_000  # searched for quotes; what follows counts as new


@dataclass
class Meter:
    """Counts headers, and remembers whether a limit was met."""

    headers: int = 0
    exceeded: bool = False


def message_read(raw: bytes) -> tuple[Message[str, str], Meter]:
    """Parse `raw` within the header limits. Raises RecursionError when its parts are nested too deep."""
    meter = Meter(exceeded=len(raw) > MESSAGE_BYTES)

    class Capped(Compat32):
        """Keeps header values raw, cuts those that are too long and drops those beyond the count."""

        def header_source_parse(self, sourcelines: Any) -> tuple[str, str]:
            name, value = super().header_source_parse(sourcelines)
            meter.headers += 1
            if len(value) > HEADER_CHARS:
                meter.exceeded = True
                value = value[:HEADER_CHARS]
            if meter.headers > HEADER_COUNT:
                meter.exceeded = True
                return "X-Over-Limit", ""
            return name, value

    return message_from_bytes(raw[:MESSAGE_BYTES], policy=Capped()), meter
