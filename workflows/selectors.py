"""Reading workflows, runs and what they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from audit.selectors import names_of
from workflows.actions import ACTIONS
from workflows.definition import Definition
from workflows.models import (
    Automation,
    AutomationMode,
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
from workflows.steps import STEP_KINDS

__all__ = [
    "Asking",
    "AutomationMode",
    "AutomationView",
    "Deed",
    "EffectStatus",
    "EffectView",
    "EventView",
    "Held",
    "Outline",
    "RunStatus",
    "RunView",
    "StepOutline",
    "StepStatus",
    "StepView",
    "Switch",
    "Trouble",
    "VersionStatus",
    "VersionView",
    "WorkflowView",
    "automation",
    "automation_history",
    "automation_views",
    "deeds",
    "effects_of",
    "event_view",
    "events",
    "failures_since",
    "held_of",
    "messages_of",
    "outline",
    "people_only",
    "run_get",
    "run_list",
    "run_statuses",
    "run_statuses_since",
    "run_view",
    "runs",
    "runs_of",
    "switch",
    "trouble_count",
    "troubles",
    "version_former",
    "version_get",
    "version_list",
    "version_view",
    "versions",
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
    """A run; the message that it is about, `steps` and `effects` are there when one run was asked for."""

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
    limit_usd: str
    message: UUID | None = None
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
        limit_usd=str((run.version.definition.get("limits") or {}).get("cost_usd") or ""),
    )


def runs(
    *,
    status: str | None = None,
    workflow: str | None = None,
    thread: str | None = None,
    id_begins: str = "",
    among: "QuerySet[Any, Any] | None" = None,
    about: "QuerySet[Any, str] | None" = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> "QuerySet[Run]":
    """Rows of runs that fit the filters, newest first.

    `among`: run ids, `about`: ids of messages as text, both as subqueries; `since` and `until` bound when it began.
    """
    found = Run.objects.select_related("version", "version__workflow").order_by("-id")
    if status:
        found = found.filter(status=status)
    if workflow:
        found = found.filter(version__workflow__slug=workflow)
    if thread:
        found = found.filter(thread=thread)
    if id_begins:
        found = found.annotate(id_text=Cast("pk", CharField())).filter(id_text__startswith=id_begins)
    if among is not None:
        found = found.filter(pk__in=among)
    if about is not None:
        found = found.annotate(message=KeyTextTransform("message", "event__data")).filter(message__in=about)
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    return found


def runs_of(workflows: Iterable[str]) -> "QuerySet[Run, UUID]":
    """The ids of all runs of these workflows; a subquery."""
    return Run.objects.filter(version__workflow__slug__in=list(workflows)).values_list("pk", flat=True)


def messages_of(runs: Iterable[UUID]) -> dict[UUID, UUID]:
    """The message that each of these runs is about, where it is about one."""
    told = Run.objects.filter(pk__in=list(runs)).values_list("pk", "event__data")
    named = ((run, _message_named(data)) for run, data in told)
    return {run: message for run, message in named if message}


def _message_named(data: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(data.get("message")))
    except ValueError:
        return None


def run_list(*, status: str | None = None, workflow: str | None = None, limit: int = 50) -> list[RunView]:
    """The newest runs that fit the filters."""
    return [_run(run) for run in runs(status=status, workflow=workflow)[:limit]]


def run_view(run: Run) -> RunView:
    """The view of a row, without its steps."""
    return _run(run)


def run_get(run_id: UUID | str) -> RunView | None:
    """One run with its steps and effects; None where there is none."""
    try:
        run = runs().select_related("event").prefetch_related("steps", "effects").filter(pk=run_id).first()
    except (ValueError, ValidationError):
        return None
    if run is None:
        return None
    shown = _run(run)
    steps = tuple(_step(step) for step in run.steps.all())
    keys = {step.pk: step.key for step in run.steps.all()}
    effects = tuple(_effect(effect, keys[effect.step_id]) for effect in sorted(run.effects.all(), key=lambda e: e.pk))
    message = _message_named(run.event.data)
    return RunView(**{**shown.__dict__, "message": message, "steps": steps, "effects": effects})


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


def _effect(effect: Effect, step: str) -> EffectView:
    return EffectView(
        effect.pk,
        step,
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


def effects_of(approval: UUID) -> list[EffectView]:
    """What an approval let happen, in the order it was carried out."""
    rows = Effect.objects.filter(approval=approval).select_related("step").order_by("pk")
    return [_effect(effect, effect.step.key) for effect in rows]


@dataclass(frozen=True)
class Held:
    """A reply that is held, when it leaves, and whose workflow's it is."""

    run: UUID
    approval: UUID
    due_at: datetime
    workflow: str


def held_of(runs: Iterable[UUID]) -> list[Held]:
    """The held replies of these runs, soonest first."""
    rows = Effect.objects.filter(run__in=list(runs), status=EffectStatus.HELD).order_by("due_at")
    told = rows.values_list("run", "approval", "due_at", "run__version__workflow__slug")
    return [Held(run, approval, due_at, slug) for run, approval, due_at, slug in told if approval and due_at]


def failures_since(since: datetime) -> tuple[int, datetime | None]:
    """How many runs have failed since then, and when the first of them did."""
    failed = Run.objects.filter(status=RunStatus.FAILED, finished_at__gte=since)
    found = failed.aggregate(count=Count("id"), first=Min("finished_at"))
    return found["count"], found["first"]


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
    activated_at: datetime | None


