"""Reading workflows, runs and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from workflows.models import (
    Effect,
    EffectStatus,
    Event,
    Run,
    RunStatus,
    Step,
    StepStatus,
    VersionStatus,
    Workflow,
    WorkflowVersion,
)

__all__ = [
    "Deed",
    "EffectStatus",
    "EffectView",
    "EventView",
    "RunStatus",
    "RunView",
    "StepStatus",
    "StepView",
    "Trouble",
    "VersionStatus",
    "VersionView",
    "WorkflowView",
    "deeds",
    "event_view",
    "events",
    "run_get",
    "run_list",
    "run_statuses",
    "run_statuses_since",
    "run_view",
    "runs",
    "trouble_count",
    "troubles",
    "version_get",
    "version_list",
    "workflow_get",
    "workflow_list",
]


@dataclass(frozen=True)
class StepView:
    """One step of a run."""

    key: str
    kind: str
    status: str
    attempts: int
    output: dict[str, Any] | None
    error: str
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class EffectView:
    """What a step did, or is about to do."""

    id: UUID
    step: str
    action: str
    status: str
    risk: str
    reversible: bool
    summary: str
    outcome: dict[str, Any]
    due_at: datetime | None
    settled_at: datetime | None
    undone_at: datetime | None
    approval: UUID | None
    created_at: datetime


@dataclass(frozen=True)
class RunView:
    """A run; `steps` and `effects` are there when one run was asked for."""

    id: UUID
    workflow: str
    version: int
    status: str
    event: UUID
    thread: str
    cost_usd: Decimal
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    steps: tuple[StepView, ...] = field(default=(), repr=False)
    effects: tuple[EffectView, ...] = field(default=(), repr=False)


def _run(run: Run) -> RunView:
    return RunView(
        id=run.pk,
        workflow=run.version.workflow.slug,
        version=run.version.number,
        status=run.status,
        event=run.event_id,
        thread=run.thread,
        cost_usd=run.cost_usd,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        error=run.error,
    )


def runs(*, status: str | None = None, workflow: str | None = None, thread: str | None = None) -> "QuerySet[Run]":
    """Rows of runs that fit the filters, newest first."""
    found = Run.objects.select_related("version", "version__workflow").order_by("-id")
    if status:
        found = found.filter(status=status)
    if workflow:
        found = found.filter(version__workflow__slug=workflow)
    if thread:
        found = found.filter(thread=thread)
    return found


def run_list(*, status: str | None = None, workflow: str | None = None, limit: int = 50) -> list[RunView]:
    """The newest runs that fit the filters."""
    return [_run(run) for run in runs(status=status, workflow=workflow)[:limit]]


def run_view(run: Run) -> RunView:
    """The view of a row, without its steps."""
    return _run(run)


def run_get(run_id: UUID | str) -> RunView | None:
    """One run with its steps and effects; None where there is none."""
    try:
        run = runs().prefetch_related("steps", "effects", "effects__step").filter(pk=run_id).first()
    except (ValueError, ValidationError):
        return None
    if run is None:
        return None
    shown = _run(run)
    steps = tuple(_step(step) for step in run.steps.all())
    effects = tuple(_effect(effect) for effect in sorted(run.effects.all(), key=lambda e: e.pk))
    return RunView(**{**shown.__dict__, "steps": steps, "effects": effects})


def _step(step: Step) -> StepView:
    return StepView(
        step.key,
        step.kind,
        step.status,
        step.attempts,
        step.output,
        step.error,
        step.started_at,
        step.finished_at,
    )


def _effect(effect: Effect) -> EffectView:
    return EffectView(
        effect.pk,
        effect.step.key,
        effect.action,
        effect.status,
        effect.risk,
        effect.reversible,
        effect.plan.get("summary", ""),
        effect.outcome,
        effect.due_at,
        effect.settled_at,
        effect.undone_at,
        effect.approval,
        effect.created_at,
    )


def run_statuses() -> list[str]:
    """The states that a run can be in."""
    return list(RunStatus.values)


def events(*, type: str | None = None) -> "QuerySet[Event]":
    """Rows of events, newest first, with the ids of their runs."""
    found = Event.objects.order_by("-id").prefetch_related("runs")
    return found.filter(type=type) if type else found


@dataclass(frozen=True)
class EventView:
    """Something that happened, and the runs it started."""

    id: UUID
    type: str
    data: dict[str, Any]
    runs: tuple[UUID, ...]
    created_at: datetime


def event_view(event: Event) -> EventView:
    """The view of a row; its runs come from the prefetch where there is one."""
    return EventView(event.pk, event.type, event.data, tuple(run.pk for run in event.runs.all()), event.created_at)


@dataclass(frozen=True)
class VersionView:
    """A version of a workflow."""

    workflow: str
    number: int
    status: str
    definition: dict[str, Any]
    source: str
    digest: str
    author: str
    created_at: datetime


@dataclass(frozen=True)
class WorkflowView:
    """A workflow and the number of the version in force."""

    id: UUID
    slug: str
    active_version: int | None
    versions: int
    created_at: datetime


def workflow_list() -> list[WorkflowView]:
    """All workflows, by name."""
    found = Workflow.objects.prefetch_related("versions").order_by("slug")
    return [_workflow(workflow) for workflow in found]


def _workflow(workflow: Workflow) -> WorkflowView:
    versions = list(workflow.versions.all())
    active = next((version.number for version in versions if version.status == "active"), None)
    return WorkflowView(workflow.pk, workflow.slug, active, len(versions), workflow.created_at)


def workflow_get(slug: str) -> WorkflowView | None:
    """The workflow of that name, or None."""
    workflow = Workflow.objects.prefetch_related("versions").filter(slug=slug).first()
    return _workflow(workflow) if workflow else None


def version_list(slug: str) -> list[VersionView]:
    """All versions of a workflow, newest first."""
    found = WorkflowVersion.objects.select_related("workflow").filter(workflow__slug=slug).order_by("-number")
    return [_version(version) for version in found]


def version_get(slug: str, number: int) -> VersionView | None:
    """One version of a workflow, or None."""
    found = WorkflowVersion.objects.select_related("workflow").filter(workflow__slug=slug, number=number).first()
    return _version(found) if found else None


def _version(version: WorkflowVersion) -> VersionView:
    return VersionView(
        version.workflow.slug,
        version.number,
        version.status,
        version.definition,
        version.source,
        version.digest,
        version.author,
        version.created_at,
    )


def run_statuses_since(since: datetime) -> dict[str, str]:
    """The state of every run that was started since then, by its id."""
    found = Run.objects.filter(created_at__gte=since).values_list("pk", "status")
    return {str(pk): status for pk, status in found}


@dataclass(frozen=True)
class Deed:
    """What a run did, or is about to do, as a line of what happened lately."""

    run: UUID
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
    shown = (EffectStatus.HELD, EffectStatus.INTENDED, EffectStatus.DONE, EffectStatus.STOPPED)
    found = Effect.objects.filter(created_at__gte=since, status__in=shown)
    if actions:
        found = found.filter(action__in=actions)
    return [
        Deed(
            run=effect.run_id,
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
    """A run that needs a person: it failed, or nobody knows whether its reply left (`unknown`)."""

    run: UUID
    workflow: str
    unknown: str
    error: str
    at: datetime


def _troubled(since: datetime) -> "QuerySet[Run]":
    unknown = Effect.objects.filter(run=OuterRef("pk"), status=EffectStatus.UNKNOWN)
    return Run.objects.filter(Q(status=RunStatus.FAILED, finished_at__gte=since) | Q(Exists(unknown)))


def trouble_count(*, since: datetime, limit: int) -> int:
    """How many runs `troubles` tells of."""
    return _troubled(since)[:limit].count()


def troubles(*, since: datetime, limit: int) -> list[Trouble]:
    """Runs that failed since then, and all with an outcome that nobody knows; newest first."""
    unknown = Effect.objects.filter(run=OuterRef("pk"), status=EffectStatus.UNKNOWN).values("plan__summary")[:1]
    found = _troubled(since).annotate(unknown=Subquery(unknown)).order_by("-id")[:limit]
    rows = found.values_list("pk", "version__workflow__slug", "unknown", "error", "finished_at", "created_at")
    return [
        Trouble(run=pk, workflow=slug, unknown=summary or "", error=error, at=finished or created)
        for pk, slug, summary, error, finished, created in rows
    ]
