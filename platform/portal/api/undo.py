"""Undo: what it would do, then exactly that."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.base import View, found, refuse
from portal.api.shapes.undo import UndoAskedShape, UndoPlanShape, UndoStartShape
from portal.undo_words import can_be_undone, sentence_of
from workflows.errors import Refused
from workflows.selectors import corrections_of, undo_plan_get
from workflows.services import effect_undo, undo_plan_make, undo_plan_pause, undo_plan_resume, undo_plan_start

CHANGE = "workflows.change_run"


def _shown(plan: UUID) -> dict[str, Any]:
    view = found(undo_plan_get(plan))
    effects = [
        {**effect, "id": effect["effect"], "can": can_be_undone(effect), "sentence": sentence_of(effect)}
        for effect in view.effects
    ]
    corrections = corrections_of(effect["effect"] for effect in view.effects)
    more = {name: getattr(view, name) for name in ("second_person", "policy")}
    shown = {**view.__dict__, **more, "effects": effects, "corrections": corrections}
    return dict(UndoPlanShape(shown).data)


def _answer(act: Callable[[], UUID], status: int = 200) -> Response:
    try:
        plan = act()
    except Refused as refused:
        refuse(refused)
    return Response(_shown(plan), status=status)


class RunUndoPlan(View):
    resource = "runs"
    rights = {"POST": CHANGE}

    @extend_schema(request=UndoAskedShape, responses={201: UndoPlanShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Work out what undoing a run that has ended would do. Nothing is changed until the plan is started."""
        given = UndoAskedShape(data=request.data)
        given.is_valid(raise_exception=True)
        put_back = given.validated_data.get("put_back", [])
        return _answer(lambda: undo_plan_make(runs=[id], put_back=put_back, actor=self.actor(request)), 201)


class EffectUndo(View):
    resource = "runs"
    rights = {"POST": CHANGE}

    @extend_schema(request=None, responses={202: UndoPlanShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Undo one effect of a run that has ended. What somebody changed since stays, and is told of."""
        return _answer(lambda: effect_undo(effect=id, actor=self.actor(request)), 202)


class UndoPlanDetail(View):
    resource = "runs"
    rights = {"GET": "workflows.view_run"}

    @extend_schema(responses=UndoPlanShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One plan, and how far it has come."""
        return Response(_shown(id))


class UndoPlanStart(View):
    resource = "runs"
    rights = {"POST": CHANGE}

    @extend_schema(request=UndoStartShape, responses={202: UndoPlanShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Undo exactly what `digest` stands for; refused where the facts have changed since it was planned."""
        given = UndoStartShape(data=request.data)
        given.is_valid(raise_exception=True)

        def start() -> UUID:
            undo_plan_start(plan=id, digest=given.validated_data["digest"], actor=self.actor(request))
            return id

        return _answer(start, 202)


class UndoPlanPause(View):
    resource = "runs"
    rights = {"POST": CHANGE}

    @extend_schema(request=None, responses=UndoPlanShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Stop after what is being undone just now."""

        def pause() -> UUID:
            undo_plan_pause(plan=id, actor=self.actor(request))
            return id

        return _answer(pause)


class UndoPlanResume(View):
    resource = "runs"
    rights = {"POST": CHANGE}

    @extend_schema(request=None, responses={202: UndoPlanShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Go on where it was paused."""

        def resume() -> UUID:
            undo_plan_resume(plan=id, actor=self.actor(request))
            return id

        return _answer(resume, 202)
