"""Runs, their steps and what they did; the events that started them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import CharField, OuterRef, Prefetch, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, JSONObject

from workflows.models import (
    RUN_ENDED,
    Attempt,
    Effect,
    EffectStatus,
    Event,
    Run,
    RunStatus,
    Step,
)


@dataclass(frozen=True)
class TryView:
    """An attempt at a step that came to nothing. `outcome`: tried again, failed, or lost with its worker."""

    number: int
    outcome: str
    error: str
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True)
class StepView:
    """One step of a run; `given` is the input that a person had it retried with, `due_at` when it is tried again."""

    key: str
    kind: str
    status: str
    attempts: int
    output: dict[str, Any] | None
    error: str
    started_at: datetime | None
    finished_at: datetime | None
    tried_at: datetime | None = None
    due_at: datetime | None = None
    given: dict[str, Any] | None = None
    tries: tuple[TryView, ...] = ()


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
    run: UUID


@dataclass(frozen=True)
class RunView:
    """A run. `origin` is the run that it does again.

    The message that it is about, `steps`, `effects` and the runs that do it `again` are there when one run was asked
    for.
    """

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
    cause: str
    origin: UUID | None
    limit_usd: str
    message: UUID | None = None
    steps: tuple[StepView, ...] = field(default=(), repr=False)
    effects: tuple[EffectView, ...] = field(default=(), repr=False)

    @property
    def ended(self) -> bool:
        """Whether nothing goes on in it: neither its steps, nor an undo of what it did."""
        return self.status in RUN_ENDED and self.status != RunStatus.UNDOING

    @property
    def undoable(self) -> bool:
        """Whether it has ended, and did something that may be undone, or be corrected."""
        return self.ended and any(
            effect.status in (EffectStatus.DONE, EffectStatus.UNDO_FAILED) for effect in self.effects
        )

    again: tuple[UUID, ...] = ()


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
        cause=run.cause,
        origin=run.origin_id,
        limit_usd=str((run.version.definition.get("limits") or {}).get("cost_usd") or ""),
    )


def runs(
    *,
    status: str | None = None,
    workflow: str | None = None,
    thread: str | None = None,
    cause: str | None = None,
    id_begins: str = "",
    among: "QuerySet[Any, Any] | None" = None,
    about: "QuerySet[Any, str] | None" = None,
    since: datetime | None = None,
    until: datetime | None = None,
    failed_since: datetime | None = None,
) -> "QuerySet[Run]":
    """Rows of runs that fit the filters, newest first.

    `among`: run ids, `about`: ids of messages as text, both as subqueries; `since` and `until` bound when it began.
    `cause`, empty too, and `failed_since` find failed runs.
    """
    found = Run.objects.select_related("version", "version__workflow").order_by("-id")
    if status:
        found = found.filter(status=status)
    if workflow:
        found = found.filter(version__workflow__slug=workflow)
    if thread:
        found = found.filter(thread=thread)
    if cause is not None:
        found = found.filter(status=RunStatus.FAILED, cause=cause)
    if failed_since:
        found = found.filter(status=RunStatus.FAILED, finished_at__gte=failed_since)
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
        steps = Prefetch("steps", Step.objects.annotate(told=ArraySubquery(_TRIES)))
        found = runs().select_related("event").annotate(done_again=ArraySubquery(_AGAIN))
        run: Any = found.prefetch_related(steps, "effects").filter(pk=run_id).first()
    except (ValueError, ValidationError):
        return None
    if run is None:
        return None
    shown = _run(run)
    told = tuple(_step(step) for step in run.steps.all())
    keys = {step.pk: step.key for step in run.steps.all()}
    effects = tuple(_effect(effect, keys[effect.step_id]) for effect in sorted(run.effects.all(), key=lambda e: e.pk))
    message = _message_named(run.event.data)
    return replace(shown, message=message, steps=told, effects=effects, again=tuple(run.done_again))


# In the queries of their run and its steps: a page has few to spare.
_AGAIN = Run.objects.filter(origin=OuterRef("pk")).order_by("pk").values("pk")
_TRIES = (
    Attempt.objects.filter(step=OuterRef("pk"))
    .order_by("pk")
    .values_list(JSONObject(**{one.name: one.name for one in fields(TryView)}), flat=True)
)


def _try(told: dict[str, Any]) -> TryView:
    moments = {name: datetime.fromisoformat(told[name]) for name in ("started_at", "finished_at")}
    return TryView(**{**told, **moments})


def _step(step: Any) -> StepView:
    return StepView(
        step.key,
        step.kind,
        step.status,
        step.attempts,
        step.output,
        step.error,
        step.started_at,
        step.finished_at,
        step.tried_at,
        step.due_at,
        step.given,
        tuple(map(_try, step.told)),
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
        effect.run_id,
    )


def effects_of(approval: UUID) -> list[EffectView]:
    """What an approval let happen, in the order it was carried out."""
    rows = Effect.objects.filter(approval=approval).select_related("step").order_by("pk")
    return [_effect(effect, effect.step.key) for effect in rows]


def effect_get(effect: UUID | str) -> EffectView | None:
    """One effect; None where there is none."""
    row = Effect.objects.filter(pk=effect).select_related("step").first()
    return _effect(row, row.step.key) if row else None


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
