"""Runs: what workflows did, step by step."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from approvals.selectors import approvals
from gateway.pagination import cursor_of, page, rows_of
from gateway.problems import Problem
from portal.api.base import View, found, refuse
from portal.api.queries import RunQuery, wanted
from portal.api.shapes.paging import paged
from portal.api.shapes.runs import CancelShape, RetriedManyShape, RetryManyShape, RetryShape, RunDetailShape, RunShape
from workflows.errors import Refused
from workflows.selectors import run_get, run_view, runs
from workflows.services import run_again, run_cancel, run_retry, runs_retry


class Runs(View):
    resource = "runs"
    rights = {"GET": "workflows.view_run"}

    @extend_schema(parameters=[RunQuery], responses=paged(RunShape))
    def get(self, request: Request) -> Response:
        """Runs, newest first; `status`, `workflow`, `cause` and `since` filter."""
        asked = wanted(request, RunQuery)
        if "cause" in asked and "since" in asked:
            asked["failed_since"] = asked.pop("since")
        rows = runs(**asked)
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

    @extend_schema(request=CancelShape, responses=RunDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """End a run that has not ended: what it asks is withdrawn, what it holds does not leave."""
        note = _given(request, CancelShape)["reason"]
        found(run_get(id))
        with transaction.atomic():
            if not run_cancel(run=id, reason="person", note=note, actor=self.actor(request)):
                raise Problem(409, "run-ended", "This run has ended, or its reply is leaving right now.")
        return Response(_detail(id))


class RunRetry(View):
    resource = "runs"
    rights = {"POST": "workflows.change_run"}

    @extend_schema(request=RetryShape, responses=RunDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Let a failed run go on from its failed step, with the same input or changed fields of it.

        What has succeeded is not done again. Whoever changes an input cannot approve what comes of it.
        """
        given = _given(request, RetryShape)
        try:
            run_retry(run=id, actor=self.actor(request), **given)
        except Refused as refused:
            refuse(refused)
        return Response(_detail(id))


class RunAgain(View):
    resource = "runs"
    rights = {"POST": "workflows.change_run"}

    @extend_schema(request=None, responses={201: RunDetailShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Work on the event of a run that has ended once more, by a new run of the same version."""
        try:
            made = run_again(run=id, actor=self.actor(request))
        except Refused as refused:
            refuse(refused)
        return Response(_detail(made), status=201)


class RunsRetry(View):
    resource = "runs"
    rights = {"POST": "workflows.change_run"}

    @extend_schema(request=RetryManyShape, responses=RetriedManyShape)
    def post(self, request: Request) -> Response:
        """Let all runs go on that have failed of one cause since a time, the first 200 of them.

        One that has moved meanwhile is left as it is, and told of with its reason.
        """
        done = runs_retry(actor=self.actor(request), **_given(request, RetryManyShape))
        return Response(RetriedManyShape(done).data)


def _given(request: Request, shape: type[Serializer[Any]]) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
