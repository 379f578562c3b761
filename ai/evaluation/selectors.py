"""Reading examples and evaluations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ai.evaluation.comparing import Comparison, Figure, compared, figures, scores_in
from ai.evaluation.errors import NoSuchEvaluation
from ai.evaluation.gate import newest
from ai.evaluation.models import Evaluation, EvaluationResult, EvaluationStatus, GateOverride, GoldenCase, Origin
from ai.routes import Hop
from audit.erasing import Subject
from audit.selectors import names_of


def cases_of(subject: Subject) -> Q:
    """Examples of a customer's runs, and those from a file in which an address of theirs stands."""
    return Q(run__in=subject.runs) | subject.mentioned_in("inputs")


def case_ids_of(subject: Subject) -> list[UUID]:
    """The same, as ids."""
    return list(GoldenCase.objects.filter(cases_of(subject)).values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """An example as it is shown. `subject` and `text` are of the customer's mail."""

    id: UUID
    purpose: str
    origin: str
    subject: str
    text: str
    expected: dict[str, Any]
    run: UUID | None
    author: str
    created_at: datetime
    retired_at: datetime | None


def cases(*, purpose: str) -> QuerySet[GoldenCase]:
    """Examples of a purpose that are in use, newest first; read them through `case_views`."""
    return GoldenCase.objects.filter(purpose=purpose, retired_at=None).order_by("-id")


def case_views(rows: Iterable[GoldenCase]) -> list[CaseView]:
    """Rows as they are shown."""
    found = list(rows)
    names = names_of({row.author for row in found})
    return [_case(row, names) for row in found]


def _case(row: GoldenCase, names: dict[str, str]) -> CaseView:
    message = row.inputs.get("message") or {}
    return CaseView(
        id=row.pk,
        purpose=row.purpose,
        origin=str(Origin(row.origin).label),
        subject=message.get("subject", ""),
        text=message.get("text", ""),
        expected=row.expected,
        run=row.run,
        author=names.get(row.author, ""),
        created_at=row.created_at,
        retired_at=row.retired_at,
    )


def case_get(case: UUID) -> CaseView | None:
    """One example, retired ones too."""
    row = GoldenCase.objects.filter(pk=case).first()
    return case_views([row])[0] if row else None


def cases_of_run(run: UUID) -> frozenset[str]:
    """The purposes that have an example in use of a run."""
    rows = GoldenCase.objects.filter(run=run, retired_at=None)
    return frozenset(rows.values_list("purpose", flat=True))


def case_counts() -> dict[str, int]:
    """How many examples in use each purpose has, where it has any."""
    rows = GoldenCase.objects.filter(retired_at=None).values_list("purpose").annotate(count=Count("pk"))
    return dict(rows)


@dataclass(frozen=True, kw_only=True)
class EvaluationView:
    """An evaluation as lists show it; `measured` of `total` examples have a result."""

    id: UUID
    purpose: str
    prompt_version: str
    hops: tuple[Hop, ...]
    status: str
    reason: str
    measured: int
    total: int
    cost_usd: Decimal
    limit_usd: Decimal
    author: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def models(self) -> str:
        """claude-sonnet-5-5 (low), then claude-haiku-5-5 (low)"""
        return ", then ".join(f"{hop.model} ({hop.effort})" for hop in self.hops)

    @property
    def moves(self) -> bool:
        """Whether it goes on by itself."""
        return self.status in (EvaluationStatus.QUEUED, EvaluationStatus.RUNNING)


def evaluations(*, limit: int = 20) -> list[EvaluationView]:
    """The newest first."""
    return _views(Evaluation.objects.order_by("-id")[:limit])


def evaluation_get(evaluation: UUID) -> EvaluationView:
    """One evaluation; raises NoSuchEvaluation."""
    found = _views(Evaluation.objects.filter(pk=evaluation))
    if not found:
        raise NoSuchEvaluation("There is no such evaluation.")
    return found[0]


def _views(rows: QuerySet[Evaluation]) -> list[EvaluationView]:
    found = list(rows)
    names = names_of({row.author for row in found})
    results = EvaluationResult.objects.filter(evaluation__in=[row.pk for row in found]).values("evaluation")
    sums = {
        row["evaluation"]: row
        for row in results.annotate(count=Count("pk"), cost=Coalesce(Sum("cost_usd"), Decimal(0)))
    }
    return [
        EvaluationView(
            id=row.pk,
            purpose=row.purpose,
            prompt_version=row.prompt_version,
            hops=tuple(Hop(**hop) for hop in row.hops),
            status=row.status,
            reason=row.reason,
            measured=sums[row.pk]["count"] if row.pk in sums else 0,
            total=len(row.cases),
            cost_usd=sums[row.pk]["cost"] if row.pk in sums else Decimal(0),
            limit_usd=row.limit_usd,
            author=names.get(row.author, ""),
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in found
    ]


@dataclass(frozen=True)
class Report:
    """What an evaluation has measured so far, and how it does beside another one, where there is one.

    `former_prompt`: that is of the same models with another version of the prompt; else it is of what is in force.
    """

    figures: tuple[Figure, ...]
    beside: UUID | None = None
    former_prompt: bool = False
    comparison: Comparison | None = None


def evaluation_report(evaluation: UUID, *, in_force: Iterable[Hop]) -> Report:
    """An evaluation beside the newest of what is in force, or where it is that, of the former prompt. Raises
    NoSuchEvaluation."""
    row = Evaluation.objects.filter(pk=evaluation).first()
    if row is None:
        raise NoSuchEvaluation("There is no such evaluation.")
    other = newest(purpose=row.purpose, hops=tuple(in_force))
    former_prompt = other is None or other.route_key == row.route_key
    if former_prompt:
        other = _former_prompt(row)
    scores = scores_in(row.pk)
    if other is None or other.pk == row.pk:
        return Report(figures(row.purpose, scores))
    found = compared(row.purpose, scores_in(other.pk), scores)
    return Report(figures(row.purpose, scores), other.pk, former_prompt, found)


def _former_prompt(row: Evaluation) -> Evaluation | None:
    """The newest finished evaluation of the same models with another version of the prompt, before this one."""
    done = Evaluation.objects.filter(
        purpose=row.purpose, route_key=row.route_key, status=EvaluationStatus.DONE, pk__lt=row.pk
    )
    return done.exclude(prompt_version=row.prompt_version).order_by("-pk").first()


def newest_of(*, purpose: str, hops: Iterable[Hop]) -> UUID | None:
    """The newest finished evaluation of these models with the prompt of today."""
    row = newest(purpose=purpose, hops=tuple(hops))
    return row.pk if row else None


@dataclass(frozen=True)
class OverrideView:
    """A route that was activated although the gate was closed for it."""

    purpose: str
    number: int
    sentence: str
    reason: str
    author: str
    created_at: datetime


def overrides(*, limit: int = 20) -> list[OverrideView]:
    """The newest first."""
    rows = list(GateOverride.objects.order_by("-id")[:limit])
    names = names_of({row.author for row in rows})
    return [
        OverrideView(
            row.purpose, row.number, row.get_why_display(), row.reason, names.get(row.author, ""), row.created_at
        )
        for row in rows
    ]
