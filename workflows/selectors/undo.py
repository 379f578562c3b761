"""Undo plans and corrections, as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflows.models import Correction, UndoPlan, UndoStatus


@dataclass(frozen=True)
class UndoView:
    """A plan: `document` is what would be, or was undone; `position` of `total` things are done.

    `results`: what stayed although the document says otherwise, since somebody wrote it in between.
    """

    id: UUID
    status: str
    digest: str
    runs: tuple[UUID, ...]
    only: tuple[UUID, ...]
    document: dict[str, Any]
    total: int
    position: int
    author: UUID | None
    created_by: str
    created_at: datetime
    started_by: str
    started_at: datetime | None
    finished_at: datetime | None
    results: list[dict[str, Any]]
    error: str

    @property
    def effects(self) -> list[dict[str, Any]]:
        """What becomes of each effect, newest first."""
        return list(self.document["effects"])

    @property
    def second_person(self) -> str:
        """Why somebody else than its author has to start it; empty where nobody has to."""
        return str(self.document["second_person"])

    @property
    def policy(self) -> str:
        """The version of the rule that says when a second person is needed."""
        return str(self.document["policy"])


@dataclass(frozen=True)
class UndoBrief:
    """How far an undo of a run has come."""

    id: UUID
    status: str
    position: int
    total: int
    started_by: str
    started_at: datetime | None
    error: str


@dataclass(frozen=True)
class CorrectionView:
    """A draft that takes back what a sent reply said."""

    id: UUID
    effect: UUID
    thread: str
    text: str
    created_at: datetime


def undo_plan_get(plan: UUID | str) -> UndoView | None:
    """One plan; None where there is none."""
    row = UndoPlan.objects.filter(pk=plan).first()
    if row is None:
        return None
    return UndoView(
        row.pk,
        row.status,
        row.digest,
        tuple(row.runs),
        tuple(row.effects),
        row.document,
        row.total,
        row.position,
        row.author,
        row.created_by,
        row.created_at,
        row.started_by,
        row.started_at,
        row.finished_at,
        row.results,
        row.error,
    )


def undo_of_run(run: UUID) -> UndoBrief | None:
    """The undo of a run that was started last; None where none ever was."""
    started = UndoPlan.objects.filter(runs__contains=[run]).exclude(status=UndoStatus.DRAFT)
    columns = ("pk", "status", "position", "total", "started_by", "started_at", "error")
    row = started.order_by("-started_at").values_list(*columns).first()
    return UndoBrief(*row) if row else None


def corrections_of(effects: Iterable[UUID | str]) -> list[CorrectionView]:
    """The drafted corrections of these effects."""
    return [_correction(row) for row in Correction.objects.filter(effect__in=list(effects)).order_by("pk")]


def correction_in(thread: UUID | str) -> CorrectionView | None:
    """The newest correction that was drafted in a conversation."""
    row = Correction.objects.filter(thread=str(thread)).order_by("-pk").first()
    return _correction(row) if row else None


def _correction(row: Correction) -> CorrectionView:
    return CorrectionView(row.pk, row.effect_id, row.thread, row.text, row.created_at)
