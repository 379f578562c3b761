"""What the AI did and what it cost: each call, usage by group, and the budgets that limit it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ai.budgets.selectors import KEYED, BudgetScope, Given, budgets, month_begins, usage
from ai.budgets.services import budgets_set
from ai.errors import BudgetsRefused
from ai.selectors import call_get, call_view, calls
from ai.words import READ, words_of
from gateway.pagination import cursor_of, page, rows_of
from gateway.problems import Problem
from portal.api.base import View, found
from portal.api.queries import CallQuery, UsageQuery, wanted
from portal.api.shapes.ai import BudgetsShape, CallDetailShape, CallShape, UsageShape, WordsShape
from portal.api.shapes.paging import paged
from workflows.selectors import workflow_list


class Calls(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(parameters=[CallQuery], responses=paged(CallShape))
    def get(self, request: Request) -> Response:
        """Calls to models, newest first; `run`, `purpose` and `use` filter."""
        given = wanted(request, CallQuery)
        rows = calls(run_id=given.get("run"), purpose=given.get("purpose"), use=given.get("use"))
        return page(request, *rows_of(rows, cursor_of(request)), lambda row: CallShape(call_view(row)).data)


class CallDetail(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(responses=CallDetailShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One call with what was asked and answered. Who may not read that is told how long it is (`redacted`)."""
        call = found(call_get(id))
        words = found(words_of(id, readable=request.user.has_perm(READ)))
        return Response({**CallShape(call).data, **WordsShape(words).data})


class UsageReport(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(parameters=[UsageQuery], responses=UsageShape)
    def get(self, request: Request) -> Response:
        """What calls used and cost, by purpose, model, workflow or day of the tenant's time zone."""
        given = wanted(request, UsageQuery)
        group_by, until = given.get("group_by", "purpose"), given.get("until") or timezone.now()
        since = given.get("since") or month_begins()
        rows = usage(group_by=group_by, since=since, until=until)
        told = {
            "group_by": group_by,
            "since": since,
            "until": until,
            "currency": "USD",
            "cost_usd": sum((row.cost_usd for row in rows), Decimal(0)),
            "results": rows,
        }
        return Response(UsageShape(told).data)


class Budgets(View):
    resource = "ai"
    rights = {"GET": "ai.view_budget", "PUT": "ai.change_budget"}

    @extend_schema(responses=BudgetsShape)
    def get(self, request: Request) -> Response:
        """What calls may cost, and how far the windows that are open now have come."""
        return Response(BudgetsShape({"budgets": budgets(), "currency": "USD"}).data)

    @extend_schema(request=BudgetsShape, responses=BudgetsShape)
    def put(self, request: Request) -> Response:
        """Let these be the budgets, in the place of all that were. What a window has spent counts at once."""
        checked = BudgetsShape(data=request.data)
        checked.is_valid(raise_exception=True)
        given = [_given(each) for each in checked.validated_data["budgets"]]
        faults = [{"path": f"budgets.{at}.key", "message": "No such workflow."} for at in _unknown(given)]
        try:
            if not faults:
                budgets_set(budgets=given, actor=self.actor(request))
        except BudgetsRefused as error:
            faults = [{"path": f"budgets.{at}.{field}", "message": text} for at, field, text in error.faults]
        if faults:
            raise Problem(422, "invalid", "The request is not valid.", errors=faults)
        return self.get(request)


def _given(each: dict[str, Any]) -> Given:
    """`key` says nothing where there is only one of its scope."""
    key = (each["key"] or "") if each["scope"] in KEYED else ""
    return Given(each["scope"], key, each["window"], each["soft_usd"], each["hard_usd"])


def _unknown(given: Sequence[Given]) -> list[int]:
    """The budgets of workflows that the tenant does not have."""
    known = {workflow.slug for workflow in workflow_list()}
    named = [(at, each.key) for at, each in enumerate(given) if each.scope == BudgetScope.WORKFLOW and each.key]
    return [at for at, key in named if key not in known]
