"""Whose the texts of mail are: the customer's, also what we wrote to them and what colleagues noted about them."""

import re

from django.db.models import Q
from uuid_utils.compat import uuid7

from audit.erasing import CUSTOMER, Personal, Subject, declare, nothing, shape
from mail.models import Attachment, Message, Note, RawMessage, Thread, thread_token
from mail.parsing.results import Flag

GONE = Personal("customer", nothing)


def _messages(subject: Subject) -> Q:
    return Q(thread__in=subject.threads) | Q(pk__in=subject.messages)


def _of_messages(subject: Subject) -> Q:
    return Q(message__thread__in=subject.threads) | Q(message__in=subject.messages)


def _marked(flags: list[str]) -> list[str]:
    return sorted({*flags, Flag.ERASED})


def _another_key(key: str) -> str:
    return key if key.startswith("erased:") else f"erased:{uuid7()}"


def _another_token(token: str) -> str:
    """No answer finds back into what was erased."""
    return token if token.startswith("erased") else f"erased{thread_token()}"


def _ours(message_id: str) -> str:
    """Of a reply the id that we made; a customer's may name them."""
    return message_id if re.fullmatch(r"<[0-9a-f]{40}@[^@<>]+>", message_id) else ""


declare(
    Thread,
    {"subject": CUSTOMER, "token": Personal("customer", _another_token)},
    customer=lambda subject: Q(pk__in=subject.threads),
    also=lambda: {"unanswered_since": None},
)
declare(
    Message,
    {
        "message_id": Personal("customer", _ours),
        "in_reply_to": GONE,
        "references": GONE,
        "from_email": GONE,
        "from_name": CUSTOMER,
        "to": GONE,
        "cc": GONE,
        "reply_to": GONE,
        "subject": CUSTOMER,
        "text": CUSTOMER,
        "new_text": CUSTOMER,
        "quotes": GONE,
        "html": GONE,
        "hidden_text": GONE,
        "auth": Personal("customer", shape("spf", "dkim", "dmarc")),
        "flags": Personal("customer", _marked),
        "error": CUSTOMER,
        "intent": "one of the intents that a model chooses from",
        "run_id": "an id",
        "effect_key": "made of ids",
    },
    customer=_messages,
)
declare(Note, {"text": CUSTOMER}, customer=lambda subject: Q(thread__in=subject.threads))
declare(
    RawMessage,
    {
        "recipient": "the tenant's own address",
        "tag": GONE,
        "dedupe_key": Personal("customer", _another_key),
        "envelope_from": GONE,
        "peer": GONE,
        "helo": GONE,
        "sha256": "a digest of far more than anybody could guess",
        "content": GONE,
    },
    customer=_of_messages,
)
declare(
    Attachment,
    {
        "name": CUSTOMER,
        "content_type": "a name of a standard",
        "content_id": GONE,
        "sha256": "a digest; of a file that somebody else has too it tells that it was this one",
        "content": GONE,
    },
    customer=_of_messages,
)
