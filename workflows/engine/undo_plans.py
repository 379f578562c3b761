"""Undo plans: made, started by a person, paused and resumed. Carrying one out is `undo_work`.

Locks are taken in the one order of all: the plan's work, the plan, runs, and what belongs to them.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import person_get
from audit.canonical import digest as digest_of
from audit.services import Actor, record, transition
from dispatch.services import work_add, work_hold
from workflows.engine.undo_documents import choices_of, differences, things_to_do, undo_document
from workflows.engine.undo_rules import POLICY
from workflows.errors import (
    AlreadyStarted,
    NoSuchChoice,
    NoSuchEffect,
    NoSuchPlan,
    NoSuchRun,
    NotAllowed,
    NothingToUndo,
    NotPausable,
    PlanStale,
    RunUnderWay,
    SecondPersonNeeded,
    WrongDigest,
)
from workflows.models import RUN_MOVES, UNDO_MOVES, Effect, Run, RunStatus, UndoPlan, UndoStatus

HANDLER = "workflows.undo"
RIGHT = "workflows.change_run"
QUEUE = "runs"
UNDOABLE = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.UNDO_INCOMPLETE, RunStatus.UNDONE)


@transaction.atomic
def undo_plan_make(
    *, runs: Sequence[UUID], actor: Actor, effects: Collection[UUID] = (), put_back: Collection[str] = ()
) -> UUID:
    """Work out what undoing these runs, or some of their effects, would do; the id of the plan. Changes nothing.

    `put_back`: the `choice`s of fields and created records that somebody changed since, and that are put back or
    removed nevertheless. Raises NoSuchRun, RunUnderWay, NoSuchChoice.
    """
    found = list(Run.objects.filter(pk__in=runs).order_by("pk"))
    if not found or len(found) != len(set(runs)):
        raise NoSuchRun("There is no such run.")
    _must_have_ended(found)
    wanted = sorted(set(put_back))
    document = undo_document(runs=runs, effects=effects, put_back=wanted)
    if unknown := sorted(set(wanted) - choices_of(document)):
        raise NoSuchChoice(f"There is no such choice: {unknown[0]}. It may have been changed back meanwhile.")
    plan = UndoPlan.objects.create(
        runs=[run.pk for run in found],
        effects=sorted(effects),
        put_back=wanted,
        document=document,
        digest=digest_of(document),
        total=len(things_to_do(document)),
        author=actor.person,
        created_by=actor.key,
    )
    told = {"digest": plan.digest, "runs": len(found), "effects": plan.total, "choices": len(wanted), "policy": POLICY}
    record(event="undo.planned", target=f"undoplan:{plan.pk}", actor=actor, run=_only_run(plan), data=told)
    return plan.pk


@transaction.atomic
def undo_plan_start(*, plan: UUID | str, digest: str, actor: Actor) -> None:
    """Have exactly what `digest` stands for undone, by workers; compared with the facts of this moment first.

    Raises NoSuchPlan, NotAllowed, AlreadyStarted, WrongDigest, RunUnderWay, PlanStale, NothingToUndo,
    SecondPersonNeeded.
    """
    person = _person(actor)
    found = _woken(plan)
    if found.status != UndoStatus.DRAFT:
        raise AlreadyStarted(f"This was started already: it is {found.status}. Nothing is done twice.")
    if digest != found.digest:
        raise WrongDigest("This is another plan than the one you read. Read it again, then start it.")
    runs = list(Run.objects.select_for_update().filter(pk__in=found.runs).order_by("pk"))
    _must_have_ended(runs)
    present = undo_document(runs=found.runs, effects=found.effects, put_back=found.put_back)
    if digest_of(present) != found.digest:
        changed = differences(found.document, present)
        raise PlanStale("What this rests on has changed. Plan it again, and read it.", changed)
    things = things_to_do(present)
    if not things:
        raise NothingToUndo("There is nothing to undo, or nothing more. The plan says why.")
    if present["second_person"] and person == found.author:
        raise SecondPersonNeeded(f"{present['second_person']} Somebody else has to start it.")
    touched = {thing["run"] for thing in things}
    for run in runs:
        if str(run.pk) in touched:
            told = {"plan": str(found.pk)}
            transition(run, moves=RUN_MOVES, to=RunStatus.UNDOING, actor=actor, run=run.pk, data=told)
    transition(
        found,
        moves=UNDO_MOVES,
        to=UndoStatus.RUNNING,
        actor=actor,
        run=_only_run(found),
        data={"digest": found.digest, "author": found.created_by},
        changes={"starter": person, "started_by": actor.key, "started_at": timezone.now()},
    )


def effect_undo(*, effect: UUID | str, actor: Actor) -> UUID:
    """Undo one effect at once; what somebody changed since stays. Returns the plan that does it.

    Raises NoSuchEffect and what making and starting a plan raise; then no plan is left either.
    """
    with transaction.atomic():
        found = Effect.objects.filter(pk=effect).values_list("pk", "run").first()
        if found is None:
            raise NoSuchEffect("There is no such effect.")
        plan = undo_plan_make(runs=[found[1]], effects=[found[0]], actor=actor)
        undo_plan_start(plan=plan, digest=UndoPlan.objects.values_list("digest", flat=True).get(pk=plan), actor=actor)
    return plan


@transaction.atomic
def undo_plan_pause(*, plan: UUID | str, actor: Actor) -> None:
    """Stop after the thing that is being undone just now. Raises NoSuchPlan, NotAllowed, NotPausable."""
    _person(actor)
    work_hold(handler=HANDLER, subject=str(plan))
    found = _locked(plan)
    if found.status != UndoStatus.RUNNING:
        raise NotPausable(f"This undo does not run: it is {found.status}.")
    undo_rest(found, actor=actor, reason="person")


@transaction.atomic
def undo_plan_resume(*, plan: UUID | str, actor: Actor) -> None:
    """Go on where it was paused. Raises NoSuchPlan, NotAllowed, NotPausable, SecondPersonNeeded."""
    person = _person(actor)
    found = _woken(plan)
    if found.status != UndoStatus.PAUSED:
        raise NotPausable(f"This undo is not paused: it is {found.status}.")
    if found.document["second_person"] and person == found.author:
        raise SecondPersonNeeded(f"{found.document['second_person']} Somebody else has to resume it.")
    transition(
        found,
        moves=UNDO_MOVES,
        to=UndoStatus.RUNNING,
        actor=actor,
        run=_only_run(found),
        data={"digest": found.digest},
        changes={"starter": person, "started_by": actor.key, "error": ""},
    )


def undo_rest(plan: UndoPlan, *, actor: Actor, reason: str, error: str = "") -> None:
    """Let a running plan rest, in the caller's transaction; `reason` is a word."""
    transition(
        plan,
        moves=UNDO_MOVES,
        to=UndoStatus.PAUSED,
        actor=actor,
        run=_only_run(plan),
        data={"digest": plan.digest, "reason": reason},
        changes={"error": error[:2000]},
    )


