"""What was asked and answered, word for word: kept for a while, read by those who may, told in outline to others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ai.models import Call, CallOutcome, CallText
from ai.rows import inserted
from dispatch.leases import Lease
from dispatch.services import Due, storable, works_added
from dispatch.statements import Fragment

FORGET = "ai.forget"
READ = "ai.read_calltext"
AT_ONCE = 1_000
NONE_KEPT = "NOT EXISTS (SELECT 1 FROM ai_calltext)"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """What one side said."""

    role: str
    content: str


@dataclass(frozen=True)
class Words:
    """A call's prompt and answer. `redacted`: only how long what others wrote is, not what it says. `until`: when both
    are deleted; None where they are already, or were never kept.
    """

    system: str
    turns: tuple[Turn, ...]
    answer: str
    redacted: bool
    until: datetime | None


def words_kept(row: Call, prompt: str, *, provided: str) -> tuple[Fragment, Fragment]:
    """What keeps a call's prompt, as parts of the statement that keeps the call: the row, to which the composer adds
    its condition, and the work of deleting it, which is there already while any prompt is kept.
    """
    until = row.created_at + timedelta(days=settings.COUNTERSIGN.prompts_kept_days)
    words = CallText(call=row, prompt=storable(prompt.replace("\x00", "")), until=until)
    due = Due(FORGET, "words", due_at=until, priority=9)
    return inserted(words), works_added([due], provided=f"{provided} AND {NONE_KEPT}")


def words_forget(lease: Lease) -> datetime | None:
    """Delete the prompts and answers whose time is over; when to come back, None where none is kept any more.

    Where these were the last it comes back once more: a call that is kept in this moment may still have seen them, and
    so have added no work.
    """
    with transaction.atomic():
        lease.hold()
        over = CallText.objects.filter(until__lte=timezone.now()).order_by("until")
        gone = list(over.values_list("pk", flat=True)[:AT_ONCE])
        # An answer that nobody has looked at yet is its step's.
        Call.objects.filter(pk__in=gone).exclude(outcome=CallOutcome.ANSWERED).update(answer="")
        CallText.objects.filter(pk__in=gone).delete()
        kept = CallText.objects.order_by("until").values_list("until", flat=True).first()
        return kept or (timezone.now() + A_DAY if gone else None)


def words_of(call: UUID, *, readable: bool) -> Words | None:
    """What a call was asked and answered; in outline where the reader may not read it. None: there is no such call."""
    row = Call.objects.select_related("words").filter(pk=call).first()
    if row is None:
        return None
    kept: CallText | None = getattr(row, "words", None)
    system, turns = _parts(kept.prompt) if kept else ("", ())
    if not readable:
        turns = tuple(Turn(turn.role, outline(turn.content)) for turn in turns)
    answer = row.answer if readable else outline(row.answer)
    return Words(system, turns, answer, not readable, kept.until if kept else None)


def _parts(prompt: str) -> tuple[str, tuple[Turn, ...]]:
    """A prompt as a provider tells it. The beginning is ours; what comes in turns holds what others wrote."""
    try:
        told = json.loads(prompt)
        return str(told["system"]), tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in told["turns"])
    except (ValueError, KeyError, TypeError):
        return "", (Turn("user", prompt),) if prompt else ()


def outline(text: str) -> str:
    """How a text is built, without a word of it: of JSON its names, of everything else how long it is."""
    if not text:
        return ""
    try:
        return json.dumps(_outlined(json.loads(text)), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        return _length(text)


def _outlined(value: Any) -> Any:
    if isinstance(value, dict):
        return {_named(name): _outlined(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_outlined(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return _length(value) if isinstance(value, str) else "[a number]"


def _named(name: str) -> str:
    """A name as schemas give it; another may be somebody's words."""
    return name if name.isascii() and name.isidentifier() and len(name) <= 40 else _length(name)


def _length(text: str) -> str:
    return f"[{len(text)} characters]"
