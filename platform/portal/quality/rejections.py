"""Why people rejected proposals, by the kinds of reasons that they chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ai.quality.selectors import Judged, Quality
from approvals.selectors import RejectionKind
from portal.quality.tables import Cell, Table, percent

UNSAID = "Not said"
WHOLE = "everything"
LABELS = {**{str(kind.value): str(kind.label) for kind in RejectionKind}, "": UNSAID}
GROUPS = ("all", "version", "purpose", "intent")


@dataclass(frozen=True)
class Reason:
    """A kind of reason, how often it came, its share of all rejections, and a bar in per cent of the most frequent."""

    label: str
    count: int
    share: str
    width: str
    unsaid: bool


@dataclass(frozen=True)
class Rejections:
    """How much was rejected, for which reasons, and the table of it."""

    summary: str
    reasons: tuple[Reason, ...]
    table: Table


def rejections_of(found: Quality) -> Rejections:
    """The reasons of the period, the most frequent first, those of which nobody said last."""
    whole = found.proposals("all").get(())
    if whole is None or not whole.rejected:
        return Rejections("", (), _table(found))
    kinds = sorted(whole.rejections.items(), key=lambda item: (not item[0], -item[1]))
    most = max(whole.rejections.values())
    rate = whole.rejected_rate
    return Rejections(
        summary=f"{rate.hits} of {rate.n} proposals were rejected, {percent(rate.share)}.",
        reasons=tuple(
            Reason(LABELS[kind], count, f"{count / whole.rejected:.0%}", f"{100 * count / most:.2f}", not kind)
            for kind, count in kinds
        ),
        table=_table(found),
    )


def _table(found: Quality) -> Table:
    """A line for the whole, and for each version, purpose and intent of which something was rejected."""
    rows = tuple(
        (by, name, judged.proposals, judged.rejected, *(judged.rejections.get(kind, 0) for kind in LABELS))
        for by, name, judged in _lines(found)
        if judged.rejected
    )
    headings = ("counted by", "which", "proposals", "rejected", *(label.lower() for label in LABELS.values()))
    return Table("rejections", "Why people rejected", headings, rows)


def _lines(found: Quality) -> Iterator[tuple[Cell, Cell, Judged]]:
    for by in GROUPS:
        judged = found.proposals(by)
        for key in found.keys(by):
            if key in judged:
                yield by, WHOLE if by == "all" else " ".join(key) or "not understood", judged[key]
