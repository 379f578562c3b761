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
