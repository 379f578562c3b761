"""Runs: what workflows did, step by step."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.selectors import approvals
from gateway.pagination import cursor_of, page, rows_of
from gateway.problems import Problem
from portal.api.base import View, found
from portal.api.queries import RunQuery, wanted
from portal.api.shapes import RunDetailShape, RunShape, paged
from workflows.selectors import run_get, run_view, runs
from workflows.services import run_cancel


class Runs(View):
    resource = "runs"
    rights = {"GET": "workflows.view_run"}

    @extend_schema(parameters=[RunQuery], responses=paged(RunShape))
    def get(self, request: Request) -> Response:
        """Runs, newest first; `status` and `workflow` filter."""
        rows = runs(**wanted(request, RunQuery))
        return page(request, *rows_of(rows, cursor_of(request)), lambda run: RunShape(run_view(run)).data)


def _detail(id: UUID) -> dict[str, Any]:
    run = found(run_get(id))
    waiting = [approval.pk for approval in approvals(run=id).order_by("id")]
    shown = {**run.__dict__, "steps": run.steps, "effects": run.effects, "approvals": waiting}
    return dict(RunDetailShape(shown).data)


class RunDetail(View):
    resource = "runs"
    rights = {"GET": "workflows.view_run"}

    @extend_schema(responses=RunDetailShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One run with its steps, effects and approvals."""
        return Response(_detail(id))


class RunCancel(View):
    resource = "runs"
    rights = {"POST": "workflows.change_run"}

    @extend_schema(request=None, responses=RunDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """End a run that has not ended: what it asks is withdrawn, what it holds does not leave."""
        found(run_get(id))
        with transaction.atomic():
            if not run_cancel(run=id, reason="person", actor=self.actor(request)):
                raise Problem(409, "run-ended", "This run has ended, or its reply is leaving right now.")
        return Response(_detail(id))
