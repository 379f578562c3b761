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
from approvals.services import (
    Chosen,
    Told,
    approval_answer,
    approval_ask,
    approval_claim,
    approval_decide,
    approval_delegate,
    approval_edit,
    approval_recall_question,
    approval_release,
    approval_renew,
    approvals_decide,
)
from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View, refuse
from portal.api.queries import ApprovalQuery, wanted
from portal.api.shapes.approvals import (
    AnswerShape,
    ApprovalShape,
    AskShape,
    ClaimShape,
    DecideShape,
    DecideTogetherShape,
    DelegateShape,
    EditShape,
    ToldTogetherShape,
)
from portal.api.shapes.paging import paged
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


class ApprovalClaim(View):
    resource = "approvals"
    rights = {"POST": DECIDE}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=ClaimShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Say that you are on it, or with `release` that you are no more. Others may decide it all the same."""
        act = approval_release if _given(ClaimShape, request)["release"] else approval_claim
        return _answer(lambda: act(approval_id=id, actor=self.actor(request)))


class ApprovalAsk(View):
    resource = "approvals"
    rights = {"POST": DECIDE}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=AskShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Ask a colleague about it. Until they answer, nobody decides and nothing expires, for a day at most."""
        given = _given(AskShape, request)
        return _answer(lambda: approval_ask(approval_id=id, actor=self.actor(request), **given))


class ApprovalAnswer(View):
    resource = "approvals"
    rights = {"POST": "approvals.view_approval"}

    @extend_schema(request=AnswerShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Answer what you were asked about it; or take the question back. It waits again, under a new digest."""
        given = _given(AnswerShape, request)
        if given["take_back"]:
            return _answer(lambda: approval_recall_question(approval_id=id, actor=self.actor(request)))
        answer = given.get("answer", "")
        return _answer(lambda: approval_answer(approval_id=id, answer=answer, actor=self.actor(request)))


class ApprovalDelegate(View):
    resource = "approvals"
    rights = {"POST": DECIDE}
    scope_by_method = {"POST": "approvals:decide"}

    @extend_schema(request=DelegateShape, responses=ApprovalShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Give it to somebody who may decide it: only they, and managers, are asked then."""
        given = _given(DelegateShape, request)
        return _answer(lambda: approval_delegate(approval_id=id, actor=self.actor(request), **given))


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
