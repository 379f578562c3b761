"""Keeping heads of the ledger elsewhere, and remembering where: only there they show what was rewritten here."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from audit.heads import SignedHead, append
from audit.models import KeptHead, Seal


def head_kept(place: str, *, number: int) -> None:
    """Remember that a place elsewhere has been given the head of this number."""
    seal = Seal.objects.get(number=number)
    told = {"number": number, "seq": seal.last_seq, "hash": SignedHead(seal.head, b"").hash, "at": timezone.now()}
    KeptHead.objects.update_or_create(place=place, defaults=told)


def heads_file_keep() -> None:
    """Add the last head of the current ledger to AUDIT_HEADS_FILE, unless it is there. Raises OSError.

    After a crash it may be there twice, which does no harm.
    """
    path: Path | None = settings.COUNTERSIGN.audit_heads_file
    last = Seal.objects.order_by("-number").first()
    if path is None or last is None or KeptHead.objects.filter(place=str(path), number__gte=last.number).exists():
        return
    append(path, SignedHead(last.head, bytes(last.signature)))
    head_kept(str(path), number=last.number)
