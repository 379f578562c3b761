"""The engine's door: versions in and out of force, events, runs, and how far the AI may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from approvals.selectors import ApprovalView, runs_approved
from audit.canonical import digest, plain
from audit.services import Actor, record, transition
from mail.selectors import MessageView, unanswered_last
from mail.services import thread_silent
from tenants.selectors import current
from workflows.catalogue import KINDS
from workflows.definition import parse, stored
from workflows.engine.cancelling import run_cancel, runs_supersede
from workflows.engine.context import message_named, names_of_event
from workflows.engine.loading import Force, in_force
from workflows.engine.resolving import Said, effect_resolve
from workflows.engine.retrying import RetriedMany, run_again, run_retry, runs_retry
from workflows.engine.starting import Start, event_start
from workflows.engine.taking_back import take_back
from workflows.engine.undo_plans import (
    effect_undo,
    undo_plan_make,
    undo_plan_pause,
    undo_plan_resume,
    undo_plan_start,
)
from workflows.engine.waking import run_wake
from workflows.erasing import Count, erasure_preview, erasure_request
from workflows.errors import Fault, InvalidDefinition, NoFormerVersion, NotInForce, ReasonMissing
from workflows.expressions import BadExpression, condition
from workflows.lint import lint
from workflows.models import (
    MET,
    RUN_ENDED,
    VERSION_MOVES,
    Automation,
    AutomationMode,
    Event,
    Run,
    Step,
    StepStatus,
    VersionStatus,
    Workflow,
    WorkflowVersion,
)
from workflows.names import TenantNames
from workflows.people import ask_a_person
from workflows.selectors import switch
from workflows.steps import AI_KINDS


@dataclass(frozen=True)
class Published:
    """A version as it was stored."""

    workflow: str
    number: int
    digest: str


@transaction.atomic
def version_publish(*, source: str | dict[str, Any], actor: Actor, slug: str | None = None) -> Published:
    """Store a definition as the next version of its workflow; it is not in force yet.

    The same definition again is the same version. Raises InvalidDefinition with every fault.
    """
    definition = parse(source)
    faults = lint(definition, KINDS)
    if slug is not None and slug != definition.name:
        faults.insert(0, Fault("name", f"must be {slug}, the workflow that gets this version"))
    if faults:
        raise InvalidDefinition(faults)
    written = plain(definition.model_dump(mode="json", by_alias=True))
    workflow, made = Workflow.objects.get_or_create(slug=definition.name)
    if made:
        record(
            event="workflow.installed",
            target=f"workflow:{workflow.pk}",
            actor=actor,
            data={"slug": workflow.slug},
        )
    Workflow.objects.select_for_update().get(pk=workflow.pk)
    latest = workflow.versions.order_by("-number").first()
    if latest is not None and stored(latest) == definition:
        return Published(workflow.slug, latest.number, latest.digest)
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        number=latest.number + 1 if latest else 1,
        source=source if isinstance(source, str) else "",
        definition=written,
        digest=digest(written),
        author=actor.key,
    )
    data = {"slug": workflow.slug, "number": version.number, "digest": version.digest}
    record(event="version.published", target=f"workflowversion:{version.pk}", actor=actor, data=data)
    return Published(workflow.slug, version.number, version.digest)


@transaction.atomic
def version_activate(*, slug: str, number: int, actor: Actor) -> None:
    """Put a version in force; the one that was is retired. Runs keep the version they began with."""
    workflow = _locked(slug)
    version = workflow.versions.get(number=number)
    if version.status == VersionStatus.ACTIVE:
        return
    for former in workflow.versions.filter(status=VersionStatus.ACTIVE):
        _version_move(workflow, former, VersionStatus.RETIRED, actor)
    _version_move(workflow, version, VersionStatus.ACTIVE, actor)


@transaction.atomic
def workflow_switch_off(*, slug: str, actor: Actor) -> None:
    """Put no version in force: new events start nothing. Runs under way go on."""
    workflow = _locked(slug)
    for version in workflow.versions.filter(status=VersionStatus.ACTIVE):
        _version_move(workflow, version, VersionStatus.RETIRED, actor)


@transaction.atomic
def workflow_switch_on(*, slug: str, actor: Actor) -> None:
    """Put the version in force that was last; nothing happens where one is, or none ever was."""
    workflow = _locked(slug)
    last = workflow.versions.filter(activated_at__isnull=False).order_by("-activated_at").first()
    if last is not None:
        version_activate(slug=slug, number=last.number, actor=actor)


@dataclass(frozen=True)
class RolledBack:
    """The version that is in force again, the runs whose replies were stopped, and those that were too far."""

    number: int
    stopped: list[UUID]
    leaving: list[UUID]


@transaction.atomic
def version_rollback(*, slug: str, number: int, actor: Actor) -> RolledBack:
    """Put the version back that was in force before this one, and stop at once what this one was about to send.

    Runs of this version whose proposal people had approved end, and for each a person is asked to answer by hand.
    What only waits for a decision stays there to be decided. Raises NotInForce, NoFormerVersion.
    """
    workflow = _locked(slug)
    version = workflow.versions.get(number=number)
    if version.status != VersionStatus.ACTIVE:
        raise NotInForce
    before = workflow.versions.filter(number__lt=number, activated_at__isnull=False)
    former = before.order_by("-activated_at").first()
    if former is None:
        raise NoFormerVersion
    _version_move(workflow, version, VersionStatus.RETIRED, actor)
    _version_move(workflow, former, VersionStatus.ACTIVE, actor)
    # Locked before they are looked at: a worker that carries one out just now is waited for, and its reply found.
    under_way = Run.objects.select_related("event").exclude(status__in=RUN_ENDED).filter(version=version)
    open_runs = list(under_way.select_for_update(of=("self",)).order_by("pk"))
    decided = runs_approved(run.pk for run in open_runs)
    stopped, leaving = [], []
    for run in open_runs:
        if run.pk not in decided:
            continue
        if not run_cancel(run=run.pk, reason="rolled_back", actor=actor):
            leaving.append(run.pk)
            continue
        stopped.append(run.pk)
        _ask_to_answer(run.event, message_named(run.event.data), actor)
    told = {"slug": slug, "number": number, "digest": version.digest, "former": former.number}
    record(
        event="version.rolled_back",
        target=f"workflowversion:{version.pk}",
        actor=actor,
        data=told | {"stopped": stopped, "leaving": leaving},
    )
    return RolledBack(former.number, stopped, leaving)


def _locked(slug: str) -> Workflow:
    return Workflow.objects.select_for_update().get(slug=slug)


def _version_move(workflow: Workflow, version: WorkflowVersion, to: VersionStatus, actor: Actor) -> None:
    told = {"slug": workflow.slug, "number": version.number, "digest": version.digest}
    changes = {"activated_at": timezone.now()} if to == VersionStatus.ACTIVE else {}
    transition(version, moves=VERSION_MOVES, to=to, actor=actor, data=told, changes=changes)


@dataclass(frozen=True)
class Received:
    """An event and the runs it started."""

    event: UUID
    runs: list[UUID]


@transaction.atomic
def event_receive(
    *, type: str, data: Mapping[str, Any], actor: Actor, requester: UUID | None = None, thread: str = ""
) -> Received:
    """Store an event, and start a run of every active workflow whose trigger it fits, in one transaction.

    None in a conversation that a person has taken over. Where everything goes to people, a task takes their place.
    """
    event = Event(type=type, data=plain(data), requester=requester)
    message = message_named(event.data)
    if not thread and message:
        thread = str(message.thread or "")  # so that a newer message ends these runs, whoever told of this one
    names = {"event": names_of_event(event), "steps": {}, "tenant": TenantNames.of(current()).model_dump()}
    # Where a person has taken over, the AI does nothing in the conversation.
    force = Force((), people_only=False) if thread and thread_silent(thread) else in_force()
    starts = []
    for version in force.versions:
        definition = stored(version)
        if definition.on.event == type and _fits(definition.on.when, names):
            starts.append(Start(version, definition))
    if starts and force.people_only:
        starts = []
        _ask_to_answer(event, message, actor)
    runs = event_start(event, starts, actor=actor, thread=thread)
    return Received(event.pk, runs)


@transaction.atomic
def thread_answer(*, thread: UUID | str, actor: Actor) -> Received | None:
    """Have the customer's last message of a conversation answered, as if it came now.

    None where it has been, and where a person has taken over.
    """
    if thread_silent(thread):
        return None
    last = unanswered_last(thread)
    if last is None:
        return None
    runs_supersede(thread=str(thread), reason="newer_message", actor=actor)
    data = {"message": str(last.id), "thread": str(thread), "auto_generated": False}
    return event_receive(type="email.received", data=data, actor=actor, thread=str(thread))


def _ask_to_answer(event: Event, message: MessageView | None, actor: Actor) -> None:
    what = f"“{message.subject}” from {message.from_email}" if message else f"{event.type} (event {event.pk})"
    ask_a_person(f"{'Answer' if message else 'Handle'} by hand: {what}", actor=actor)


def _fits(source: str | None, names: Mapping[str, Any]) -> bool:
    try:
        return condition(source, names)
    except BadExpression:
        return False  # a condition about what this event does not have


def approval_take_back(*, approval_id: UUID | str, actor: Actor) -> ApprovalView:
    """Stop the held reply of an approval that is being carried out; its other changes stay, its run goes on.

    Raises approvals.errors: NoSuchApproval, NotAllowed, TooLate, NothingHeld.
    """
    return take_back(approval_id=approval_id, actor=actor)


@transaction.atomic
def automation_set(*, mode: str, reason: str, actor: Actor) -> None:
    """Say how far the AI may go from now on: as the versions and the policy say, or not at all (`people_only`).

    Runs that had stopped before their next AI step go on once it may again. Raises ReasonMissing.
    """
    mode, reason = AutomationMode(mode), reason.strip()
    if mode == AutomationMode.PEOPLE_ONLY and not reason:
        raise ReasonMissing
    former = AutomationMode(switch().mode)
    if mode == former == AutomationMode.POLICY:
        return
    row = Automation.objects.create(mode=mode, reason=reason, changed_by=actor.key)
    told = {"mode": mode, "former": former}
    record(event="automation.changed", target=f"automation:{row.pk}", actor=actor, data=told)
    if mode == AutomationMode.POLICY:
        # Also those at work just now: one that has read the former mode would otherwise rest for ever.
        asking = Step.objects.filter(kind__in=AI_KINDS).exclude(status__in=(*MET, StepStatus.FAILED))
        for run in Run.objects.filter(pk__in=asking.values("run")).exclude(status__in=RUN_ENDED).order_by("pk"):
            run_wake(run.pk)


__all__ = [
    "Count",
    "Published",
    "Received",
    "RetriedMany",
    "RolledBack",
    "Said",
    "approval_take_back",
    "automation_set",
    "effect_resolve",
    "effect_undo",
    "erasure_preview",
    "erasure_request",
    "event_receive",
    "run_again",
    "run_cancel",
    "run_retry",
    "run_wake",
    "runs_retry",
    "runs_supersede",
    "thread_answer",
    "undo_plan_make",
    "undo_plan_pause",
    "undo_plan_resume",
    "undo_plan_start",
    "version_activate",
    "version_publish",
    "version_rollback",
    "workflow_switch_off",
    "workflow_switch_on",
]
