"""Approvals: read what waits, edit it, decide about exactly what was read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.deciders import DECIDE
from approvals.errors import Refused
from approvals.selectors import ApprovalView, approval_get, approvals, view_of
from approvals.services import Chosen, Told, approval_decide, approval_edit, approval_renew, approvals_decide
from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View, refuse
from portal.api.queries import ApprovalQuery, wanted
from portal.api.shapes import ApprovalShape, DecideShape, DecideTogetherShape, EditShape, ToldTogetherShape, paged
from workflows.services import approval_take_back


def _answer(act: Callable[[], ApprovalView]) -> Response:
    try:
        return Response(ApprovalShape(act()).data)
    except Refused as error:
        refuse(error)


def _given(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class Approvals(View):
    resource = "approvals"
    rights = {"GET": "approvals.view_approval"}

    @extend_schema(parameters=[ApprovalQuery], responses=paged(ApprovalShape))
    def get(self, request: Request) -> Response:
        """Proposals, newest first; `status` and `run` filter."""
        rows = approvals(**wanted(request, ApprovalQuery))
        return page(request, *rows_of(rows, cursor_of(request)), lambda row: ApprovalShape(view_of(row)).data)


class ApprovalDetail(View):
    resource = "approvals"
    rights = {"GET": "approvals.view_approval"}

    @extend_schema(responses=ApprovalShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One proposal: exactly what will happen, and where each sentence comes from."""
        return _answer(lambda: approval_get(id))


class ApprovalEdit(View):
    resource = "approvals"
    rights = {"POST": "approvals.change_approval"}

    @extend_schema(request=EditShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Change what is proposed. Nothing is executed; the answer has a new digest and new evidence."""
        given = _given(EditShape, request)
        return _answer(lambda: approval_edit(approval_id=id, actor=self.actor(request), **given))


class ApprovalDecide(View):
    resource = "approvals"
    rights = {"POST": "approvals.view_approval"}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=DecideShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Approve or reject exactly what `digest` stands for."""
        given = _given(DecideShape, request)
        return _answer(lambda: approval_decide(approval_id=id, actor=self.actor(request), **given))


class ApprovalsDecide(View):
    resource = "approvals"
    rights = {"POST": DECIDE}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=DecideTogetherShape, responses=ToldTogetherShape)
    def post(self, request: Request) -> Response:
        """Approve or reject several, each exactly what its `digest` stands for. What one is refused for, `results`
        tells; the others are decided."""
        given = _given(DecideTogetherShape, request)
        chosen = [Chosen(**each) for each in given.pop("approvals")]
        try:
            told = approvals_decide(chosen=chosen, actor=self.actor(request), **given)
        except Refused as error:
            refuse(error)
        return Response({"results": [_told(each) for each in told]})


def _told(told: Told) -> dict[str, Any]:
    refused = told.refused
    return {
        "id": told.id,
        "status": told.status or None,
        "error": refused.name if refused else None,
        "detail": refused.sentence if refused else None,
    }


class ApprovalRenew(View):
    resource = "approvals"
    rights = {"POST": "approvals.change_approval"}

    @extend_schema(request=None, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Plan a stale proposal again on the facts as they are now."""
        return _answer(lambda: approval_renew(approval_id=id, actor=self.actor(request)))


class ApprovalTakeBack(View):
    resource = "approvals"
    rights = {"POST": "approvals.view_approval"}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=None, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Stop the reply of an approval while it is held. What was recorded before stays."""
        return _answer(lambda: approval_take_back(approval_id=id, actor=self.actor(request)))
