"""Workflows and their versions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.problems import Problem
from portal.api.base import View, found
from portal.api.shapes.paging import paged
from portal.api.shapes.workflows import RollbackShape, VersionShape, WorkflowShape
from workflows.errors import InvalidDefinition, NoFormerVersion, NotInForce
from workflows.selectors import definition_schema, version_get, version_list, workflow_get, workflow_list
from workflows.services import version_activate, version_publish, version_rollback


def _whole(results: list[Any]) -> Response:
    """A list that is short by nature, on one page."""
    return Response({"next": None, "previous": None, "results": results})


class Workflows(View):
    resource = "workflows"
    rights = {"GET": "workflows.view_workflow"}

    @extend_schema(responses=paged(WorkflowShape))
    def get(self, request: Request) -> Response:
        """All workflows."""
        return _whole([WorkflowShape(workflow).data for workflow in workflow_list()])


class WorkflowDetail(View):
    resource = "workflows"
    rights = {"GET": "workflows.view_workflow"}

    @extend_schema(responses=WorkflowShape)
    def get(self, request: Request, slug: str) -> Response:
        """One workflow."""
        return Response(WorkflowShape(found(workflow_get(slug))).data)


class Versions(View):
    resource = "workflows"
    rights = {"GET": "workflows.view_workflow", "POST": "workflows.add_workflowversion"}

    @extend_schema(responses=paged(VersionShape))
    def get(self, request: Request, slug: str) -> Response:
        """All versions of a workflow, newest first."""
        found(workflow_get(slug))
        return _whole([VersionShape(version).data for version in version_list(slug)])

    @extend_schema(request=VersionShape, responses={201: VersionShape})
    def post(self, request: Request, slug: str) -> Response:
        """Store a definition (data, or YAML as text) as the next version; it is not in force yet."""
        given = VersionShape(data=request.data)
        given.is_valid(raise_exception=True)
        definition = given.validated_data["definition"]
        if not isinstance(definition, str | dict):
            definition = {}
        try:
            published = version_publish(source=definition, slug=slug, actor=self.actor(request))
        except InvalidDefinition as error:
            faults = [{"path": fault.path, "message": fault.message} for fault in error.faults]
            raise Problem(422, "invalid-definition", "The definition has faults.", errors=faults) from None
        return Response(VersionShape(version_get(slug, published.number)).data, status=201)


class VersionDetail(View):
    resource = "workflows"
    rights = {"GET": "workflows.view_workflow"}

    @extend_schema(responses=VersionShape)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One version of a workflow."""
        return Response(VersionShape(found(version_get(slug, number))).data)


class VersionActivate(View):
    resource = "workflows"
    rights = {"POST": "workflows.change_workflow"}

    @extend_schema(request=None, responses=VersionShape)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Put a version in force, for all of its events at once."""
        if request.data:
            faults = [{"path": name, "message": "This is not a known field."} for name in request.data]
            raise Problem(422, "invalid", "A version is put in force as a whole.", errors=faults)
        found(version_get(slug, number))
        version_activate(slug=slug, number=number, actor=self.actor(request))
        return Response(VersionShape(version_get(slug, number)).data)


class VersionRollback(View):
    resource = "workflows"
    rights = {"POST": "workflows.change_workflow"}

    @extend_schema(request=None, responses=RollbackShape)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Put the former version back, and stop at once what this one was about to send."""
        found(version_get(slug, number))
        try:
            done = version_rollback(slug=slug, number=number, actor=self.actor(request))
        except NotInForce as refused:
            raise Problem(409, "not-in-force", refused.sentence) from None
        except NoFormerVersion as refused:
            raise Problem(409, "no-former-version", refused.sentence) from None
        return Response(RollbackShape(done).data)


class DefinitionSchema(View):
    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: Request) -> Response:
        """The JSON Schema of workflow definitions."""
        return Response(definition_schema())
