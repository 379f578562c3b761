"""Knowledge: what replies may quote of the house itself, and its versions."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.services import Actor
from gateway.etags import ETAG, IF_MATCH, IF_NONE_MATCH, changed_meanwhile, shown_with, version_expected
from gateway.openapi import ProblemSerializer
from gateway.pagination import PageQuery, cursor_of, page, rows_of
from gateway.problems import Problem
from knowledge.errors import ChangedMeanwhile, Invalid
from knowledge.selectors import DocumentStatus, DocumentView, document_get, document_view, documents, versions
from knowledge.services import document_add, document_change, document_restore, document_retire
from portal.api.base import View, found
from portal.api.queries import DocumentQuery, wanted
from portal.api.shapes.knowledge import DocumentShape, DocumentVersionShape
from portal.api.shapes.paging import paged

RIGHTS = {
    "GET": "knowledge.view_document",
    "POST": "knowledge.add_document",
    "PATCH": "knowledge.change_document",
}


def _shown(document: DocumentView) -> dict[str, Any]:
    return dict(DocumentShape(document).data)


def _given(request: Request, *, partial: bool) -> dict[str, Any]:
    given = DocumentShape(data=request.data, partial=partial)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _refused(error: Invalid) -> Problem:
    faults = [{"path": name, "message": sentence} for name, sentence in error.faults.items()]
    return Problem(422, "invalid", "The document is not valid.", errors=faults)


def _moved(document: DocumentView, status: str | None, actor: Actor) -> DocumentView:
    """The document in the status that was asked for, if one was."""
    match status:
        case DocumentStatus.RETIRED:
            return document_retire(document=document.id, actor=actor)
        case DocumentStatus.IN_USE:
            return document_restore(document=document.id, actor=actor)
    return document


class Knowledge(View):
    resource = "knowledge"
    rights = RIGHTS

    @extend_schema(operation_id="knowledge_list", parameters=[DocumentQuery], responses=paged(DocumentShape))
    def get(self, request: Request) -> Response:
        """Documents as they are today, last changed first."""
        rows = rows_of(documents(**wanted(request, DocumentQuery)), cursor_of(request))
        return page(request, *rows, lambda row: _shown(document_view(row)))

    @extend_schema(
        operation_id="knowledge_create", parameters=[ETAG], request=DocumentShape, responses={201: DocumentShape}
    )
    def post(self, request: Request) -> Response:
        """Add a document."""
        given, actor = _given(request, partial=False), self.actor(request)
        status = given.pop("status", None)
        try:
            with transaction.atomic():
                made = _moved(document_add(actor=actor, **given), status, actor)
        except Invalid as error:
            raise _refused(error) from None
        return shown_with(made.revision, _shown(made), request, 201)


class KnowledgeDetail(View):
    resource = "knowledge"
    rights = RIGHTS

    @extend_schema(
        operation_id="knowledge_retrieve",
        parameters=[ETAG, IF_NONE_MATCH],
        responses={200: DocumentShape, 304: OpenApiResponse(description="It still is that version.")},
    )
    def get(self, request: Request, id: UUID) -> Response:
        """One document as it is today."""
        document = found(document_get(id))
        return shown_with(document.revision, _shown(document), request)

    @extend_schema(
        operation_id="knowledge_update",
        parameters=[ETAG, IF_MATCH],
        request=DocumentShape,
        responses={
            200: DocumentShape,
            (412, "application/problem+json"): OpenApiResponse(
                ProblemSerializer, description="It was changed since; `ETag` names it."
            ),
        },
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Give it a new version, retire it or put it in use again; `If-Match` makes sure that nobody did in between."""
        given, actor = _given(request, partial=True), self.actor(request)
        status = given.pop("status", None)
        seen = version_expected(request, found(document_get(id)).revision)
        try:
            with transaction.atomic():
                changed = _moved(document_change(document=id, actor=actor, seen=seen, **given), status, actor)
        except ChangedMeanwhile as error:
            raise changed_meanwhile(error.found) from None
        except Invalid as error:
            raise _refused(error) from None
        return shown_with(changed.revision, _shown(changed), request)


class KnowledgeVersions(View):
    resource = "knowledge"
    rights = RIGHTS

    @extend_schema(parameters=[PageQuery], responses=paged(DocumentVersionShape))
    def get(self, request: Request, id: UUID) -> Response:
        """All that a document has ever said, newest first."""
        found(document_get(id))
        rows = rows_of(versions(id), cursor_of(request))
        return page(request, *rows, lambda row: DocumentVersionShape(document_view(row)).data)
