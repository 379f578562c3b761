"""What runs did and what went wrong since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery

from workflows.models import (
    RUN_ENDED,
    Effect,
    EffectStatus,
    Run,
    RunStatus,
    UndoPlan,
    UndoStatus,
)
from workflows.selectors.runs import runs


def failures_since(since: datetime) -> tuple[int, datetime | None]:
    """How many runs have failed since then, and when the first of them did."""
    failed = Run.objects.filter(status=RunStatus.FAILED, finished_at__gte=since)
    found = failed.aggregate(count=Count("id"), first=Min("finished_at"))
    return found["count"], found["first"]


_AGAIN = Run.objects.filter(origin=OuterRef("pk"))


@dataclass(frozen=True)
class Failures:
    """Runs that failed of one cause: how many, when the first and the last of them did, and what the last one said."""

    cause: str
    count: int
    first: datetime
    last: datetime
    error: str


def failures_by_cause(
    *, workflow: str | None = None, since: datetime | None = None, until: datetime | None = None, limit: int = 20
) -> list[Failures]:
    """The failed runs by their cause, the most frequent first; of a workflow, and begun in a period, where given.

    Without those that were run again: the new run sees to what they were about.
    """
    failed = runs(status=RunStatus.FAILED, workflow=workflow, since=since, until=until).exclude(Exists(_AGAIN))
    grouped = failed.order_by().filter(finished_at__isnull=False).values("cause")
    grouped = grouped.annotate(count=Count("pk"), first=Min("finished_at"), last=Max("finished_at"))
    groups = list(grouped.order_by("-count", "cause")[:limit])
    newest = failed.filter(cause__in=[group["cause"] for group in groups]).order_by("cause", "-id").distinct("cause")
    errors = dict(newest.values_list("cause", "error"))
    return [Failures(**group, error=errors.get(group["cause"], "")) for group in groups]


def failed_count(*, cause: str, since: datetime, workflow: str | None = None, after: UUID | None = None) -> int:
    """How many runs have failed of a cause since then, and were not run again; younger than `after`, where given."""
    failed = runs(cause=cause, failed_since=since, workflow=workflow).exclude(Exists(_AGAIN))
    return (failed.filter(pk__gt=after) if after else failed).count()


def run_statuses_since(since: datetime) -> dict[str, str]:
    """The state of every run that was started since then, by its id."""
    found = Run.objects.filter(created_at__gte=since).values_list("pk", "status")
    return {str(pk): status for pk, status in found}


@dataclass(frozen=True)
class Deed:
    """What a run did, or is about to do, as a line of what happened lately. `run_ended`: it can be undone."""

    id: UUID
    run: UUID
    run_ended: bool
    action: str
    status: str
    reversible: bool
    summary: str
    outcome: dict[str, Any]
    approval: UUID | None
    due_at: datetime | None
    at: datetime


def deeds(*, since: datetime, actions: Sequence[str] = (), limit: int = 20) -> list[Deed]:
    """What runs did since then and what they hold, newest first; of some `actions` where given."""
    hidden = (EffectStatus.UNKNOWN, EffectStatus.FAILED)
    found = Effect.objects.filter(created_at__gte=since).exclude(status__in=hidden).select_related("run")
    if actions:
        found = found.filter(action__in=actions)
    return [
        Deed(
            id=effect.pk,
            run=effect.run_id,
            run_ended=effect.run.status in RUN_ENDED and effect.run.status != RunStatus.UNDOING,
            action=effect.action,
            status=effect.status,
            reversible=effect.reversible,
            summary=effect.plan.get("summary", ""),
            outcome=effect.outcome,
            approval=effect.approval,
            due_at=effect.due_at,
            at=effect.settled_at or effect.created_at,
        )
        for effect in found.order_by("-id")[:limit]
    ]


@dataclass(frozen=True)
class Trouble:
    """A run that needs a person: it failed, nobody knows whether its reply left (`unknown`, by the `effect`), or
    undoing what it did broke off (`undo`); `error` says why."""

    run: UUID
    workflow: str
    effect: UUID | None
    unknown: str
    undo: UUID | None
    error: str
    at: datetime


_UNKNOWN = Effect.objects.filter(run=OuterRef("pk"), status=EffectStatus.UNKNOWN).order_by("pk")
# Whoever pauses an undo in person knows of it; one that broke off says why.
_BROKEN = UndoPlan.objects.filter(runs__contains=[OuterRef("pk")], status=UndoStatus.PAUSED).exclude(error="")


def _troubled(since: datetime) -> "QuerySet[Run]":
    """By an index each: the side bar of every page counts them, however many runs there have been."""
    failed = Run.objects.filter(status=RunStatus.FAILED, finished_at__gte=since).exclude(Exists(_AGAIN))
    unknown = Effect.objects.filter(status=EffectStatus.UNKNOWN)
    broken = Run.objects.filter(Exists(_BROKEN), status=RunStatus.UNDOING)
    return Run.objects.filter(pk__in=failed.values("pk").union(unknown.values("run"), broken.values("pk")))


def trouble_count(*, since: datetime, limit: int) -> int:
    """How many runs `troubles` tells of."""
    return _troubled(since)[:limit].count()


def troubles(*, since: datetime, limit: int) -> list[Trouble]:
    """Runs that failed since then, and all of which nobody knows an outcome or whose undo broke off; newest first."""
    found = _troubled(since).annotate(
        effect=Subquery(_UNKNOWN.values("pk")[:1]),
        unknown=Subquery(_UNKNOWN.values("plan__summary")[:1]),
        undo=Subquery(_BROKEN.values("pk")[:1]),
        rests=Subquery(_BROKEN.values("error")[:1]),
    )
    columns = ("effect", "unknown", "undo", "rests", "error", "finished_at", "created_at")
    rows = found.order_by("-id")[:limit].values_list("pk", "version__workflow__slug", *columns)
    return [
        Trouble(pk, slug, effect, unknown or "", undo, rests or error, finished or created)
        for pk, slug, effect, unknown, undo, rests, error, finished, created in rows
    ]
