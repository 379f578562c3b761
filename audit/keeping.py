"""Keeping heads of the ledger elsewhere, and remembering where: only there they show what was rewritten here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.heads import SignedHead, append
from audit.models import KeptHead, Seal


def head_kept(place: str, *, number: int) -> None:
    """Remember that a place elsewhere has been given the head of this number; one that arrives late, after a newer
    one, changes nothing."""
    if KeptHead.objects.filter(place=place, number__gte=number).exists():
        return
    seal = Seal.objects.get(number=number)
    told = {"number": number, "seq": seal.last_seq, "hash": SignedHead(seal.head, b"").hash, "at": timezone.now()}
    KeptHead.objects.update_or_create(place=place, defaults=told)


def heads_file_keep() -> None:
    """Add the heads of the current ledger to AUDIT_HEADS_FILE that are not there yet. Raises OSError.

    After a crash some may be there twice, which does no harm.
    """
    path: Path | None = settings.COUNTERSIGN.audit_heads_file
    if path is None:
        return
    kept = KeptHead.objects.filter(place=str(path)).values_list("number", flat=True).first() or 0
    news = Seal.objects.filter(number__gt=kept).order_by("number")
    if last := news.last():
        append(path, (SignedHead(seal.head, bytes(seal.signature)) for seal in news.iterator()))
        head_kept(str(path), number=last.number)


@dataclass(frozen=True)
class LastHead:
    """The head that stands for all of a ledger: its number, up to which entry it reaches, and itself."""

    number: int
    seq: int
    head: SignedHead


def head_last() -> LastHead | None:
    """The last head of the current ledger; None while nothing is sealed."""
    last = Seal.objects.order_by("-number").first()
    return LastHead(last.number, last.last_seq, SignedHead(last.head, bytes(last.signature))) if last else None


SEALED_SINCE = """
SELECT EXISTS (
    SELECT 1 FROM audit_leaf l JOIN audit_entry e ON e.id = l.entry
    WHERE l.seq >= (SELECT min(first_seq) FROM audit_seal WHERE sealed_at > %s) AND e.body ->> 'event' <> ALL(%s)
)
"""


def sealed_since(moment: datetime | None, *, but: Sequence[str]) -> bool:
    """Whether anything was sealed since (None: ever), other than entries of these events."""
    if moment is None:
        return Seal.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(SEALED_SINCE, [moment, list(but)])
        return bool(cursor.fetchone()[0])