def may_undo(person: UUID | None) -> bool:
    """Whether somebody may undo what runs did; asked when they start it, and again by the worker."""
    found = person_get(person) if person else None
    return found is not None and found.active and RIGHT in found.rights


def _person(actor: Actor) -> UUID:
    if actor.person is None or not may_undo(actor.person):
        raise NotAllowed("Only a person who may change runs can undo what they did: ask a manager.")
    return actor.person


def _woken(plan: UUID | str) -> UndoPlan:
    """The plan, locked after its row of work, which a worker takes up once this commits."""
    work_add(handler=HANDLER, subject=str(plan), queue=QUEUE, priority=3)
    return _locked(plan)


def _locked(plan: UUID | str) -> UndoPlan:
    found = UndoPlan.objects.select_for_update().filter(pk=plan).first()
    if found is None:
        raise NoSuchPlan("There is no such undo plan.")
    return found


def _must_have_ended(runs: Sequence[Run]) -> None:
    for run in runs:
        if run.status == RunStatus.UNDOING:
            raise RunUnderWay("What this run did is being undone already. Nothing is done twice.")
        if run.status not in UNDOABLE:
            raise RunUnderWay("This run has not ended. Cancel it first, then undo what it did.")


def _only_run(plan: UndoPlan) -> UUID | None:
    """The run that an entry is about, where a plan is about one."""
    return plan.runs[0] if len(plan.runs) == 1 else None
