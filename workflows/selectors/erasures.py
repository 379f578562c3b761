"""Who was erased, by whom, and how far that has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.selectors import names_of
from workflows.models import Erasure


@dataclass(frozen=True)
class ErasureView:
    """An erasure: `counts` are rows by table, `error` says why it rests."""

    id: UUID
    contact: UUID
    status: str
    requested_by: str
    counts: dict[str, int]
    error: str
    created_at: datetime
    finished_at: datetime | None


def erasure_of(contact: UUID) -> ErasureView | None:
    """The last erasure of a customer, or None."""
    row = Erasure.objects.filter(contact=contact).order_by("-pk").first()
    if row is None:
        return None
    return ErasureView(
        id=row.pk,
        contact=row.contact,
        status=row.status,
        requested_by=names_of([row.requested_by])[row.requested_by],
        counts=row.counts,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def run_erased(run: UUID | str) -> bool:
    """Whether what a run worked on was erased, or is about to be."""
    return Erasure.objects.filter(found__runs__contains=[str(run)]).exists()