@dataclass(frozen=True)
class WorkflowView:
    """A workflow, and the number of the version in force (None: it is off), since when."""

    id: UUID
    slug: str
    active_version: int | None
    active_since: datetime | None
    versions: int
    created_at: datetime


def workflow_list() -> list[WorkflowView]:
    """All workflows, by name; one query."""
    return [_workflow(workflow) for workflow in _workflows().order_by("slug")]


def _workflows() -> "QuerySet[Workflow]":
    in_force = Q(versions__status=VersionStatus.ACTIVE)
    return Workflow.objects.annotate(
        active=Max("versions__number", filter=in_force),
        since=Max("versions__activated_at", filter=in_force),
        count=Count("versions"),
    )


def _workflow(workflow: Any) -> WorkflowView:
    return WorkflowView(
        workflow.pk, workflow.slug, workflow.active, workflow.since, workflow.count, workflow.created_at
    )


def workflow_get(slug: str) -> WorkflowView | None:
    """The workflow of that name, or None."""
    workflow = _workflows().filter(slug=slug).first()
    return _workflow(workflow) if workflow else None


def versions(slug: str) -> "QuerySet[WorkflowVersion]":
    """Rows of a workflow's versions, newest first."""
    return WorkflowVersion.objects.select_related("workflow").filter(workflow__slug=slug).order_by("-id")


def version_former(slug: str) -> int | None:
    """The version that a rollback of the one in force would put back, or None."""
    active = versions(slug).filter(status=VersionStatus.ACTIVE).first()
    if active is None:
        return None
    before = versions(slug).filter(number__lt=active.number, activated_at__isnull=False)
    return before.order_by("-activated_at").values_list("number", flat=True).first()


def version_list(slug: str) -> list[VersionView]:
    """All versions of a workflow, newest first."""
    return [version_view(version) for version in versions(slug)]


def version_get(slug: str, number: int) -> VersionView | None:
    """One version of a workflow, or None."""
    found = versions(slug).filter(number=number).first()
    return version_view(found) if found else None


def version_view(version: WorkflowVersion) -> VersionView:
    """The view of a row."""
    return VersionView(
        version.workflow.slug,
        version.number,
        version.status,
        version.definition,
        version.source,
        version.digest,
        version.author,
        version.created_at,
        version.activated_at,
    )


@dataclass(frozen=True)
class StepOutline:
    """A step of a definition, in words: `after` are the steps it waits for, `bundle` the proposal it belongs to."""

    key: str
    kind: str
    label: str
    after: tuple[str, ...]
    when: str
    bundle: str


@dataclass(frozen=True)
class Asking:
    """Who decides on a proposal of a definition, and for how long."""

    bundle: str
    ask: str
    role: str
    count: int
    expires: timedelta
    escalate_to: str


@dataclass(frozen=True)
class Outline:
    """What a definition says, in the order in which it happens."""

    event: str
    when: str
    steps: tuple[StepOutline, ...]
    asks: tuple[Asking, ...]


def outline(definition: dict[str, Any]) -> Outline:
    """What a stored definition says."""
    known = Definition.model_validate(definition)
    steps = tuple(
        StepOutline(
            step.key,
            step.do,
            ACTIONS[step.do].label if step.do in ACTIONS else STEP_KINDS[step.do].label,
            tuple(known.needs_of(step)),
            step.when or "",
            known.bundle_of(step) if step.do in ACTIONS else "",
        )
        for step in known.steps
    )
    asks = tuple(_asking(known, bundle) for bundle in dict.fromkeys(step.bundle for step in steps if step.bundle))
    return Outline(known.on.event, known.on.when or "", steps, asks)


def _asking(definition: Definition, bundle: str) -> Asking:
    rule = definition.rule_of(bundle)
    above = rule.escalate_to.role if rule.escalate_to else ""
    return Asking(bundle, rule.ask, rule.approvers.role, rule.approvers.count, rule.expires, above)


@dataclass(frozen=True)
class AutomationView:
    """How far the AI may go. Who changed it, by name, and when: empty while nobody ever has."""

    mode: str
    reason: str
    changed_by: str
    changed_at: datetime | None


def automation() -> AutomationView:
    """What is in force now: `policy` until somebody says otherwise."""
    found = automation_views(automation_history()[:1])
    return found[0] if found else AutomationView(AutomationMode.POLICY, "", "", None)


@dataclass(frozen=True)
class Switch:
    """What every page shows of the switch; whose say it is stands on its own page."""

    mode: str
    reason: str
    changed_at: datetime | None


def switch() -> Switch:
    """What is in force now, without reading anybody's name."""
    newest = automation_history().first()
    return Switch(newest.mode, newest.reason, newest.created_at) if newest else Switch(AutomationMode.POLICY, "", None)


def people_only() -> bool:
    """Whether everything goes to people: no run is started, and none asks a model."""
    newest = Automation.objects.order_by("-id").values_list("mode", flat=True).first()
    return newest == AutomationMode.PEOPLE_ONLY


def automation_history() -> "QuerySet[Automation]":
    """Rows of every change, newest first."""
    return Automation.objects.order_by("-id")


def automation_views(changes: Iterable[Automation]) -> list[AutomationView]:
    """The views of rows, with the names of those who changed it: one query for all."""
    rows = list(changes)
    names = names_of(row.changed_by for row in rows)
    return [AutomationView(row.mode, row.reason, names[row.changed_by], row.created_at) for row in rows]


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
