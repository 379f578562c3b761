"""Undoing in tests: made and begun by somebody of the cast, and what became."""

from typing import Any
from uuid import UUID

from audit.services import Actor
from tests.story import person
from workflows.models import Run, UndoPlan
from workflows.selectors import run_get
from workflows.services import (
    undo_plan_make,
    undo_plan_start,
)


def status(run: Any) -> str:
    """The state of a run."""
    return Run.objects.get(pk=run).status


def effects(run: Any) -> dict[str, str]:
    """The state of each effect of a run, by its step."""
    found = run_get(run)
    assert found is not None
    return {effect.step: effect.status for effect in found.effects}


def made(runs: list[UUID], who: Any, **more: Any) -> UndoPlan:
    """A plan that somebody of the cast, or an actor, has made."""
    actor = who if isinstance(who, Actor) else person(who)
    return UndoPlan.objects.get(pk=undo_plan_make(runs=runs, actor=actor, **more))


def begin(plan: UndoPlan, who: Any) -> None:
    """Start exactly this plan."""
    undo_plan_start(plan=plan.pk, digest=plan.digest, actor=who if isinstance(who, Actor) else person(who))


def told(plan: UndoPlan) -> dict[str, tuple[str, str]]:
    """What a plan does about each effect, and why not more."""
    return {effect["step"]: (effect["does"], effect["why"]) for effect in plan.document["effects"]}
