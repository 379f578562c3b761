"""GET and PUT automation: the kill switch."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.problems import Problem
from portal.api.base import View
from portal.api.shapes.workspace import AutomationShape
from workflows.errors import ReasonMissing
from workflows.selectors import automation
from workflows.services import automation_set


class AutomationSwitch(View):
    resource = "automation"
    rights = {"GET": "workflows.view_automation", "PUT": "workflows.change_automation"}

    @extend_schema(responses=AutomationShape)
    def get(self, request: Request) -> Response:
        """How far the AI may go now. `everywhere`: the operators have stopped it, whatever the workspace says."""
        return Response(AutomationShape(automation()).data)

    @extend_schema(request=AutomationShape, responses=AutomationShape)
    def put(self, request: Request) -> Response:
        """`people_only`: no run is started and none asks a model; `policy`: as versions and policy say."""
        given = AutomationShape(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            automation_set(**given.validated_data, actor=self.actor(request))
        except ReasonMissing as error:
            faults = [{"path": "reason", "message": error.sentence}]
            raise Problem(422, "invalid", "The request is not valid.", errors=faults) from None
        return Response(AutomationShape(automation()).data)
